"""Rules of SSPF outcomes, statistics, places and the form: pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.intake.domain.form import Filled, errors_of, field_of, filled_now, report_of
from services.intake.domain.geography import KnownPlace, Position
from services.intake.domain.questions import questions
from services.intake.domain.readers.kinds import named
from services.intake.domain.readers.reading import Figure, Place, Reading, Skip, Skipped, line
from services.intake.domain.sspf import (
    PERSONAL,
    AttestationReport,
    CountOnly,
    GroupOutcome,
    Meetings,
    SspfReport,
    attest,
    record,
    recorded,
)
from services.intake.domain.sspf_terms import attestable, term_of
from services.intake.domain.statistics import (
    FETCHED_AHEAD,
    Sheet,
    Verdict,
    account,
    by_row,
    fetched_ahead,
    fetched_later,
    judge,
    latest_fetch,
)
from services.intake.projections import PLACES
from shared.contracts.codes import Role, SspfLevel, StatisticCaution
from shared.contracts.district import District
from shared.contracts.envelope import Event, Provenance, Received, meta_of
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.contracts.places import (
    PlaceControlChanged,
    PlaceDeprioritised,
    PlacePrioritised,
    PlaceRegistered,
    PlaceRetired,
)
from shared.contracts.refusal import Refused
from shared.contracts.statistics import StatisticObserved

DISTRICT = District.load()
NOW = datetime(2026, 6, 5, 21, 40, tzinfo=UTC)
PLACE = KnownPlace("PL-THOR", "Thorildsplan", Position(59.3317, 18.0173))
AROUND = Meetings(DISTRICT, {"PL-THOR": PLACE}, NOW)


def outcome(**changes: object) -> SspfReport:
    said: dict[str, Any] = {
        "month": "2026-05",
        "level": "GROUP",
        "band": "1-4",
        "functions": ["SCHOOL", "POLICE"],
        "no_personal_data": True,
    }
    return SspfReport.model_validate(said | changes)


class TestSspf:
    def test_a_group_outcome_may_name_where_and_what_about(self) -> None:
        kept = record(
            outcome(school_area="SA-WEST", place_id="PL-THOR", themes=["HOLIDAYS"]), AROUND
        )

        assert isinstance(kept, GroupOutcome)
        event = recorded(kept)
        assert (event.school_area, event.place_id, event.term) == ("SA-WEST", "PL-THOR", "2026-VT")

    def test_a_count_has_no_field_for_anything_else(self) -> None:
        kept = record(outcome(level="INDIVIDUAL_COUNT_ONLY"), AROUND)

        assert isinstance(kept, CountOnly)
        assert set(CountOnly.model_fields) == {"level", "month", "term", "band", "functions"}
        assert recorded(kept).level is SspfLevel.INDIVIDUAL_COUNT_ONLY

    def test_a_commitment_is_due_after_the_meeting_within_two_years(self) -> None:
        one = {"code": "PARENT_MEETING", "owner_function": "SCHOOL", "due_month": "2026-09"}
        assert record(outcome(commitments=[one]), AROUND)
        for month in ("2026-04", "2028-07"):
            with pytest.raises(Refused, match="DUE_MONTH"):
                record(outcome(commitments=[one | {"due_month": month}]), AROUND)

    @given(field=st.sampled_from(sorted(PERSONAL)), value=st.one_of(st.text(), st.integers()))
    def test_nothing_about_a_person_gets_past_the_model(self, field: str, value: object) -> None:
        with pytest.raises(Refused, match="NO_PERSONAL_DATA"):
            outcome(**{field: value})

    def test_what_is_no_object_is_no_outcome(self) -> None:
        with pytest.raises(ValidationError):
            SspfReport.model_validate("x")

    @pytest.mark.parametrize(
        ("month", "term"), [("2026-01", "2026-VT"), ("2026-07", "2026-VT"), ("2026-08", "2026-HT")]
    )
    def test_terms_turn_in_august(self, month: str, term: str) -> None:
        assert term_of(month) == term

    def test_a_term_is_attested_from_its_first_month(self) -> None:
        for term in ("2025-HT", "2026-VT"):
            said = AttestationReport.model_validate({"term": term, "unique_band": "5-9"})
            assert attest(said, NOW).term == term
        for term in ("2026-HT", "2027-VT"):
            said = AttestationReport.model_validate({"term": term, "unique_band": "5-9"})
            with pytest.raises(Refused, match="TERM_NOT_BEGUN"):
                attest(said, NOW)

    def test_the_terms_of_three_years_can_be_attested_and_no_others(self) -> None:
        every = [f"{year}-{half}" for year in range(1990, 2031) for half in ("VT", "HT")]
        taken, fields = [], set()
        for term in every:
            said = AttestationReport.model_validate({"term": term, "unique_band": "5-9"})
            try:
                taken.append(attest(said, NOW).term)
            except Refused as refused:
                fields.add(refused.refusal.field)
        assert fields == {"term"}
        assert taken == ["2024-VT", "2024-HT", "2025-VT", "2025-HT", "2026-VT"]
        assert taken[::-1] == attestable(NOW), "the form offers what the rule takes"


def fact(value: float | None, *, preliminary: bool = False) -> StatisticObserved:
    return StatisticObserved(
        source="bra-sol",
        indicator="raan",
        geography="ale-kommun",
        period="2016-01",
        value=value,
        suppressed=value is None,
        preliminary=preliminary,
        unit="antal",
    )


def standing_after(files: Iterable[tuple[bool, int]]) -> float | None:
    """What stands after files (preliminary?, day fetched); each tells its day as the value."""
    known, latest = None, None
    for preliminary, day in files:
        new = fact(day, preliminary=preliminary)
        new = new.model_copy(update={"fetched_on": date(2026, 5, 1 + day)})
        if judge(known, new, latest) >= Verdict.NEW:
            known, latest = new, latest_fetch(known, latest, new)
    return None if known is None else known.value


class TestStatistics:
    @pytest.mark.parametrize(
        ("known", "new", "verdict"),
        [
            (None, fact(1), Verdict.NEW),
            (fact(1), fact(1), Verdict.UNCHANGED),
            (fact(None), fact(None), Verdict.UNCHANGED),
            (fact(1), fact(2), Verdict.SUPERSEDES),
            (fact(0), fact(None), Verdict.SUPERSEDES),
            (fact(1, preliminary=True), fact(1), Verdict.SUPERSEDES),
            (fact(1, preliminary=True), fact(2, preliminary=True), Verdict.SUPERSEDES),
            (fact(1, preliminary=True), fact(1, preliminary=True), Verdict.UNCHANGED),
            (fact(1), fact(2, preliminary=True), Verdict.KEPT_DEFINITIVE),
            (fact(1), fact(1, preliminary=True), Verdict.KEPT_DEFINITIVE),
        ],
    )
    def test_newer_supersedes_and_preliminary_never_overrides(
        self, known: StatisticObserved | None, new: StatisticObserved, verdict: Verdict
    ) -> None:
        assert judge(known, new) is verdict

    @given(
        st.lists(
            st.tuples(st.booleans(), st.integers(0, 9)), min_size=1, max_size=6, unique=True
        ).flatmap(lambda told: st.tuples(st.just(told), st.permutations(told)))
    )
    def test_in_whatever_order_files_come_the_latest_fetched_stands(
        self, told: tuple[list[tuple[bool, int]], list[tuple[bool, int]]]
    ) -> None:
        files, shuffled = told
        definitive = [one for one in files if not one[0]] or files
        assert standing_after(shuffled) == max(day for _, day in definitive)

    def test_a_file_is_fetched_later_only_where_that_is_said(self) -> None:
        first, second = date(2026, 5, 4), date(2026, 5, 5)
        assert fetched_later(second, first)
        assert fetched_later(first, None)
        assert not any(
            fetched_later(*days) for days in [(first, second), (first, first), (None, first)]
        )

    def test_a_figure_of_no_day_is_as_new_as_what_it_follows(self) -> None:
        day = date(2026, 5, 4)
        told = fact(1).model_copy(update={"fetched_on": day})
        assert latest_fetch(told, day, fact(2)) == day
        assert latest_fetch(None, None, fact(2)) is None

    def test_the_weightiest_figure_decides_about_its_row(self) -> None:
        two, three = line(2), line(3)
        verdicts = [(two, Verdict.UNCHANGED), (two, Verdict.SUPERSEDES), (three, Verdict.NEW)]

        assert by_row(verdicts) == {two: Verdict.SUPERSEDES, three: Verdict.NEW}

    def test_the_rows_of_a_workbook_are_told_by_sheet(self) -> None:
        sheets = [Place(1, 2), Place(1, 3), Place(2, 2)]
        reading = Reading(
            source="skolenkaten",
            caution=StatisticCaution.SURVEY,
            rows=4,
            figures=tuple(Figure(one, "a", "b", "2025", "c", 1.0) for one in sheets),
            skipped=(Skipped(Place(2, 5), Skip.NOT_AN_AREA),),
            labels={},
        )
        verdicts = dict(
            zip(sheets, (Verdict.NEW, Verdict.KEPT_DEFINITIVE, Verdict.NEW), strict=True)
        )
        told = account(reading, verdicts)

        assert told.sheets == (Sheet(1, taken=1, skipped=1), Sheet(2, taken=1, skipped=1))
        assert sum(one.taken for one in told.sheets) == told.taken
        flat = replace(reading, rows=1, skipped=())
        assert account(flat, {line(2): Verdict.NEW}).sheets == ()

    def test_a_file_was_fetched_tomorrow_at_the_latest(self) -> None:
        tomorrow = NOW.date() + timedelta(days=1)

        assert fetched_ahead(None, NOW) is None
        assert fetched_ahead(tomorrow, NOW) is None
        assert fetched_ahead(tomorrow + timedelta(days=1), NOW) == FETCHED_AHEAD

    def test_a_kind_is_known_by_its_name_and_a_survey_has_one_of_its_own(self) -> None:
        kind = named("bra-sol")

        assert kind is not None
        assert kind.publisher == "Brottsförebyggande rådet (Brå)"
        assert named("exempelenkaten") is None

    def test_no_value_is_suppressed_and_zero_is_not(self) -> None:
        shown = [
            Figure(line(2), "raan", "ale-kommun", "2016", "antal", value).suppressed
            for value in (None, 0.0, 1.0)
        ]
        assert shown == [True, False, False]


def received(event: Event, seq: int) -> Received[Any]:
    why = Provenance(
        time=NOW,
        district=DistrictCode(DISTRICT.code),
        agency=AgencyCode("DISTRICT_COORD"),
        actor_role=Role.COORDINATOR,
        correlation_id="c",
    )
    return Received(
        meta_of(event, source="/coordination", subject="PL-X", sequence=seq, why=why), event
    )


def test_the_view_of_places_follows_every_event() -> None:
    first = PlaceRegistered(name="X", lat=59.3, lon=18.0, part="STADSHAGEN", custodians=("PORT",))
    row: dict[str, Any] = {"_id": "PL-X", "seq": 0, "district": "KUNGSHOLMEN"}
    seen = []
    events: list[Event] = [
        first,
        PlaceControlChanged(custodians=("PORT", "TRAFFIC_OFFICE")),
        PlacePrioritised(motive="SEASON"),
        PlaceDeprioritised(motive="CALM_PERIOD"),
        PlaceRetired(reason="MERGED"),
    ]
    for seq, event in enumerate(events, start=1):
        row = PLACES[type(event)](dict(row), received(event, seq))
        seen.append((len(row["custodians"]), row["prioritised"], row["retired"]))

    assert seen == [
        (1, False, False),
        (2, False, False),
        (2, True, False),
        (2, False, False),
        (2, False, True),
    ]
    assert (row["_id"], row["name"], row["lat"]) == ("PL-X", "X", 59.3)


class TestForm:
    def test_the_form_is_handed_out_for_this_hour(self) -> None:
        empty = filled_now(NOW)

        assert (empty.date, empty.hour, empty.certainty) == ("2026-06-05", "23", "SEEN")

    def test_a_filled_form_is_a_report(self) -> None:
        filled = filled_now(NOW).model_copy(
            update={"category": "ENV.LITTER", "place_id": "PL-THOR", "wants_feedback": "yes"}
        )
        report = report_of(filled, DISTRICT)

        assert report.observed_from == datetime(2026, 6, 5, 21, tzinfo=UTC)
        assert (report.place_id, report.wants_feedback, report.narrative) == ("PL-THOR", True, None)

    @pytest.mark.parametrize(
        ("category", "place"),
        [
            ("FRD.OLDER_PEOPLE", "PL-THOR"),
            ("DIV.CRIME", "PL-THOR"),
            ("DIV.CRIME", ""),
            ("ENV.LITTER", "UNKNOWN"),
        ],
    )
    def test_without_a_place_the_place_is_unknown(self, category: str, place: str) -> None:
        filled = filled_now(NOW).model_copy(update={"category": category, "place_id": place})

        assert report_of(filled, DISTRICT).place_unknown

    def test_an_empty_form_tells_every_field(self) -> None:
        with pytest.raises(ValidationError) as wrong:
            report_of(Filled(), DISTRICT)

        named = set(errors_of(wrong.value))
        assert named == {
            "category", "place_id", "place_type", "date", "certainty", "recurrence", "severity",
        }  # fmt: skip

    def test_what_is_sent_is_tidied_not_trusted(self) -> None:
        filled = Filled.of(
            {"narrative": "  a\r\nb\x00 ", "category": 7, "flags": ["ALCOHOL", 7], "other": "x"}
        )

        assert (filled.narrative, filled.category, filled.flags) == ("a\nb", "", ("ALCOHOL", ""))
        assert filled.get("hour") == ""
        assert filled.get("nothing", "x") == "x"

    def test_refusals_point_to_their_field(self) -> None:
        assert field_of("CONCERN.TOO_OLD") == "date"
        assert field_of("IDEMPOTENCY_KEY_REUSED") == "form"

    def test_every_category_in_use_is_asked_for_once(self) -> None:
        old = DISTRICT.categories["WTR.JETSKI"].model_copy(update={"retired": True})
        older = DISTRICT.categories["WTR.UNSAFE_BATHING"].model_copy(update={"retired": True})
        gone = {"WTR.JETSKI": old, "WTR.UNSAFE_BATHING": older}
        district = DISTRICT.model_copy(update={"categories": DISTRICT.categories | gone})
        asked = questions(district)
        codes = [code for question in asked for code, _ in question.answers]

        assert sorted(codes) == sorted({*DISTRICT.categories, *DISTRICT.diversions} - set(gone))
        assert "DIV.ONGOING_DANGER" in dict(asked[-1].answers)
        assert all(question.answers for question in asked)
