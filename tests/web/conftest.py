from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.web.trial import Trial, client_of


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    return Trial(folder=tmp_path)


@pytest.fixture
async def client(trial: Trial) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(trial.app()) as one:
        yield one


@pytest.fixture
async def demo(trial: Trial) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(replace(trial, demo=True).app()) as one:
        yield one
