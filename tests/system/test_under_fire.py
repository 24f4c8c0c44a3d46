"""Nothing is lost and nothing applied twice while every process is killed again and again."""

import asyncio
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from statistics import median

import httpx
import pytest

from deploy.samlad.demo.client import FrontDoor, Refusal
from deploy.samlad.demo.summary import COORDINATOR, ids_on_topic, settle
from shared.contracts.topics import INTAKE_CONCERNS
from tests.support.running import BACKEND, CONTAINERS, SIX, System, system_in
from tests.support.topics import produce
from tests.support.waiting import eventually
from tests.system.afresh import AFRESH, contents, deliver_everything_twice, folded_afresh
from tests.system.conftest import register_places
from tests.system.load import Load
from tests.system.story import feedback_delivered, problem_to_feedback
from tests.system.traces import traces_of

KILLS_EACH = 5
AT_A_TIME = 3
CONCERNS = 2_000
RATE = 30.0
#: In containers Docker waits ever longer before it starts again what ends again and again.
RECOVER_WITHIN = 60.0 if os.environ.get(BACKEND) == CONTAINERS else 30.0
LAST_LINES = 12
#: Put on a topic by somebody who does not keep to the contracts: dead letters must not repeat it.
POISON = ("gift.1@example.org", "gift.2@example.org", "gift.3@example.org")

pytestmark = [pytest.mark.system, pytest.mark.timeout(900)]


@dataclass(frozen=True, slots=True)
class Fire:
    """What happened while the processes were killed.

    Attributes:
        rounds: the processes killed one after the other, and how many seconds after the first
            of them all was whole.
    """

    system: System
    load: Load
    seconds: float
    rounds: list[tuple[tuple[str, ...], float]]


@pytest.fixture(scope="module")
def fire(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Fire]:
    with system_in(tmp_path_factory.mktemp("fire")) as system:
        asyncio.run(register_places(system))
        found = asyncio.run(_fire(system))
        capture = pytestconfig.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            pytestconfig.get_terminal_writer().line("\n" + "\n".join(_told(found)))
        yield found


def _told(fire: Fire) -> Iterator[str]:
    yield f"{fire.load.accepted} accepted, {fire.load.accepted / fire.seconds:.0f} a second"
    for names, seconds in fire.rounds:
        yield f"{', '.join(names)} killed: all whole again after {seconds:.1f} s"
    yield f"median {median(seconds for _, seconds in fire.rounds):.1f} s"


async def _fire(system: System) -> Fire:
    async with system.door() as door:
        load, enough = Load(door, RATE), asyncio.Event()
        began = time.monotonic()
        sending = asyncio.create_task(load.run(enough))
        rounds = await _kill_all(system, load)
        await eventually(lambda: load.sent >= CONCERNS, within=120)
        enough.set()
        await sending
        seconds = time.monotonic() - began
        await settle(door, expected=len(load.registered))
        await _leave_traces(system, load)
    return Fire(system, load, seconds, rounds)


async def _leave_traces(system: System, load: Load) -> None:
    """Lets there be mails, a report, a closed action and dead letters to search."""
    some = sorted(load.registered)[:3]
    await problem_to_feedback(load.door, some)
    await feedback_delivered(load.door, some)
    poison = [(b"key", f'{{"category": "{value}"}}'.encode(), ()) for value in POISON]
    await produce(system.state.kafka, INTAKE_CONCERNS.name, poison)
    await asyncio.sleep(2)


async def _kill_all(system: System, load: Load) -> list[tuple[tuple[str, ...], float]]:
    rng, rounds = Random(5), []  # noqa: S311 - not a secret
    for names in _turns(rng):
        await asyncio.sleep(rng.random())
        killed, began = {}, time.monotonic()
        for name in names:
            killed[name] = system.kill(name)
            await asyncio.sleep(rng.random())
        for name, was in killed.items():
            await system.restarted(name, was=was, within=RECOVER_WITHIN)
        await _whole_again(system, load)
        rounds.append((names, time.monotonic() - began))
    return rounds


def _turns(rng: Random) -> Iterator[tuple[str, ...]]:
    """Every process as often as the others, with changing partners."""
    for _ in range(KILLS_EACH):
        order = list(SIX)
        rng.shuffle(order)
        yield from zip(*[iter(order)] * AT_A_TIME, strict=True)


