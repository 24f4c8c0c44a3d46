from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.reporting.domain import chart, order, sentences
from services.reporting.domain.picture import Picture
from services.reporting.domain.release import Withheld, releases
from services.reporting.domain.situation import Edition, Week, compose
from services.reporting.domain.table import Counted
from shared.contracts.refusal import Refusal
from tests.reporting.support import DISTRICT, MONDAY

PLACES = [{"_id": p.id, "name": p.name, "lat": p.lat, "lon": p.lon} for p in DISTRICT.places]
FINAL = Edition("2026-06-08T06:00:00Z", preliminary=False, synthetic=True)
PRELIMINARY = Edition("2026-06-03T06:00:00Z", preliminary=True, synthetic=True)
LEVEL = {"level": "YELLOW", "motive": "CLUSTER_AT_PLACE", "previous_level": "GREEN"}
ACTION = {
    "place_id": "PL-HORN",
    "category": "ENV.LITTER",
    "measure": "BINS",
    "custodian": "DISTRICT_PARKS",
    "effect": "IMPROVED",
    "closed_on": "2026-06-05",
}


BUSY = {
    ("PL-HORN", "ORD.LOUD_GATHERING"): 9,
    ("PL-FRID", "DRG.OPEN_USE"): 6,
    ("PL-STAD", "THF.BIKE"): 4,
    ("PL-KRON", "ROB.PERSON"): 3,
    ("PL-HORN", "ENV.LITTER"): 3,
}


def picture(
    counts: Mapping[tuple[str, str], int],
    edition: Edition = FINAL,
    **more: Any,  # noqa: ANN401 - any field of the week
) -> Picture:
    """Return the picture of a week with these counts."""
    usual: dict[str, Any] = {"agencies": 4, "quarantined": 0, "diverted": 0}
    places = more.pop("places", PLACES)
    week = Week(week="2026-W23", counted=Counted(counts=counts, places=places), **usual | more)
    return compose(week, DISTRICT, edition).picture


def group(shown: Picture, code: str) -> int | None:
    return next(line.total for line in shown.groups if line.code == code)


def at(shown: Picture, place: str) -> dict[str, int | None]:
    return next(line.groups for line in shown.places if line.place_id == place)


def test_conditions_are_shown_as_they_are_and_persons_are_protected() -> None:
    shown = picture({("PL-KRON", "ENV.LIGHTING"): 1, ("PL-KRON", "ORD.FIGHT"): 2})
    assert group(shown, "ENV") == 1
    assert at(shown, "PL-KRON")["ENV"] == 1
    assert group(shown, "ORD") is None
    assert shown.total is None
    assert [(cell.place_id, cell.category, cell.n) for cell in shown.cells] == [
        ("PL-KRON", "ENV.LIGHTING", 1)
    ]


def test_a_group_of_both_kinds_is_hidden_where_its_persons_are() -> None:
    shown = picture({("PL-FRID", "TRF.CROSSING"): 3, ("PL-FRID", "TRF.SPEED_RECKLESS"): 1})
    lines = {line.code: line.total for one in shown.groups for line in one.categories}
    assert lines["TRF.CROSSING"] == 3
    assert lines["TRF.SPEED_RECKLESS"] is None
    assert group(shown, "TRF") is None


def test_a_category_of_the_whole_district_stands_at_no_place() -> None:
    shown = picture(BUSY | {("PL-FRID", "FRD.OLDER_PEOPLE"): 9, ("-", "FRD.OLDER_PEOPLE"): 3})
    totals = {line.place_id: line.total for line in shown.places}
    assert totals["PL-FRID"] in {None, 6}
    assert totals["-"] in {None, 12}
    assert shown.total == 37


def test_a_retired_category_is_shown_only_where_it_was_counted() -> None:
    retired = DISTRICT.categories["DMG.FIRE"].model_copy(update={"retired": True})
    district = DISTRICT.model_copy(
        update={"categories": {**DISTRICT.categories, "DMG.FIRE": retired}}
    )
    for counts, there in (({}, False), ({("PL-HORN", "DMG.FIRE"): 1}, True)):
        known = Week(
            week="2026-W23", counted=Counted(counts=counts), agencies=1, quarantined=0, diverted=0
        )
        groups = compose(known, district, PRELIMINARY).picture.groups
        assert there is ("DMG.FIRE" in {line.code for one in groups for line in one.categories})


