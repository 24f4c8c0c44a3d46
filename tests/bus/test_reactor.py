"""Reactions: at least once, in order, and no event stops the others."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pytest

from shared.bus.reactor import (
    ATTEMPTS,
    SLICE,
    PermanentError,
    Reaction,
    Reactor,
    one_by_one,
)
from shared.contracts.assignments import AssignmentAccepted
from shared.contracts.concerns import ConcernRegistered
from shared.contracts.envelope import Received
from shared.store.errors import Conflict, Unavailable
from shared.telemetry import context
from tests.bus.support import Stage, assignment, concern, consuming, mixture, produce, send, until

pytestmark = pytest.mark.stack
Seen = dict[str, list[int]]


def _reactor(stage: Stage, reaction: Reaction) -> Reactor:
    return Reactor(topic=stage.topic, group=stage.group, reaction=reaction, place=stage.place)


async def _reacted(stage: Stage, reaction: Reaction, n: int) -> None:
    async def enough() -> bool:
        done = [stage.count("bus_events", outcome=o) for o in ("applied", "dead")]
        return sum(done) >= n

    async with consuming(stage, _reactor(stage, reaction)):
        await until(enough)


async def test_every_event_comes_in_the_order_of_its_aggregate(stage: Stage) -> None:
    events, seen = mixture(100), defaultdict(list)

    async def react(received: Sequence[Received[Any]]) -> None:
        for each in received:
            seen[each.meta.subject].append(each.meta.sequence)

    await send(stage.bootstrap, stage.topic, events)
    await _reacted(stage, react, len(events))
    assert len(seen) == 100
    assert all(order in ([1], [1, 2, 3, 4]) for order in seen.values())


async def test_of_a_poll_broken_off_only_the_last_slice_comes_again(stage: Stage) -> None:
    seen: list[str] = []
    signs: list[str] = []

    async def react(received: Sequence[Received[Any]]) -> None:
        if len(seen) >= 3 * SLICE and "broken off" not in signs:
            signs.append("broken off")
            raise Unavailable("X")
        seen.extend(each.meta.id for each in received)

    await send(stage.bootstrap, stage.topic, [concern(n) for n in range(6 * SLICE)])
    reactor = _reactor(stage, react)
    reactor.alive = lambda: signs.append("alive")

    async def all_seen() -> bool:
        return len(set(seen)) == 6 * SLICE

    async with consuming(stage, reactor):
        await until(all_seen)
    assert len(seen) - len(set(seen)) <= SLICE
    assert len(signs) >= 6


async def test_what_is_done_is_not_given_again_after_a_restart(stage: Stage) -> None:
    seen: list[str] = []

    async def react(received: Sequence[Received[Any]]) -> None:
        seen.extend(each.meta.id for each in received)

    await send(stage.bootstrap, stage.topic, [concern(n) for n in range(10)])
    await _reacted(stage, react, 10)
    await send(stage.bootstrap, stage.topic, [concern(n) for n in range(10, 20)])
    await _reacted(stage, react, 20)
    assert len(seen) == len(set(seen)) == 20


@pytest.mark.parametrize("error", [Unavailable("X"), Conflict("X"), OSError(), TimeoutError()])
async def test_an_outage_is_waited_out_and_never_a_dead_letter(
    stage: Stage, error: Exception
) -> None:
    seen: list[str] = []
    faults = [6]

    async def react(received: Sequence[Received[Any]]) -> None:
        faults[0] -= 1
        if faults[0] > 0:
            raise error
        seen.extend(each.meta.id for each in received)

    await send(stage.bootstrap, stage.topic, [concern(n) for n in range(5)])
    await _reacted(stage, react, 5)
    assert len(set(seen)) == 5
    assert await stage.database["dead_letters"].count_documents({}) == 0


async def test_what_can_never_succeed_becomes_a_dead_letter_of_its_own(stage: Stage) -> None:
    seen: set[str] = set()
    events = [concern(n) for n in range(20)]
    hopeless = {events[3].key, events[11].key}

    async def react(received: Received[ConcernRegistered]) -> None:
        if received.meta.subject in hopeless:
            raise PermanentError("NO_SUCH_PLACE")
        seen.add(received.meta.subject)

    await send(stage.bootstrap, stage.topic, events)
    await _reacted(stage, one_by_one({ConcernRegistered: react}), 20)
    assert seen == {each.key for each in events} - hopeless
    letters = await stage.database["dead_letters"].find().to_list(None)
    assert [letter["reason"] for letter in letters] == ["NO_SUCH_PLACE"] * 2


async def test_a_fault_of_ours_is_tried_a_few_times_and_then_stops_nobody(stage: Stage) -> None:
    tries: dict[str, int] = defaultdict(int)
    events = [concern(n) for n in range(6)]

    async def react(received: Received[ConcernRegistered]) -> None:
        tries[received.meta.subject] += 1
        if received.meta.subject == events[2].key:
            raise RuntimeError("a fault of ours")

    await send(stage.bootstrap, stage.topic, events)
    await _reacted(stage, one_by_one({ConcernRegistered: react}), 6)
    assert tries[events[2].key] >= ATTEMPTS
    assert len(tries) == 6
    letters = await stage.database["dead_letters"].find().to_list(None)
    assert [letter["reason"] for letter in letters] == ["REACTION_FAILED"]


async def test_what_is_no_event_becomes_a_dead_letter(stage: Stage) -> None:
    seen: list[str] = []

    async def react(received: Sequence[Received[Any]]) -> None:
        seen.extend(each.meta.subject for each in received)

    known = concern(1)
    await produce(stage.bootstrap, stage.topic, [(b"k", b"v", []), known.raw(), (None, b"v", [])])
    await _reacted(stage, react, 3)
    assert seen == [known.key]
    assert await stage.database["dead_letters"].count_documents({}) == 2


async def test_one_by_one_knows_its_events_and_binds_their_correlation() -> None:
    seen: list[tuple[int, str]] = []

    async def accepted(received: Received[AssignmentAccepted]) -> None:
        await asyncio.sleep(0)
        seen.append((received.meta.sequence, context.current().correlation_id))

    life = [each.received() for each in assignment(1)]
    await one_by_one({AssignmentAccepted: accepted})(life)
    assert seen == [(3, life[0].meta.subject)]
