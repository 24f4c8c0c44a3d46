"""Every fold: given events, when folded, then this row. Rows hold nothing of the wall clock."""

from datetime import UTC, date, datetime

import pytest

from services.reporting import handlers
from shared.contracts.codes import (
    Effect,
    Role,
    SituationLevel,
    YouthBand,
)
from shared.contracts.concerns import ConcernDiverted, ConcernQuarantined
from shared.contracts.envelope import Event, Received
from shared.contracts.est import (
    CauseAnalysisRecorded,
    PrioritisationDecided,
    ProblemIdentified,
    ProblemProfileUpdated,
    ProblemReopened,
    ProblemResolved,
    SituationLevelChanged,
    SituationPictureAdopted,
    SituationPictureCompiled,
    SituationPictureSuperseded,
)
from shared.contracts.places import (
    PlaceControlChanged,
    PlaceDeprioritised,
    PlacePrioritised,
    PlaceRegistered,
    PlaceRetired,
)
from shared.contracts.sspf import SspfMeetingOutcomeRecorded, SspfTermAttested
from shared.contracts.statistics import StatisticObserved, StatisticsImported
from tests.reporting.support import MONDAY, concern, example, folded, life


def test_a_registered_concern_belongs_to_the_week_of_its_observation() -> None:
    sunday_night = datetime(2026, 6, 7, 22, 30, tzinfo=UTC)  # Monday 00:30 in Stockholm
    [row] = folded(
        handlers.CONCERNS,
        life("concern", "1", concern("ENV.LITTER", observed_from=sunday_night)),
    )
    assert row["state"] == "REGISTERED"
    assert row["week"] == "2026-W24"
    assert row["observed_from"] == "2026-06-07T22:30:00.000Z"
    assert row["observed_to"] is None


def test_a_concern_keeps_when_it_ended_and_an_unknown_place_is_a_dash() -> None:
    [row] = folded(
        handlers.CONCERNS, life("concern", "1", concern("THF.BIKE", None, observed_to=MONDAY))
    )
    assert row["place_id"] == "-"
    assert row["observed_to"] == "2026-06-01T06:00:00.000Z"


def counted(view_events: list[Received[Event]]) -> list[dict[tuple[str, ...], int]]:
    [row] = folded(handlers.CONCERNS, view_events)
    return [dict(counters.of(row)) for counters in handlers.CONCERNS.counters]


def test_a_registered_concern_counts_once_per_place_and_once_per_agency() -> None:
    assert counted(life("concern", "1", concern("ENV.LITTER"))) == [
        {("KUNGSHOLMEN", "PL-HORN", "ENV.LITTER", "2026-W23"): 1},
        {("KUNGSHOLMEN", "FIELD_WORKERS", "2026-W23"): 1},
        {},
    ]


def test_a_quarantined_concern_counts_beside_the_registered_never_among_them() -> None:
    assert counted(life("concern", "1", example(ConcernQuarantined))) == [
        {},
        {},
        {("KUNGSHOLMEN", "2026-W23"): 1},
    ]


def test_of_a_quarantined_concern_only_the_kinds_of_findings_are_known() -> None:
    [row] = folded(handlers.CONCERNS, life("concern", "1", example(ConcernQuarantined)))
    assert row.keys() == {
        "_id", "seq", "district", "state", "week", "category", "findings", "source_agency",
    }  # fmt: skip


def test_a_diversion_counts_for_where_the_reporter_was_told_to_turn() -> None:
    [row] = folded(handlers.DIVERSIONS, life("diversion", "1", example(ConcernDiverted)))
    [counters] = handlers.DIVERSIONS.counters
    assert counters.of(row) == {("KUNGSHOLMEN", "EMERGENCY_112", "2026-W23"): 1}


def test_a_problem_from_pattern_to_resolution() -> None:
    [row] = folded(
        handlers.PROBLEMS,
        life(
            "problem",
            "p",
            example(ProblemIdentified),
            example(ProblemProfileUpdated),
            example(CauseAnalysisRecorded),
            example(PrioritisationDecided),
            example(ProblemResolved),
        ),
    )
    expected = {"state": "RESOLVED", "concerns": 9, "agencies": 3, "effect": "IMPROVED"}
    assert expected.items() <= row.items()
    assert row["prioritisation"]["decision"] == "PRIORITISED"
    assert row["causes"][0]["no"] == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], "ANALYSED"),
        ([ProblemReopened], "ANALYSED"),
        ([PrioritisationDecided], "PRIORITISED"),
        ([ProblemResolved], "RESOLVED"),
    ],
)
def test_causes_written_down_later_do_not_undo_a_decision(
    before: list[type[Event]], after: str
) -> None:
    kinds: list[type[Event]] = [ProblemIdentified, *before, CauseAnalysisRecorded]
    events = [example(kind) for kind in kinds]
    [row] = folded(handlers.PROBLEMS, life("problem", "p", *events))
    assert row["state"] == after