async def _whole_again(system: System, load: Load) -> None:
    """Every service says ready, and a report sent now gets through to reporting."""
    try:
        await eventually(lambda: _all_ready(system), within=RECOVER_WITHIN)
        probe = await load.one()
        while probe not in load.registered:
            probe = await load.one()
        await eventually(lambda: _visible(load.door, probe), within=RECOVER_WITHIN)
    except AssertionError as late:
        told = "\n".join(_last_words(system))
        raise AssertionError(f"{late}\n{told}") from None


async def _all_ready(system: System) -> bool:
    """Whether every service says ready; an assertion tells of the first that does not."""
    async with httpx.AsyncClient(base_url=system.state.front, trust_env=False) as http:
        for name in system.state.services:
            try:
                answer = await http.get(f"/{name}/health/ready")
            except httpx.TransportError as error:
                raise AssertionError(f"{name}: {error!r}") from None
            assert answer.status_code == 200, f"{name}: {answer.status_code} {answer.text[:1000]}"
    return True


def _last_words(system: System) -> Iterator[str]:
    """The last lines each process has logged, for whoever has to find out why."""
    for name, text in system.written():
        if name.startswith("logs/"):
            yield f"--- {name}"
            yield from text.decode(errors="replace").splitlines()[-LAST_LINES:]


async def _visible(door: FrontDoor, concern_id: str) -> bool:
    try:
        await door.get(f"/reporting/v1/concerns/{concern_id}", COORDINATOR)
    except Refusal as refusal:
        if refusal.status == 404:
            return False
        raise
    return True


def test_everything_accepted_is_on_the_topic_and_in_the_projections_once(fire: Fire) -> None:
    load = fire.load
    assert load.accepted >= CONCERNS
    on_topic = asyncio.run(ids_on_topic(fire.system.state.kafka))
    assert on_topic == load.registered
    projected, counted = asyncio.run(_projected(fire.system))
    assert len(projected) == len(set(projected)), "a row is listed twice"
    assert set(projected) == load.registered, "lost or invented"
    assert counted == len(load.registered), "a counter counted something twice or not at all"


def test_the_coordinator_has_every_one_to_triage(fire: Fire) -> None:
    judged = set(sorted(fire.load.registered)[:3])  # by the story that leaves traces
    assert asyncio.run(_to_triage(fire.system)) == fire.load.registered - judged


def test_reports_were_accepted_all_the_while(fire: Fire) -> None:
    assert fire.load.accepted / fire.seconds >= 20


@pytest.mark.parametrize("name", SIX)
def test_everything_recovers_by_itself_in_time(fire: Fire, name: str) -> None:
    took = [seconds for names, seconds in fire.rounds if name in names]
    assert len(took) == KILLS_EACH
    assert max(took) < RECOVER_WITHIN


def test_what_the_screen_should_find_was_quarantined(fire: Fire) -> None:
    assert len(fire.load.canaries) >= 90
    assert fire.load.unscreened == []


def test_no_canary_is_anywhere_outside_the_vault(fire: Fire) -> None:
    traces = traces_of(fire.system, [*fire.load.canaries, *POISON])
    for place in ("dead_letters", ".eml", ".pdf", "metrics", "logs/", "intake.concerns", "effects"):
        assert any(place in name for name in traces.searched), f"no {place} was searched"
    on_topic = traces.found.pop("intake.concerns")
    assert on_topic == list(POISON), "only this test's own poison may be on the topic"
    assert traces.found == {}


def test_a_fresh_projection_of_the_same_topics_has_the_same_bytes(fire: Fire) -> None:
    asyncio.run(folded_afresh(fire.system))
    live = contents(fire.system)
    assert len(live["concerns"]) >= CONCERNS
    for name in ("concern_counters", "agency_counters", "problems", "assignments", "actions"):
        assert live[name], f"no {name} to compare"
    assert live == contents(fire.system, AFRESH)


def test_every_event_delivered_twice_leaves_the_same_bytes(fire: Fire) -> None:
    live = contents(fire.system)
    assert asyncio.run(deliver_everything_twice(fire.system)) > CONCERNS
    assert contents(fire.system) == live


async def _projected(system: System) -> tuple[list[str], int]:
    async with system.door() as door:
        rows = await door.every("/reporting/v1/concerns", COORDINATOR)
        counters = await door.get("/reporting/v1/counters", COORDINATOR)
        return [row["concern_id"] for row in rows], counters["total"]


async def _to_triage(system: System) -> set[str]:
    async with system.door() as door:
        waiting = await door.every("/coordination/v1/triage", COORDINATOR)
        return {item["concern_id"] for item in waiting}
