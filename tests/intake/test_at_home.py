"""What is made up where the other figures are real: taken in and read back, told to nobody."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.intake.settings import Settings
from shared.contracts import district as districts
from shared.contracts.codes import Role
from tests.intake.conftest import Intake, Json, know_places, running
from tests.intake.people import signed_in
from tests.intake.test_open311 import POST, TEXT, Desk, _live

pytestmark = pytest.mark.stack

PATH = "/intake/v1/concerns"
ONE = {"reason": "SENT_TWICE"}


@pytest.fixture
async def real(
    settings_of: Settings, mongo_url: str, tmp_path: Path, without_indexes: None
) -> AsyncIterator[Intake]:
    """Intake of a district whose data are real, and no demo."""
    made_up = (Path(districts.__file__).parent / "districts" / "kungsholmen.toml").read_text()
    file = tmp_path / "district.toml"
    file.write_text(made_up.replace("synthetic = true", "synthetic = false"))
    settings = settings_of.model_copy(update={"demo": False, "district_file": file})
    async with running(settings, mongo_url) as service:
        await know_places(service)
        yield service


async def published(intake: Intake) -> list[str]:
    """The types of all events that went out, or are about to."""
    rows: list[Json] = [
        *await intake.all("concerns_log"),
        *await intake.all("diversions_log"),
        *(e for row in await intake.all("concerns") for e in row["outbox"]),
        *(e for row in await intake.all("diversions") for e in row["outbox"]),
    ]
    return [row["type"].split(".")[-2] for row in rows]


def seen() -> str:
    return (datetime.now(UTC) - timedelta(days=1)).isoformat()


async def test_a_test_keys_post_is_read_back_and_nobody_beyond_hears_of_it(real: Intake) -> None:
    desk = Desk(real, "/intake/open311/test/v2")
    number = await desk.posted()
    assert (await desk.read(number))["description"] == TEXT
    assert await published(real) == []
    assert (await desk.send(POST, "json")).headers["idempotent-replayed"] == "true"

    live = Desk(real)
    assert (await live.send(POST, key=await _live(real))).status_code == 201
    assert await published(real) == ["ConcernRegistered"]


async def test_nor_of_what_becomes_of_it(real: Intake) -> None:
    said = {"synthetic": True, "observed_from": seen(), "narrative": "Mörkt vid bron."}
    one, other = [(await real.report(**said)).json()["concern_id"] for _ in range(2)]
    assert (await real.get(f"{PATH}/{one}")).json()["status"] == "REGISTERED"
    changed = await real.post(f"{PATH}/{one}/withdraw", ONE)
    assert changed.status_code == 200, changed.text
    records = signed_in(real, "DISTRICT_OFFICE", Role.RECORDS_OFFICER)
    ground = {"basis": "DATA_SUBJECT_REQUEST", "reference": "KUN 2026/00123"}
    gone = await records.post(f"{PATH}/{other}/expunge", ground)
    assert gone.status_code == 200, gone.text
    assert (await real.get(f"{PATH}/{one}")).json()["status"] == "WITHDRAWN"
    assert await published(real) == []


async def test_nor_is_it_counted_where_it_is_turned_away(real: Intake) -> None:
    for made_up, told in ((True, []), (False, ["ConcernDiverted"])):
        answer = await real.report(ongoing_danger=True, synthetic=made_up, observed_from=seen())
        assert answer.status_code == 422
        assert answer.json()["turn_to"]
        assert await published(real) == told


async def test_where_everything_is_made_up_it_goes_out(intake: Intake) -> None:
    await intake.report(synthetic=True)
    assert await published(intake) == ["ConcernRegistered"]
