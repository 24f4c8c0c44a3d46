"""Small rules of intake, each by itself: what the tests on a real MongoDB meet in passing. Pure."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import bson
import pytest
from bson.codec_options import CodecOptions
from pydantic import ValidationError

from services.intake.domain import own_concerns, sspf_form, sspf_kept
from services.intake.domain.access_request import AccessRequest
from services.intake.domain.api_keys import KeyOrder, ordered_for
from services.intake.domain.concern import register
from services.intake.domain.contact import wrong
from services.intake.domain.form import Filled
from services.intake.domain.pace import SLICE, paced
from services.intake.domain.report import findings_of
from services.intake.domain.sspf import SspfReport, record
from services.intake.domain.sspf_terms import attestable
from services.intake.domain.standing import Standing, standing
from services.intake.projections import CASES, PROBLEMS
from shared.contracts.codes import CaseState, ConcernState, FindingType, Role
from shared.contracts.envelope import Event
from shared.contracts.est import (
    ConcernLinkedToProblem,
    ConcernMarkedDuplicate,
    ConcernTriaged,
    FeedbackGiven,
    ProblemIdentified,
    ProblemReopened,
    ProblemResolved,
)
from shared.contracts.intake_codes import SspfOutcomeState, WithdrawalReason
from shared.contracts.refusal import Refused
from tests.intake.test_concern_rules import AROUND as HERE
from tests.intake.test_concern_rules import report as concern_report
from tests.intake.test_other_rules import AROUND, DISTRICT, NOW, outcome, received

COMMITMENT = {"code": "PARENT_MEETING", "owner_function": "SCHOOL", "due_month": "2026-09"}
MISTAKE, TWICE = WithdrawalReason.SENT_BY_MISTAKE, WithdrawalReason.SENT_TWICE


class TestAccessRequest:
    @pytest.mark.parametrize(
        "way",
        [
            {"concern_id": str(uuid4())},
            {"receipt": "ABCD-EFGH"},
            {"agency": "GUARDS", "external_reference": "D-1"},
        ],
    )
    def test_a_report_is_named_in_one_of_three_ways(self, way: dict[str, str]) -> None:
        asked = AccessRequest.model_validate({"reference": "KUN 2026/00123"} | way)

        assert asked.model_dump(include=set(way)) == way

    @pytest.mark.parametrize(
        "way",
        [
            {},
            {"agency": "GUARDS"},
            {"external_reference": "D-1"},
            {"concern_id": str(uuid4()), "receipt": "ABCD-EFGH"},
            {"concern_id": str(uuid4()), "agency": "GUARDS"},
        ],
    )
    def test_none_half_or_two_ways_are_refused(self, way: dict[str, str]) -> None:
        with pytest.raises(ValidationError, match="by its id, its receipt, or agency and number"):
            AccessRequest.model_validate({"reference": "KUN 2026/00123"} | way)


class TestKeys:
    def ordered(self, by: Role = Role.REPORTER, **order: object) -> str:
        made = KeyOrder.model_validate({"label": "felanmalan"} | order)
        return ordered_for(made, agency="GUARDS", role=by, district=DISTRICT)

    def test_a_key_is_for_ones_own_agency_or_a_coordinator_s_choice(self) -> None:
        assert self.ordered() == "GUARDS"
        assert self.ordered(Role.COORDINATOR, agency="LIBRARIES") == "LIBRARIES"
        assert self.ordered(Role.COORDINATOR, role="COORDINATOR") == "GUARDS"

    @pytest.mark.parametrize(
        ("role", "order", "rule"),
        [
            (Role.REPORTER, {"agency": "LIBRARIES"}, "KEYS.OTHERS_KEYS"),
            (Role.COORDINATOR, {"agency": "NOBODY"}, "KEYS.UNKNOWN_AGENCY"),
            (Role.COORDINATOR, {"agency": "RESIDENTS"}, "KEYS.THE_PUBLIC"),
            (Role.REPORTER, {"role": "COORDINATOR"}, "KEYS.ROLE_TOO_WIDE"),
        ],
    )
    def test_a_key_for_more_is_refused(self, role: Role, order: dict[str, str], rule: str) -> None:
        with pytest.raises(Refused) as answer:
            self.ordered(role, **order)

        assert answer.value.refusal.code == rule


class TestForms:
    def test_a_contact_nobody_is_reached_by_is_told_without_repeating_it(self) -> None:
        assert wrong("") == wrong("namn@exempel.se") == wrong("070-174 06 05") == {}
        told = wrong("kanarie@@")
        assert list(told) == ["contact"]
        assert "kanarie" not in told["contact"]

    def test_a_resident_is_answered_where_an_address_was_left(self) -> None:
        assert Filled(contact="namn@exempel.se").of_a_resident().wants_feedback
        assert not Filled(wants_feedback="yes").of_a_resident().wants_feedback

    def test_a_time_is_a_text_of_our_days(self) -> None:
        for value in (1_780_000_000, 1.5, "1066-10-14T09:00:00Z"):
            with pytest.raises(ValidationError, match="should be"):
                concern_report(observed_from=value)

    def test_the_primary_category_comes_first(self) -> None:
        said = concern_report(secondary=["ENV.LITTER"])

        assert said.categories == ("ENV.LIGHTING", "ENV.LITTER")


def test_a_bare_link_to_a_numbered_case_is_let_go_and_nothing_else() -> None:
    link, phone = "https://fix.example.org/report/7", "070-174 06 05"
    found = {
        link: [FindingType.URL],
        f"se {link}": [FindingType.URL],
        phone: [FindingType.PHONE],
        "": [],
    }

    assert findings_of(found, found.__getitem__) == [FindingType.URL, FindingType.PHONE]


def test_long_work_rests_after_every_slice_and_loses_nothing() -> None:
    rests: list[int] = []
    read: list[int] = []
    for item in paced(range(2 * SLICE + 1), lambda: rests.append(len(read))):
        read.append(item)  # noqa: PERF402 - one at a time

    assert read == list(range(2 * SLICE + 1))
    assert rests == [SLICE, 2 * SLICE]


class TestOwnConcerns:
    def kept(self, **changes: object) -> own_concerns.Kept:
        concern = register(concern_report(**changes), [], agency="GUARDS", around=HERE)
        return own_concerns.Kept("id", concern)

    def test_a_row_has_every_head_and_never_the_narrative(self) -> None:
        kept = self.kept(narrative="Tre lampor är släckta.", external_reference="D-1")
        row = own_concerns.values_of(kept, DISTRICT, HERE.places)

        assert list(row) == list(own_concerns.HEADS)
        assert (row["concern_id"], row["status"]) == ("id", "REGISTERED")
        assert (row["external_reference"], row["findings"]) == ("D-1", None)
        assert row["place_name"] == HERE.places["PL-HERE"].name
        assert (row["has_narrative"], row["secondary"]) == (True, None)
        assert "släckta" not in str(row)

    def test_a_row_without_a_known_place_names_none(self) -> None:
        row = own_concerns.values_of(self.kept(flags=["ALCOHOL"]), DISTRICT, {})

        assert (row["place_name"], row["flags"]) == (None, "ALCOHOL")

    def test_its_own_point_goes_before_its_place_and_may_be_none(self) -> None:
        place = HERE.places["PL-HERE"].position
        kept = self.kept()
        said = kept.concern.registered.model_copy(update={"lat": 59.33, "lon": 18.03})
        pointed = own_concerns.Kept("id", kept.concern.model_copy(update={"registered": said}))

        assert own_concerns.position_of(pointed, HERE.places) == (18.03, 59.33)
        assert own_concerns.position_of(kept, HERE.places) == (place.lon, place.lat)
        assert own_concerns.position_of(kept, {}) is None


class TestSspf:
    @pytest.mark.parametrize(
        ("changes", "rule"),
        [
            ({"no_personal_data": False}, "STATEMENT_MISSING"),
            ({"level": "INDIVIDUAL_COUNT_ONLY", "themes": ["HOLIDAYS"]}, "COUNT_ONLY"),
            ({"functions": ["NOBODY"]}, "UNKNOWN_CODE"),
            ({"place_id": "PL-NONE"}, "UNKNOWN_CODE"),
            ({"term": "2025-HT"}, "TERM_MISMATCH"),
            ({"month": "2026-07"}, "MONTH_OUT_OF_RANGE"),
            ({"month": "2024-05"}, "MONTH_OUT_OF_RANGE"),
        ],
    )
    def test_an_outcome_that_breaks_a_rule_is_refused_by_its_name(
        self, changes: dict[str, object], rule: str
    ) -> None:
        with pytest.raises(Refused, match=rule):
            record(outcome(**changes), AROUND)

    def test_the_form_makes_the_report(self) -> None:
        filled = {
            "month": ["2026-05"],
            "level": ["GROUP"],
            "band": ["1-4"],
            "functions": ["SCHOOL", "", "POLICE"],
            "school_area": ["SA-WEST"],
            "place_id": [""],
            "no_personal_data": ["yes"],
            **{f"{name}_2": [value] for name, value in COMMITMENT.items()},
        }

        assert sspf_form.report_of(filled) == outcome(
            school_area="SA-WEST", commitments=[COMMITMENT]
        )

    def test_what_is_missing_in_the_form_is_told_field_by_field(self) -> None:
        with pytest.raises(ValidationError) as found:
            sspf_form.report_of({"no_personal_data": ["yes"], "code_1": ["PARENT_MEETING"]})

        told = sspf_form.errors_of(found.value)
        assert {"month", "level", "band", "functions", "commitments"} == set(told)
        assert told["month"] == "Välj månad / Choose a month"

    def test_what_the_form_does_not_know_is_told_without_a_field(self) -> None:
        with pytest.raises(ValidationError) as found:
            SspfReport.model_validate([])

        assert list(sspf_form.errors_of(found.value)) == ["form"]

    def test_a_statement_that_is_missing_is_told_with_the_rest(self) -> None:
        assert sspf_form.unattested({"no_personal_data": ["yes"]}) == {}
        assert sspf_form.unattested({"code_1": ["PARENT_MEETING"]}).keys() == {"no_personal_data"}

    def test_a_refusal_points_to_its_field(self) -> None:
        assert sspf_form.field_of("SSPF.COUNT_ONLY") == "level"
        assert sspf_form.field_of("IDEMPOTENCY_KEY_REUSED") == "form"

    @pytest.mark.parametrize(
        ("now", "first"), [(NOW, "2026-VT"), (datetime(2026, 8, 1, tzinfo=UTC), "2026-HT")]
    )
    def test_the_choices_of_time_begin_now(self, now: datetime, first: str) -> None:
        back, ahead = sspf_form.months_back(now), sspf_form.months_ahead(now)

        assert back[0] == ahead[0] == f"{now:%Y-%m}"
        assert (back[-1], ahead[-1]) == (f"2024-{now:%m}", f"2028-{now:%m}")
        assert attestable(now)[0] == first
        assert attestable(now)[-1] == "2024-VT"

    def test_an_outcome_is_stored_and_taken_back_once(self) -> None:
        kept = sspf_kept.Kept(record(outcome(), AROUND))
        gone, events = sspf_kept.withdraw(kept, MISTAKE)

        assert (kept.state, gone.state) == (SspfOutcomeState.RECORDED, SspfOutcomeState.WITHDRAWN)
        assert [event.reason for event in events] == [MISTAKE]
        assert sspf_kept.withdraw(gone, TWICE) == (gone, ())
        for one in (kept, gone):
            assert sspf_kept.Kept.of(one.stored) == one


class TestStanding:
    @pytest.mark.parametrize(
        ("concern", "case", "shown"),
        [
            (ConcernState.QUARANTINED, None, Standing.BEING_CHECKED),
            (ConcernState.WITHDRAWN, CaseState.LINKED, Standing.WITHDRAWN),
            (ConcernState.REGISTERED, None, Standing.TAKEN_IN),
            (ConcernState.REGISTERED, CaseState.LINKED, Standing.PART_OF_PROBLEM),
            (ConcernState.REGISTERED, CaseState.OUT_OF_SCOPE, Standing.NOT_OURS),
        ],
    )
    def test_what_intake_decided_goes_before_what_coordination_did(
        self, concern: ConcernState, case: CaseState | None, shown: Standing
    ) -> None:
        assert standing(concern, case) is shown


class TestCases:
    def test_what_became_of_a_concern_is_folded_into_one_row(self) -> None:
        problem, other = str(uuid4()), str(uuid4())
        row: dict[str, Any] = {"_id": "c"}
        events: list[Event] = [
            ConcernTriaged.model_validate({"outcome": "LINKED"}),
            ConcernMarkedDuplicate(duplicate_of=other),
            ConcernLinkedToProblem(problem_id=problem),
            answered(problem, None),
            answered(problem, "IMPROVED"),
        ]
        for sequence, event in enumerate(events, start=1):
            row = CASES[type(event)](row, received(event, sequence))

        moves = row.pop("moves")
        assert [set(move) - {"id", "at"} for move in moves] == [
            {"triage"},
            {"triage", "duplicate_of"},
            {"triage", "duplicate_of", "problem_id"},
            {"triage", "duplicate_of", "problem_id", "feedback"},
            {"triage", "duplicate_of", "problem_id", "feedback"},
        ]
        assert [move["feedback"]["effect"] for move in moves[3:]] == [None, "IMPROVED"]
        assert len({move["id"] for move in moves}) == len(events)
        assert row == {
            "_id": "c",
            "triage": "LINKED",
            "duplicate_of": other,
            "problem_id": problem,
            "feedback": {"code": "MEASURE_DONE", "effect": "IMPROVED"},
            "moved_at": NOW,
        }

    def test_the_newest_moves_are_kept(self) -> None:
        problem = str(uuid4())
        told = [received(answered(problem, None), sequence) for sequence in range(1, 61)]
        row: dict[str, Any] = {"_id": "c"}
        for each in told:
            row = CASES[FeedbackGiven](row, each)
        assert [move["id"] for move in row["moves"]] == [str(each.meta.id) for each in told[-50:]]

    def test_a_row_from_before_moves_were_kept_goes_on_with_its_latest(self) -> None:
        old = {"_id": "c", "triage": "LINKED", "moved_at": NOW}
        linked = received(ConcernLinkedToProblem(problem_id=str(uuid4())), 2)
        row = CASES[ConcernLinkedToProblem](old, linked)
        assert row["moves"][0] == {"at": NOW, "triage": "LINKED"}
        assert row["moves"][1]["id"] == str(linked.meta.id)
        assert "moves" not in old

    def test_folded_at_once_or_read_back_between_the_row_has_the_same_bytes(self) -> None:
        events = [
            ConcernTriaged.model_validate({"outcome": "LINKED"}),
            ConcernLinkedToProblem(problem_id=str(uuid4())),
            answered(str(uuid4()), "IMPROVED"),
        ]
        whole: dict[str, Any] = {"_id": "c", "seq": 0, "district": "KUNGSHOLMEN"}
        parts = bson.encode(whole)
        for sequence, event in enumerate(events, start=1):
            told = received(event, sequence)
            whole = CASES[type(event)](whole, told)
            stored: dict[str, Any] = bson.decode(parts, CodecOptions(tz_aware=True))
            parts = bson.encode(CASES[type(event)](stored, told))
        assert bson.encode(whole) == parts

    def test_a_problem_stands_ends_and_comes_back(self) -> None:
        identified = ProblemIdentified(
            category="ENV.LITTER",
            place_id="PL-HORN",
            concern_ids=(str(uuid4()),),
            first_observed=NOW,
        )
        resolved = ProblemResolved.model_validate({"effect": "IMPROVED"})
        row: dict[str, Any] = {"_id": "p"}
        seen = []
        for event in (identified, resolved, ProblemReopened(reason="RECURRED")):
            row = PROBLEMS[type(event)](row, received(event, 1))
            seen.append(row["state"])

        assert seen == ["IDENTIFIED", "RESOLVED", "REOPENED"]


def answered(problem: str, effect: str | None) -> FeedbackGiven:
    said = {"feedback_code": "MEASURE_DONE", "problem_id": problem, "effect": effect}
    return FeedbackGiven.model_validate(
        said | {"wants_feedback": True, "source_agency": "LIBRARIES"}
    )
