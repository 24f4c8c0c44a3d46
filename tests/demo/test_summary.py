"""The summary's totals hold whatever became of a concern after it was taken in."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from deploy.samlad.demo.summary import OnTopic, balance

FATES = st.sampled_from(["stands", "withdrawn", "held", "released", "released and withdrawn"])
IN_QUARANTINE = {"held", "released", "released and withdrawn", "withdrawn while held"}
REGISTERED = {"stands", "withdrawn", "released", "released and withdrawn"}
TAKEN_BACK = {"withdrawn", "released and withdrawn", "withdrawn while held"}


def told(fates: list[str], lost: int = 0) -> dict[str, Any]:
    ids = {str(number): fate for number, fate in enumerate(fates)}
    tally = {
        "sent": len(ids),
        "accepted": len(ids),
        "diverted": 0,
        "quarantined": sum(fate in IN_QUARANTINE for fate in fates),
    }
    topic = OnTopic(
        registered={one for one, fate in ids.items() if fate in REGISTERED},
        released={one for one, fate in ids.items() if fate.startswith("released")},
        withdrawn={one for one, fate in ids.items() if fate in TAKEN_BACK},
    )
    standing = len(topic.standing) - lost
    found: dict[str, Any] = balance(tally, topic, projected=standing, counted=standing)
    return found


@given(st.lists(FATES | st.just("withdrawn while held")))
def test_nothing_counts_as_lost_that_was_held_released_or_taken_back(fates: list[str]) -> None:
    found = told(fates)
    assert found["lost"] == found["applied_twice"] == 0
    assert found["on_topic"] == found["projected"]


def test_a_concern_that_reporting_never_showed_is_lost() -> None:
    assert told(["stands", "released", "withdrawn", "held"], lost=1)["lost"] == 1
