"""Fixtures of the tests of reporting: an app on a real MongoDB; nothing reads Kafka."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from services.reporting.settings import Settings
from services.reporting.store import Store
from shared.store import connect
from shared.store.client import Client, Database
from tests.reporting.support import COORDINATOR, busy_week, given, make, make_settings, visitor


@pytest.fixture
def settings(tmp_path: Path, mongo_url: str, database_name: str) -> Settings:
    return make_settings(tmp_path, mongo_url, database_name)


@pytest.fixture
async def client(mongo_url: str) -> AsyncIterator[Client]:
    one = connect(mongo_url)
    yield one
    await one.close()


@pytest.fixture
async def database(client: Client, settings: Settings) -> Database:
    found = client.database(settings.database_name)
    await Store(client, found).prepare()
    return found


@pytest.fixture
async def app(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FastAPI]:
    """The app; its client, which only a start and a stop would let go, is closed afterwards."""
    opened: list[Client] = []

    def noted(url: str) -> Client:
        opened.append(connect(url))
        return opened[-1]

    monkeypatch.setattr("services.reporting.app.connect", noted)
    built = make(settings)
    yield built
    await built.state.site.health.ready()
    for each in opened:
        await each.close()


@pytest.fixture
async def coordinator(
    app: FastAPI, client: Client, database: Database
) -> AsyncIterator[httpx.AsyncClient]:
    await given(client, database, busy_week())
    async with visitor(app, COORDINATOR) as one:
        yield one
