"""Real Kafka and MongoDB for tests: the running ones of the environment, else own ones."""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from deploy.samlad.stack.state import State
from tests.support import topics

START_WITHIN = 90.0


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    """Return the addresses of a Kafka and a MongoDB that live at least as long as the session."""
    kafka, mongo = os.environ.get("SAMLAD_TEST_KAFKA"), os.environ.get("SAMLAD_TEST_MONGO")
    if kafka and mongo:
        yield State(kafka=kafka.split(","), mongo_url=mongo, ready=True)
        return
    folder = tmp_path_factory.mktemp("stack")
    command = [sys.executable, "-m", "deploy.samlad", "stack", "--data", str(folder)]
    process = subprocess.Popen(command)
    try:
        yield _until_ready(folder, process)
    finally:
        process.terminate()
        process.wait(60)


def _until_ready(folder: Path, process: subprocess.Popen[bytes]) -> State:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        state = State.read(folder)
        if state and state.ready:
            return state
        time.sleep(0.05)
    pytest.fail(f"the embedded stack did not start; its logs are in {folder / 'logs'}")


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
def _tidying() -> Iterator[ThreadPoolExecutor]:
    """Drops databases beside the tests: each takes as long as a test."""
    with ThreadPoolExecutor(1) as thread:
        yield thread


@pytest.fixture
def database_name(
    _mongo: MongoClient[dict[str, Any]], _tidying: ThreadPoolExecutor
) -> Iterator[str]:
    """Return a name no other test has; databases that begin with it are dropped afterwards."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    yield name
    _tidying.submit(_drop, _mongo, name)


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
