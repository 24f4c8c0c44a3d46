"""Fixtures of coordination's tests."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.coordination.settings import Settings
from tests.coordination.desk import Desk, running

NOBODY = ["127.0.0.1:9"]  # no Kafka lives at the discard port


@pytest.fixture
def settings(tmp_path: Path, mongo_url: str, database_name: str) -> Settings:
    """Return settings of the demo without a Kafka."""
    (tmp_path / "secret").write_bytes(os.urandom(32))
    return Settings(
        kafka=NOBODY,
        mongo_url=mongo_url,
        database_prefix=f"{database_name}_",
        secret_file=tmp_path / "secret",
        keys_file=tmp_path / "keys.json",
        demo=True,
    )


@pytest.fixture
async def desk(settings: Settings, without_indexes: None) -> AsyncIterator[Desk]:
    """Return coordination without Kafka: what the topics would bring, the tests carry."""
    async with running(settings) as service:
        await service.places()
        yield service