def test_a_code_nobody_knows_counts_as_derived_from_persons() -> None:
    shown = picture({("PL-FRID", "NEW.CODE"): 2, ("PL-NEW", "ENV.LITTER"): 1})
    assert group(shown, "OTHER") is None
    assert shown.places[-1].place_id == "-"
    assert "PL-NEW" in {line.name for line in shown.places}


def test_places_stand_in_swedish_alphabetical_order_never_by_count() -> None:
    shown = picture({("PL-STAD", "ENV.LITTER"): 50})
    names = [line.name for line in shown.places]
    assert names.index("Rådhuset") < names.index("Rålambshovsparken") < names.index("Stadshagen")
    assert names[-1] == "Utan angiven plats"


def test_a_retired_place_is_left_out_unless_something_was_counted_there() -> None:
    retired = [{**place, "retired": place["_id"] == "PL-KRON"} for place in PLACES]
    without = picture({}, places=retired)
    counted = picture({("PL-KRON", "ENV.LITTER"): 1}, places=retired)
    assert "PL-KRON" not in {line.place_id for line in without.places}
    assert "PL-KRON" in {line.place_id for line in counted.places}


def test_an_unfinished_week_tells_conditions_only() -> None:
    counts = {("PL-FRID", "DRG.OPEN_USE"): 9, ("PL-FRID", "ENV.LITTER"): 3}
    shown = picture(counts, PRELIMINARY, quarantined=7, diverted=8)
    assert shown.total is None
    assert shown.effort.per_agency is None
    assert group(shown, "DRG") is None
    assert group(shown, "ENV") == 3
    assert (shown.set_aside.quarantined, shown.set_aside.diverted) == (None, None)
    assert "hittills 3 rapporter om miljö" in shown.summary_sv[0]
    assert "3 reports of conditions so far" in shown.summary_en[0]
    assert shown.preliminary


def test_effort_is_told_and_hidden_with_the_sum() -> None:
    assert picture(BUSY).effort.per_agency == 6.2
    assert picture({("PL-FRID", "ORD.FIGHT"): 2}).effort.per_agency is None
    assert picture({("PL-FRID", "ENV.LITTER"): 6}, agencies=0).effort.per_agency is None


@pytest.mark.parametrize(("number", "shown"), [(4, None), (5, 5)])
def test_reports_set_aside_are_told_from_k_on(number: int, shown: int | None) -> None:
    told = picture({}, quarantined=number, diverted=number).set_aside
    assert (told.quarantined, told.diverted) == (shown, shown)


def test_three_sentences_in_both_languages() -> None:
    shown = picture(BUSY, picture=LEVEL, actions=[ACTION])
    assert shown.summary_sv == (
        "Vecka 23 kom 25 rapporter från 4 verksamheter.",
        (
            "Av det som kan visas handlade det mest om ordningsstörningar (9), narkotika (6) "
            "och utemiljö (3)."
        ),
        (
            "Lägesnivån: gult läge (ansamling på en plats). "
            "En åtgärd avslutades, 1 med förbättrat läge som följd."
        ),
    )
    assert shown.summary_en[0] == "In week 23, 25 reports came from 4 agencies."
    assert shown.level is not None
    assert shown.level.previous == "GREEN"


def told(total: int | None, agencies: int = 1, actions: int = 0) -> sentences.Told:
    counts = {("PL-HORN", "ENV.LITTER"): total or 0}
    shown = picture(counts, PRELIMINARY, actions=[ACTION] * actions)
    effort = shown.effort.model_copy(update={"agencies": agencies})
    return sentences.Told("2026-W23", total, effort, shown.groups, None, shown.actions)


def test_the_sentences_bend_to_their_numbers() -> None:
    assert sentences.swedish(told(1))[0] == "Vecka 23 kom en rapport från en verksamhet."
    assert sentences.english(told(1))[0] == "In week 23, one report came from one agency."
    assert sentences.swedish(told(0))[0] == "Vecka 23 kom inga rapporter."
    assert sentences.english(told(0))[0] == "No reports came in week 23."
    assert "visas inte" in sentences.swedish(told(None))[0]
    assert "not shown" in sentences.english(told(None))[0]
    assert "visas inte" in sentences.swedish(told(0))[1]
    assert "not shown" in sentences.english(told(0))[1]
    assert "2 åtgärder avslutades, 2" in sentences.swedish(told(1, actions=2))[2]
    assert "2 measures ended, 2" in sentences.english(told(1, actions=2))[2]
    assert "One measure ended" in sentences.english(told(1, actions=1))[2]
    assert "Ingen lägesnivå" in sentences.swedish(told(1))[2]


