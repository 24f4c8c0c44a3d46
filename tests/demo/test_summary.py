"""The summary's totals hold whatever became of a concern after it was taken in."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from deploy.samlad.demo.summary import OnTopic, balance

FATES = st.sampled_from(["stands", "withdrawn", "held", "released", "released and withdrawn"])
IN_QUARANTINE = {"held", "released", "released and withdrawn", "withdrawn while held"}
REGISTERED = {"stands", "withdrawn", "released", "released and withdrawn"}
TAKEN_BACK = {"withdrawn", "released and withdrawn", "withdrawn while held"}


def told(fates: list[str], lost: int = 0, others: int = 0) -> dict[str, Any]:
    ids = {str(number): fate for number, fate in enumerate(fates)}
    tally = {
        "sent": len(ids),
        "accepted": len(ids),
        "diverted": 0,
        "quarantined": sum(fate in IN_QUARANTINE for fate in fates),
        "ids": list(ids),
    }
    imported = {f"imported {number}" for number in range(others)}
    topic = OnTopic(
        registered={one for one, fate in ids.items() if fate in REGISTERED} | imported,
        released={one for one, fate in ids.items() if fate.startswith("released")},
        withdrawn={one for one, fate in ids.items() if fate in TAKEN_BACK},
    )
    shown = set(sorted(topic.standing)[lost:])
    found: dict[str, Any] = balance(tally, topic, shown=shown, counted=len(shown))
    return found


@given(st.lists(FATES | st.just("withdrawn while held")), st.integers(0, 20))
def test_nothing_counts_as_lost_that_was_held_released_or_taken_back(
    fates: list[str], others: int
) -> None:
    found = told(fates, others=others)
    assert found["lost"] == found["applied_twice"] == 0
    assert found["on_topic"] == found["projected"]


def test_a_concern_that_reporting_never_showed_is_lost() -> None:
    assert told(["stands", "released", "withdrawn", "held"], lost=1)["lost"] == 1


def test_what_others_reported_meanwhile_is_not_the_players() -> None:
    found = told(["stands", "stands", "released", "withdrawn"], others=13_500)
    assert (found["accepted"], found["on_topic"], found["projected"]) == (4, 3, 3)
    assert (found["lost"], found["applied_twice"]) == (0, 0)
    assert told(["stands", "released"], lost=1, others=13_500)["lost"] == 1


def test_a_season_played_before_ids_were_noted_is_counted_as_then() -> None:
    tally = {"sent": 2, "accepted": 2, "diverted": 0, "quarantined": 0, "ids": ()}
    both = frozenset({"a", "b"})
    found = balance(tally, OnTopic(registered=both), shown=both, counted=2)
    assert (found["projected"], found["lost"], found["applied_twice"]) == (2, 0, 0)
