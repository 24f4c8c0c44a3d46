"""How long intake takes tells nobody whether an id is another agency's or nobody's.

`test_nothing_told_by_time.py` shows that the same is done; this takes the time of many requests,
foreign and missing ones in a random order, and asks how well a guesser would do: given the times of
one of each, how often is the foreign one the slower? Half the time, if they cannot be told apart.
"""

import asyncio
import gc
import random
import statistics
import time
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conformance.asking import MINE, Desk, absent, quiet
from tests.conformance.others import NAMED, Asking

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(600)]

EACH, THINGS, WARM = 400, 40, 40
NEAR = 0.1  # of one half; by chance alone less than one measurement in ten thousand is farther
SMALL = 0.5  # of the spread between the quartiles
IMPORTANT = (
    "GET /intake/v1/concerns/{concern_id}",
    "POST /intake/v1/concerns/{concern_id}/withdraw",
    "POST /intake/v1/concerns/{concern_id}/narrative-readings",
    "GET /intake/open311/v2/requests/{service_request_id}.{form}",
)
Times = tuple[list[float], list[float]]


@pytest.mark.parametrize("name", IMPORTANT)
async def test_nobody_tells_by_the_time_what_is_anothers(
    tmp_path: Path, mongo_url: str, database_name: str, name: str
) -> None:
    async with quiet(tmp_path, mongo_url, f"{database_name}_", indexed=True) as desk:
        theirs = await _others(desk, name)
        first = await _timed(desk, name, theirs)
        second = first if _alike(*first) else await _timed(desk, name, theirs)
        assert _alike(*first) or _alike(*second), f"{_said(*first)}; again: {_said(*second)}"


async def test_two_thousandths_of_a_second_would_be_seen(
    tmp_path: Path, mongo_url: str, database_name: str
) -> None:
    name = IMPORTANT[0]
    async with quiet(tmp_path, mongo_url, f"{database_name}_", indexed=True) as desk:
        theirs = await _others(desk, name)
        first = await _timed(desk, name, theirs, slower=0.002)
        second = await _timed(desk, name, theirs, slower=0.002) if _alike(*first) else first
        assert not _alike(*second), f"{_said(*first)}; again: {_said(*second)}"


def test_the_guesser_is_measured() -> None:
    assert _guessed([1, 2, 3], [4, 5, 6]) == 1.0
    assert _guessed([4, 5, 6], [1, 2, 3]) == 0.0
    assert _guessed([1, 2, 3], [1, 2, 3]) == 0.5


async def _others(desk: Desk, name: str) -> list[str]:
    """The names of things of another agency; as many are one's own."""
    thing, names = NAMED[name][0].thing, []
    for _ in range(THINGS):
        await desk.made(thing, MINE)
        names.append(await desk.others(thing))
    return names


async def _timed(desk: Desk, name: str, theirs: Sequence[str], slower: float = 0.0) -> Times:
    """The seconds of requests for what is not there, and for what is another's."""
    asking = NAMED[name][0]
    missing: list[float] = []
    foreign: list[float] = []
    for _ in range(WARM):
        await desk.ask(MINE, name, asking, absent(asking.thing))
    order = [False, True] * EACH
    random.shuffle(order)
    gc.collect()
    gc.disable()
    try:
        for number, is_foreign in enumerate(order):
            one = theirs[number % THINGS] if is_foreign else absent(asking.thing)
            seconds = await _one(desk, name, asking, one, slower if is_foreign else 0.0)
            (foreign if is_foreign else missing).append(seconds)
    finally:
        gc.enable()
    return missing, foreign


async def _one(desk: Desk, name: str, asking: Asking, one: str, slower: float) -> float:
    request = desk.request(MINE, name, asking, one)
    begun = time.perf_counter()
    answer = await desk.http.send(request)
    if slower:
        await asyncio.sleep(slower)
    seconds = time.perf_counter() - begun
    assert answer.status_code == 404
    return seconds


def _alike(missing: Sequence[float], foreign: Sequence[float]) -> bool:
    low, _, high = statistics.quantiles([*missing, *foreign], n=4)
    apart = abs(statistics.median(foreign) - statistics.median(missing))
    return abs(_guessed(missing, foreign) - 0.5) < NEAR and apart < SMALL * (high - low)


def _guessed(missing: Sequence[float], foreign: Sequence[float]) -> float:
    """Of all pairs, in how many the foreign one took longer; ties count half (Mann-Whitney)."""
    ranked = sorted(missing)
    above = sum(bisect_left(ranked, one) + bisect_right(ranked, one) for one in foreign)
    return above / (2 * len(missing) * len(foreign))


def _said(missing: Sequence[float], foreign: Sequence[float]) -> str:
    medians = (statistics.median(missing), statistics.median(foreign))
    return "guessed {:.3f}, medians {:.6f} and {:.6f} s".format(
        _guessed(missing, foreign), *medians
    )