def test_a_measure_that_did_not_help_is_told_as_such() -> None:
    shown = picture({}, actions=[{**ACTION, "effect": "WORSE", "category": "NEW.CODE"}])
    assert "ingen med förbättrat" in shown.summary_sv[2]
    assert shown.actions[0].category_label.sv == "NEW.CODE"


def test_the_rule_that_applied_is_told() -> None:
    assert "under 5" in picture({}).rule.words.sv
    assert "preliminär" not in picture({}).rule.words.sv
    assert "inte klar" in picture({}, PRELIMINARY).rule.words.sv
    assert "withheld" in sentences.rule(5, preliminary=False, withheld=True).en


def test_an_edition_says_that_later_ones_change_conditions_only() -> None:
    words = picture({}).rule.editions
    assert words is not None
    assert "står fast från första utgåvan" in words.sv
    assert "as in the first edition" in words.en
    assert picture({}, PRELIMINARY).rule.editions is None
    assert picture({}).rule.hidden_cells == picture({}).rule.cells


def test_the_chart_tells_the_same_in_words_and_says_what_is_hidden() -> None:
    shown = picture(BUSY)
    drawn = chart.bars(shown)
    assert "Ordningsstörningar 9" in chart.described(shown)
    assert "Rån dolt" in chart.described(shown)
    assert chart.described(shown) in drawn
    assert "style=" not in drawn
    assert drawn == chart.bars(shown)


def test_a_term_is_released_with_enough_meetings_and_an_attested_band() -> None:
    attested = [
        {"term": "2026-VT", "unique_band": "5-9"},
        {"term": "2025-HT", "unique_band": "1-4"},
        {"term": "2024-HT", "unique_band": "10+"},
    ]
    found = releases({"2026-VT": 3, "2026-HT": 5, "2025-HT": 2}, attested, least=3)
    assert [(one.term, one.released, one.reasons) for one in found] == [
        ("2026-HT", False, (Withheld.NOT_ATTESTED,)),
        ("2026-VT", True, ()),
        ("2025-HT", False, (Withheld.FEW_MEETINGS, Withheld.BAND_TOO_LOW)),
        ("2024-HT", False, (Withheld.FEW_MEETINGS,)),
    ]
    assert (found[1].meetings, found[1].unique_band) == (3, "5-9")
    assert all(
        one.meetings is None and one.unique_band is None for one in found if not one.released
    )


@pytest.mark.parametrize(
    ("week", "refusal"),
    [
        ("2026-W22", None),
        ("2026-W23", order.WEEK_NOT_OVER),
        ("2026-W24", order.WEEK_AHEAD),
        ("2026-W99", order.NO_WEEK),
        ("0001-W01", order.NO_WEEK),
        ("9999-W52", order.NO_WEEK),
    ],
)
def test_a_report_is_ordered_of_a_week_that_is_over(week: str, refusal: Refusal | None) -> None:
    assert order.refused(week, MONDAY) == refusal


def test_a_week_is_over_when_the_next_begins_and_not_a_second_before() -> None:
    midnight = datetime(2026, 6, 7, 22, tzinfo=UTC)
    assert order.refused("2026-W23", midnight) is None
    assert order.refused("2026-W23", midnight - timedelta(seconds=1)) == order.WEEK_NOT_OVER
    assert order.WEEK_NOT_OVER.status == 409


COMPLETE = datetime(2026, 6, 9, 10, tzinfo=UTC)  # Tuesday noon after week 23
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("week", "built", "now", "due"),
    [
        ("2026-W23", None, COMPLETE, True),
        ("2026-W23", None, COMPLETE - SECOND, False),
        ("2026-W23", COMPLETE - SECOND, COMPLETE, True),
        ("2026-W23", COMPLETE, COMPLETE, False),
        ("9999-W52", None, COMPLETE, False),
    ],
)
def test_a_report_builds_itself_when_late_reports_have_come_unless_built_since(
    week: str, built: datetime | None, now: datetime, *, due: bool
) -> None:
    assert order.due(week, built, now) is due


def test_times_and_days_are_told_in_the_machines_form() -> None:
    assert order.told(MONDAY) == "2026-06-01T06:00:00Z"
    assert order.days("2026-W23") == ("2026-06-01", "2026-06-07")