@pytest.mark.parametrize(
    ("effect", "state"),
    [
        (Effect.IMPROVED, "RESOLVED"),
        (Effect.UNCHANGED, "PERSISTING"),
        (Effect.WORSE, "PERSISTING"),
        (Effect.DISPLACED, "PERSISTING"),
        (Effect.UNKNOWN, "PERSISTING"),
    ],
)
def test_only_a_problem_that_improved_is_resolved(effect: Effect, state: str) -> None:
    ended = ProblemResolved(effect=effect)
    [row] = folded(handlers.PROBLEMS, life("problem", "p", example(ProblemIdentified), ended))
    assert (row["state"], row["effect"]) == (state, effect.value)
    assert ("resolved_on" in row) is (state == "RESOLVED")


@pytest.mark.parametrize("effect", [Effect.IMPROVED, Effect.WORSE])
def test_of_a_problem_that_is_back_no_ending_stands(effect: Effect) -> None:
    again = [ProblemResolved(effect=effect), example(ProblemReopened)]
    [row] = folded(handlers.PROBLEMS, life("problem", "p", example(ProblemIdentified), *again))
    assert row["state"] == "REOPENED"
    assert not row.keys() & {"effect", "resolved_on"}


def test_a_problem_that_is_back_says_why() -> None:
    [row] = folded(
        handlers.PROBLEMS,
        life("problem", "p", example(ProblemIdentified), example(ProblemReopened)),
    )
    assert (row["state"], row["reopen_reason"]) == ("REOPENED", "RECURRED")


def test_an_adopted_picture_carries_level_and_motive_and_the_level_before() -> None:
    [row] = folded(
        handlers.PICTURES,
        life(
            "picture",
            "p",
            example(SituationPictureCompiled),
            example(SituationPictureAdopted),
            example(SituationLevelChanged),
        ),
    )
    expected = {"state": "ADOPTED", "level": "YELLOW", "previous_level": "YELLOW", "problems": 6}
    assert expected.items() <= row.items()


def test_the_first_picture_has_no_level_before_and_a_later_one_takes_its_place() -> None:
    first = SituationLevelChanged(
        week="2026-W23",
        new=SituationLevel.GREEN,
        motive="NORMAL",
        assessor_role=Role.COORDINATOR,
    )
    [row] = folded(
        handlers.PICTURES, life("picture", "p", first, example(SituationPictureSuperseded))
    )
    assert row["previous_level"] is None
    assert row["state"] == "SUPERSEDED"


def test_a_place_and_what_happens_to_it() -> None:
    events: tuple[type[Event], ...] = (
        PlaceRegistered,
        PlaceControlChanged,
        PlacePrioritised,
        PlaceDeprioritised,
    )
    steps = [
        folded(handlers.PLACES, life("place", "PL-HORN", *[example(kind) for kind in events[:n]]))[
            0
        ]
        for n in range(1, 5)
    ]
    assert steps[0]["prioritised"] is False
    assert steps[1]["custodians"] == ["PORT", "DISTRICT_PARKS"]
    assert (steps[2]["prioritised"], steps[2]["motive"]) == (True, "CLUSTER_AT_PLACE")
    assert (steps[3]["prioritised"], steps[3]["motive"]) == (False, "CALM_PERIOD")


def test_a_retired_place_is_kept_for_what_was_counted_there() -> None:
    [row] = folded(
        handlers.PLACES, life("place", "PL-HORN", example(PlaceRegistered), example(PlaceRetired))
    )
    assert row["retired"] is True
    assert row["name"] == "Hornsbergs strand"


def test_a_newer_figure_supersedes_the_older_and_both_are_kept() -> None:
    old = example(StatisticObserved)
    new = old.model_copy(update={"value": 420.0, "preliminary": False})
    [row] = folded(handlers.STATISTICS, life("statistic", "s", old, new))
    assert (row["value"], row["preliminary"]) == (420.0, False)
    assert [(each["value"], each["preliminary"]) for each in row["superseded"]] == [(412.0, True)]


def test_a_figure_fetched_earlier_is_kept_beside_the_one_that_stands() -> None:
    new = example(StatisticObserved).model_copy(update={"fetched_on": date(2026, 5, 4)})
    told = {"value": 8.0, "fetched_on": date(2025, 1, 1), "older": True}
    [row] = folded(handlers.STATISTICS, life("statistic", "s", new, new.model_copy(update=told)))
    assert (row["value"], row["fetched_on"]) == (412.0, "2026-05-04")
    assert [(each["value"], each["fetched_on"]) for each in row["superseded"]] == [
        (8.0, "2025-01-01")
    ]


def test_an_import_keeps_its_account() -> None:
    [row] = folded(handlers.IMPORTS, life("import", "i", example(StatisticsImported)))
    assert (row["taken"], row["skipped"], row["caution"]) == (3468, 12, "REPORTED_CRIME")


def test_of_an_sspf_meeting_only_term_and_level_are_kept() -> None:
    [row] = folded(
        handlers.SSPF_OUTCOMES, life("sspf-outcome", "o", example(SspfMeetingOutcomeRecorded))
    )
    assert row.keys() == {"_id", "seq", "district", "term", "level"}
    [counters] = handlers.SSPF_OUTCOMES.counters
    assert counters.of(row) == {("KUNGSHOLMEN", "2026-VT"): 1}


def test_a_term_keeps_the_band_attested_last() -> None:
    first = example(SspfTermAttested)
    again = first.model_copy(update={"unique_band": YouthBand.TEN_OR_MORE})
    [row] = folded(
        handlers.SSPF_TERMS,
        life("sspf-term", "t", first, again),
    )
    assert row["unique_band"] == "10+"
