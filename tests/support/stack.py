"""Real Kafka and MongoDB for tests: the running ones of the environment, else own ones."""

import os
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from pymongo import MongoClient

from deploy.samlad.stack.state import State
from deploy.samlad.testing import backing
from services.coordination.store import Store as Coordination
from services.intake.store import Store as Intake
from shared.store.stream import Stream
from tests.support import topics


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    """Return the addresses of a Kafka and a MongoDB that live at least as long as the session."""
    if {"SAMLAD_TEST_KAFKA", "SAMLAD_TEST_MONGO"} <= os.environ.keys():
        yield _told(os.environ)
        return
    with backing.stack(tmp_path_factory.mktemp("stack"), os.environ) as told:
        yield _told(told)


def _told(where: Mapping[str, str]) -> State:
    kafka, mongo = where["SAMLAD_TEST_KAFKA"], where["SAMLAD_TEST_MONGO"]
    return State(kafka=kafka.split(","), mongo_url=mongo, ready=True)


@pytest.fixture(scope="session")
def kafka_bootstrap(stack: State) -> list[str]:
    """Return the bootstrap servers of a real Kafka."""
    return stack.kafka


@pytest.fixture(scope="session")
def mongo_url(stack: State) -> str:
    """Return the address of a real MongoDB replica set."""
    return stack.mongo_url


@pytest.fixture(scope="session")
def _mongo(mongo_url: str) -> Iterator[MongoClient[dict[str, Any]]]:
    with MongoClient[dict[str, Any]](mongo_url) as client:
        yield client


@pytest.fixture(scope="session")
def _tidy(_mongo: MongoClient[dict[str, Any]]) -> Iterator[Callable[[str], None]]:
    """Drops databases beside the tests: each takes as long as a test."""
    dropping: list[Future[None]] = []
    with ThreadPoolExecutor(1) as thread:
        yield lambda prefix: dropping.append(thread.submit(_drop, _mongo, prefix))
    for each in dropping:
        each.result()


@pytest.fixture
def database_name(_tidy: Callable[[str], None]) -> Iterator[str]:
    """Return a name no other test has; databases that begin with it are dropped afterwards."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    yield name
    _tidy(name)


def _drop(mongo: MongoClient[dict[str, Any]], prefix: str) -> None:
    for each in mongo.list_database_names():
        if each.startswith(prefix):
            mongo.drop_database(each)


@pytest.fixture
async def unique_topic(kafka_bootstrap: list[str]) -> AsyncIterator[str]:
    """Return a new topic of 12 partitions; it is deleted afterwards."""
    name = f"test.{uuid.uuid4().hex[:12]}"
    await topics.create(kafka_bootstrap, name)
    yield name
    await topics.delete(kafka_bootstrap, name)


@pytest.fixture
def without_indexes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make no indexes: where none enforces a rule, making them is most of a test's time."""
    for store in (Stream, Intake, Coordination):
        monkeypatch.setattr(store, "prepare", _nothing)


async def _nothing(_store: object) -> None:
    """Make no index."""
