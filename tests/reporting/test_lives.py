"""Counters follow what becomes of a concern and of an SSPF outcome: they move, nothing is left."""

from collections import Counter
from collections.abc import Mapping
from typing import TypeAlias

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given as given_any
from hypothesis import strategies as st

from services.reporting import handlers
from shared.bus.folding import Folding
from shared.bus.views import Row, View
from shared.contracts.codes import YouthBand
from shared.contracts.concerns import (
    ConcernCorrected,
    ConcernNarrativeExpunged,
    ConcernQuarantined,
    ConcernRegistered,
    ConcernRejected,
    ConcernReleased,
    ConcernWithdrawn,
)
from shared.contracts.envelope import Event, Received
from shared.contracts.sspf import (
    SspfMeetingOutcomeRecorded,
    SspfMeetingOutcomeWithdrawn,
    SspfTermAttested,
)
from shared.store.client import Client, Database
from tests.reporting.support import MONDAY, SSPF, concern, example, folded, given, life, visitor

Counts = dict[tuple[str, ...], int]
Sums: TypeAlias = Counter[tuple[str, ...]]
HELD, OUT = example(ConcernQuarantined), example(ConcernReleased)
BACK, NEVER = example(ConcernWithdrawn), example(ConcernRejected)
BLANK, LITTER = example(ConcernNarrativeExpunged), concern("ENV.LITTER", has_narrative=True)
HERE: Counts = {("KUNGSHOLMEN", "PL-HORN", "ENV.LITTER", "2026-W23"): 1}
THERE: Counts = {("KUNGSHOLMEN", "PL-KRON", "ORD.FIGHT", "2026-W23"): 1}
EFFORT: Counts = {("KUNGSHOLMEN", "FIELD_WORKERS", "2026-W23"): 1}
ASIDE: Counts = {("KUNGSHOLMEN", "2026-W23"): 1}


def corrected(to: ConcernRegistered) -> ConcernCorrected:
    return ConcernCorrected.model_validate(to.model_dump() | {"corrected_at": MONDAY})


ELSEWHERE = corrected(concern("ORD.FIGHT", "PL-KRON"))
LIVES: dict[str, tuple[list[Event], list[Counts]]] = {
    "registered": ([LITTER], [HERE, EFFORT, {}]),
    "withdrawn": ([LITTER, BACK], [{}, {}, {}]),
    "corrected": ([LITTER, ELSEWHERE], [THERE, EFFORT, {}]),
    "corrected, withdrawn": ([LITTER, ELSEWHERE, BACK], [{}, {}, {}]),
    "corrected twice": ([LITTER, ELSEWHERE, corrected(LITTER)], [HERE, EFFORT, {}]),
    "held": ([HELD], [{}, {}, ASIDE]),
    "released": ([HELD, OUT, LITTER], [HERE, EFFORT, {}]),
    "rejected": ([HELD, NEVER], [{}, {}, {}]),
    "held, withdrawn": ([HELD, BACK], [{}, {}, {}]),
    "expunged": ([LITTER, BLANK], [HERE, EFFORT, {}]),
    "held, expunged": ([HELD, BLANK], [{}, {}, {}]),
    "rejected, expunged": ([HELD, NEVER, BLANK], [{}, {}, {}]),
    "withdrawn, expunged": ([LITTER, BACK, BLANK], [{}, {}, {}]),
    "released, corrected, withdrawn": ([HELD, OUT, LITTER, ELSEWHERE, BACK], [{}, {}, {}]),
}


@pytest.mark.parametrize("name", LIVES)
def test_a_concern_counts_where_it_stands_and_nowhere_else(name: str) -> None:
    events, expected = LIVES[name]
    [row] = folded(handlers.CONCERNS, life("concern", "1", *events))
    assert [dict(each.of(row)) for each in handlers.CONCERNS.counters] == expected
    assert row["seq"] == len(events)


def moved(view: View, batches: list[list[Received[Event]]]) -> tuple[dict[str, Row], list[Sums]]:
    """Return the rows after these batches, and how the counters were moved altogether."""
    rows: dict[str, Row] = {}
    counts: list[Sums] = [Counter() for _ in view.counters]
    for batch in batches:
        folding = Folding(view, rows, {})
        for offset, received in enumerate(batch):
            folding.take(received, 0, offset)
        result = folding.result()
        rows |= {row["_id"]: row for row in (*result.inserts, *result.replaces)}
        for (number, key, _), n in result.counts.items():
            counts[number][key] += n
    return rows, counts


