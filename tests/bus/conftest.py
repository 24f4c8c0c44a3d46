"""Fixtures of the tests of the bus."""

import io
from collections.abc import AsyncIterator

import pytest

from shared.telemetry import log
from tests.bus.support import Stage, client_of
from tests.store.conftest import own_mongo

__all__ = ["own_mongo"]


@pytest.fixture(autouse=True, scope="session")
def _logged_as_in_production() -> None:
    log.configure("test", "WARNING", stream=io.StringIO())


@pytest.fixture
async def stage(
    kafka_bootstrap: list[str], mongo_url: str, database_name: str, unique_topic: str
) -> AsyncIterator[Stage]:
    client = client_of(mongo_url)
    yield Stage(kafka_bootstrap, client, database_name, unique_topic, f"samlad.{database_name}")
    await client.close()
