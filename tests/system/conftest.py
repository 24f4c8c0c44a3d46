"""One whole system for the tests that do not hurt it for long."""

import asyncio
from collections.abc import Iterator

import pytest

from deploy.samlad.demo.season import local, monday
from deploy.samlad.demo.summary import COORDINATOR
from shared.contracts.district import District
from tests.support.running import System, system_in
from tests.support.waiting import eventually


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A running system that knows the district's places."""
    with system_in(tmp_path_factory.mktemp("system")) as running:
        asyncio.run(register_places(running))
        yield running


async def register_places(system: System) -> None:
    """Registers the district's places and waits until intake knows them."""
    now, path = local(monday(0), 7), "/coordination/v1/places"
    async with system.door() as door:
        for place in District.load().places:
            body = {"place_id": place.id, "name": place.name, "lat": place.lat, "lon": place.lon}
            body |= {"part": place.part, "custodians": list(place.custodians)}
            await door.post(path, COORDINATOR, body, now=now, key=f"place-{place.id}")

        async def known() -> bool:
            found = await door.get("/intake/v1/places", COORDINATOR, limit=200)
            return len(found["items"]) >= len(District.load().places)

        await eventually(known, within=30)