def sums(view: View, rows: Mapping[str, Row]) -> list[Sums]:
    """Return what the counters are when counted anew from the rows."""
    anew: list[Sums] = [Counter() for _ in view.counters]
    for row in rows.values():
        for number, each in enumerate(view.counters):
            anew[number].update(dict(each.of(row)))
    return anew


@given_any(st.lists(st.sampled_from(sorted(LIVES)), max_size=6), st.data())
def test_counters_that_moved_are_those_counted_anew_however_it_was_batched(
    names: list[str], data: st.DataObject
) -> None:
    whole = [
        received
        for number, name in enumerate(names)
        for received in life("concern", str(number), *LIVES[name][0])
    ]
    batches = []
    while whole:
        size = data.draw(st.integers(1, len(whole)))
        batches.append(whole[:size])
        whole = whole[size:]
    rows, counts = moved(handlers.CONCERNS, batches)

    assert [+count for count in counts] == sums(handlers.CONCERNS, rows)
    assert all(n >= 0 for count in counts for n in count.values())
    expected: list[Sums] = [Counter(), Counter(), Counter()]
    for name in names:
        for number, told in enumerate(LIVES[name][1]):
            expected[number].update(told)
    assert [+count for count in counts] == expected


def test_a_correction_is_seen_in_the_row_with_when_it_was_made() -> None:
    [row] = folded(handlers.CONCERNS, life("concern", "1", LITTER, ELSEWHERE))
    assert (row["category"], row["place_id"], row["state"]) == (
        "ORD.FIGHT",
        "PL-KRON",
        "REGISTERED",
    )
    assert row["corrected_at"] == "2026-06-01T06:00:00.000Z"


def test_of_an_expunged_text_the_row_says_that_there_is_none() -> None:
    [row] = folded(handlers.CONCERNS, life("concern", "1", LITTER, BLANK))
    assert (row["has_narrative"], row["state"]) == (False, "REGISTERED")


def test_a_withdrawn_outcome_is_no_meeting_of_its_term() -> None:
    meeting, back = example(SspfMeetingOutcomeRecorded), example(SspfMeetingOutcomeWithdrawn)
    [row] = folded(handlers.SSPF_OUTCOMES, life("sspf-outcome", "o", meeting, back))
    [counters] = handlers.SSPF_OUTCOMES.counters
    assert counters.of(row) == {}


@pytest.mark.stack
async def test_lists_and_counters_agree_after_corrections_and_withdrawals(
    coordinator: httpx.AsyncClient, client: Client, database: Database
) -> None:
    before = (await coordinator.get("/reporting/v1/counters")).json()
    for number, name in enumerate(LIVES):
        await given(client, database, life("concern", f"life {number}", *LIVES[name][0]))
    listed = (await coordinator.get("/reporting/v1/concerns", params={"limit": 200})).json()
    counters = (await coordinator.get("/reporting/v1/counters")).json()
    standing = sum(bool(expected[0]) for _, expected in LIVES.values())

    assert counters["total"] == before["total"] + standing == listed["total"]
    assert len(listed["items"]) == listed["total"]
    assert all(item["n"] > 0 for item in counters["items"])
    gone = (await coordinator.get("/reporting/v1/concerns?state=WITHDRAWN")).json()
    assert gone["total"] == 4


@pytest.mark.stack
async def test_a_term_with_too_few_meetings_left_is_withheld_again(
    app: FastAPI, coordinator: httpx.AsyncClient, client: Client, database: Database
) -> None:
    meeting, back = example(SspfMeetingOutcomeRecorded), example(SspfMeetingOutcomeWithdrawn)
    attested = SspfTermAttested(term="2026-VT", unique_band=YouthBand.FIVE_TO_NINE)
    held = [each for n in range(3) for each in life("sspf-outcome", f"{n}", meeting)]
    await given(client, database, [*held, *life("sspf-term", "t", attested)])
    [released] = (await coordinator.get("/reporting/v1/sspf")).json()["items"]
    await given(client, database, life("sspf-outcome", "0", meeting, back))
    async with visitor(app, SSPF) as sspf:
        [after] = (await sspf.get("/reporting/v1/sspf")).json()["items"]

    assert (released["status"], released["meetings"]) == ("RELEASED", 3)
    assert (after["status"], after["reasons"]) == ("WITHHELD", ["FEW_MEETINGS"])
    assert after["meetings"] is None
