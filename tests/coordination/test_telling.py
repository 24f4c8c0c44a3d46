"""The timeline: every event that means something to a person says so in Swedish."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.coordination.pages.telling import Moment, Words, gathered, say
from shared.contracts import assignments as on
from shared.contracts import est
from shared.contracts.codes import EscalationKind, TriageOutcome
from shared.contracts.district import District
from shared.contracts.envelope import Event

WORDS = Words(District.load(), {"PL-HORN": "Kajen"})
DAY = date(2026, 7, 10)
NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("event", "title", "text"),
    [
        (on.AssignmentBlocked(reason="WEATHER"), "Hindrat", "Väder eller årstid."),
        (on.AssignmentUnblocked(), "Inte längre hindrat", ""),
        (on.AssignmentCancelled(reason="MISTAKE"), "Inställt", "Skapat av misstag."),
        (on.AssignmentReopened(reason="NOT_DONE"), "Öppnat igen", "Inte utfört."),
        (
            on.AssignmentDueDateChanged(
                old=DAY, new=DAY + timedelta(days=1), reason="AWAITING_PERMIT"
            ),
            "Ny förfallodag",
            "11 juli 2026 i stället för 10 juli 2026. Väntar på tillstånd.",
        ),
        (
            on.AssignmentEscalationRaised(kind=EscalationKind.OVERDUE, level=2, days=7),
            "Påminnelse",
            "Försenat, 7 dagar. Nivå 2.",
        ),
        (est.ProblemReopened(reason="RECURRED"), "Problemet öppnat igen", "Problemet är tillbaka."),
    ],
)
def test_what_an_event_says(event: Event, title: str, text: str) -> None:
    said = say(event, WORDS)
    assert said is not None
    assert (said.title, said.text) == (title, text)


def test_what_another_event_says_better_is_not_told_twice() -> None:
    assert say(est.ConcernTriaged(outcome=TriageOutcome.LINKED), WORDS) is None


def test_places_have_the_names_people_use() -> None:
    assert WORDS.place("PL-HORN") == "Kajen"
    assert WORDS.place("PL-KRIS") == "Kristineberg"
    assert WORDS.place(None) == "utan plats"


def test_what_says_the_same_on_one_day_is_told_once() -> None:
    moments = [
        Moment(NOW + timedelta(hours=hour), "Återkoppling", by=by, many="återkopplingar")
        for hour, by in ((0, "Parker"), (1, "Parker"), (2, "Biblioteken"), (24, "Parker"))
    ]
    told = gathered([*moments, Moment(NOW, "Accepterat"), Moment(NOW, "Accepterat")])
    assert [(one.title, one.by) for one in told] == [
        ("3 återkopplingar", "Parker, Biblioteken"),
        ("Återkoppling", "Parker"),
        ("Accepterat", ""),
        ("Accepterat", ""),
    ]
