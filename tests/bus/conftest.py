"""Fixtures of the tests of the bus."""

from collections.abc import AsyncIterator

import pytest

from tests.bus.support import Stage, client_of


@pytest.fixture
async def stage(
    kafka_bootstrap: list[str], mongo_url: str, database_name: str, unique_topic: str
) -> AsyncIterator[Stage]:
    client = client_of(mongo_url)
    yield Stage(kafka_bootstrap, client, database_name, unique_topic, f"samlad.{database_name}")
    await client.close()
