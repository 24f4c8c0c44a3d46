"""The card of an assignment follows its owner and its date."""

from typing import Any

from services.notify.domain.cards import card_of, carded
from services.notify.projections import PLACES
from shared.contracts.assignments import (
    AssignmentAccepted,
    AssignmentDueDateChanged,
    AssignmentRedirected,
)
from shared.contracts.places import PlaceRegistered
from shared.contracts.schemas import example_of
from tests.notify.given import ASSIGNED, ASSIGNMENT, DUE, PROBLEM, PROPOSED, received

EMPTY: dict[str, Any] = {"_id": ASSIGNMENT}
LIFE = [
    received(PROPOSED, 1, agency="DISTRICT_PREVENTION"),
    received(ASSIGNED, 2),
    received(AssignmentRedirected(from_owner="DISTRICT_PARKS", to_owner="PORT"), 3),
    received(AssignmentDueDateChanged(old=DUE, new=DUE.replace(day=10), reason="WEATHER"), 4),
    received(AssignmentAccepted(), 5, agency="PORT"),
]


def after(number: int) -> dict[str, Any]:
    row = EMPTY
    for event in LIFE[:number]:
        row = carded(row, event)
    return row


def test_a_card_tells_what_where_when_and_whose() -> None:
    card = card_of(after(2))
    assert card is not None
    assert (card.owner, card.assigned_by) == ("DISTRICT_PARKS", "DISTRICT_COORD")
    assert (card.facts.problem_id, card.facts.place_id) == (PROBLEM, "PL-HORN")
    assert (card.facts.measure, card.facts.due) == ("BINS", DUE)


def test_a_card_follows_redirection_and_new_dates() -> None:
    card = card_of(after(5))
    assert card is not None
    assert card.owner == "PORT"
    assert card.facts.due == DUE.replace(day=10)
    assert after(5)["seq"] == 5


def test_an_event_seen_again_changes_nothing() -> None:
    row = after(5)
    assert all(carded(row, event) is row for event in LIFE)


def test_nobody_is_owed_anything_by_an_assignment_without_owner() -> None:
    assert card_of(carded(EMPTY, received(AssignmentAccepted()))) is None


def test_a_card_may_know_only_who_and_when() -> None:
    card = card_of(carded(EMPTY, received(ASSIGNED)))
    assert card is not None
    assert card.facts.problem_id is None


def test_places_are_called_what_coordination_calls_them() -> None:
    fold = PLACES[PlaceRegistered]
    row = fold({"_id": "PL-HORN"}, received(example_of(PlaceRegistered), subject="PL-HORN"))
    assert row == {"_id": "PL-HORN", "name": "Hornsbergs strand"}
