"""What the report form makes of what was filled in, without any server."""

from uuid import uuid4

import pytest
from pydantic import ValidationError

from services.intake.commands.quarantine import Redaction
from services.intake.domain.finding import matches, outside
from services.intake.domain.form import Filled, errors_of, report_of
from services.intake.domain.geography import KnownPlace, Position
from services.intake.pages.choosing import choices
from services.intake.pages.sheet import Sent
from services.intake.store import PlaceRow
from shared.contracts.district import District
from shared.contracts.refusal import Refusal

DISTRICT = District.load()
ROWS = [
    PlaceRow(KnownPlace(one.id, one.name, Position(one.lat, one.lon)), one.part, prioritised=False)
    for one in DISTRICT.places
]
HERE = {"lat": "59.33183", "lon": "18.03536"}


def filled(**changes: object) -> Filled:
    return Filled.of(
        {
            "category": "ENV.LITTER",
            "place_type": "OUTDOOR",
            "date": "2026-06-05",
            "hour": "22",
            "certainty": "SEEN",
            "recurrence": "FIRST",
            "severity": "1",
        }
        | changes
    )


def names(values: Filled) -> list[str]:
    return [row.place.name for row in choices(ROWS, values, DISTRICT).rows]


@pytest.mark.parametrize("chosen", ["", "POINT"])
def test_a_point_without_a_named_place_is_where_it_was(chosen: str) -> None:
    report = report_of(filled(place_id=chosen, **HERE), DISTRICT)

    assert report.point
    assert (report.point.lat, report.point.lon) == (59.33183, 18.03536)
    assert (report.place_id, report.place_unknown) == (None, False)


def test_a_named_place_counts_and_not_the_point_left_behind() -> None:
    report = report_of(filled(place_id="PL-HORN", **HERE), DISTRICT)

    assert (report.place_id, report.point, report.place_unknown) == ("PL-HORN", None, False)


def test_who_does_not_know_where_sends_no_point_either() -> None:
    report = report_of(filled(place_id="UNKNOWN", **HERE), DISTRICT)

    assert (report.place_id, report.point, report.place_unknown) == (None, None, True)


def test_what_concerns_the_whole_district_carries_no_point() -> None:
    report = report_of(filled(category="FRD.OLDER_PEOPLE", place_id="POINT", **HERE), DISTRICT)

    assert (report.point, report.place_unknown) == (None, True)


@pytest.mark.parametrize("lat", ["", "nan", "inf", "91", "north", "59,3"])
def test_a_point_that_is_none_is_asked_for_at_the_place(lat: str) -> None:
    with pytest.raises(ValidationError) as raised:
        report_of(filled(place_id="POINT", lat=lat, lon="18.03"), DISTRICT)

    assert list(errors_of(raised.value)) == ["place_id"]


@pytest.mark.parametrize(
    ("sought", "name"),
    [
        ("hornsberg", "Hornsbergs strand"),
        ("RALAMB", "Rålambshovsparken"),
        ("strand horns", "Hornsbergs strand"),
        ("  radhuset ", "Rådhuset"),
    ],
)
def test_a_place_is_found_by_parts_of_its_name(sought: str, name: str) -> None:
    assert names(filled(q=sought)) == [name]


def test_a_place_is_found_by_its_part_of_the_district() -> None:
    assert "Hornsbergs strand" in names(filled(q="stadshagen"))


def test_a_search_with_one_answer_chooses_it_unless_something_is_chosen() -> None:
    assert choices(ROWS, filled(q="hornsberg"), DISTRICT).chosen == "PL-HORN"
    assert choices(ROWS, filled(q="hornsberg", **HERE), DISTRICT).chosen == "POINT"
    assert choices(ROWS, filled(q="hornsberg", place_id="PL-FRID"), DISTRICT).chosen == "PL-FRID"


def test_what_was_chosen_stays_in_the_narrowed_list() -> None:
    found = names(filled(q="hornsberg", place_id="PL-FRID"))
    assert sorted(found) == ["Fridhemsplan", "Hornsbergs strand"]


def test_a_search_without_an_answer_says_so_and_shows_everything() -> None:
    found = choices(ROWS, filled(q="Sundsvall"), DISTRICT)

    assert "Ingen plats heter så" in found.told
    assert len(found.rows) == len(ROWS)


def test_nothing_sought_narrows_nothing() -> None:
    assert matches("", "Fridhemsplan")
    assert choices(ROWS, filled(), DISTRICT).told == ""


def test_a_point_outside_names_the_nearest_place_when_it_is_within_reach() -> None:
    place = KnownPlace("PL-HORN", "Hornsbergs strand", Position(59.3405, 18.0078))

    assert "Hornsbergs strand, 560 meter bort" in outside(place, Position(59.3455, 18.0078))
    assert "Välj en plats i listan" in outside(None, Position(59.9, 18.0))


def test_the_place_offered_for_a_point_outside_is_one_within_reach() -> None:
    why = Refusal("CONCERN.OUTSIDE_DISTRICT", "Utanför.", "Outside.")
    near = Sent(filled(lat="59.3455", lon="18.0078"), "k", None, searching=False)
    far = Sent(filled(lat="57.7", lon="11.97"), "k", None, searching=False)

    offered = near.refused(why, ROWS).offered
    assert offered
    assert offered.name == "Hornsbergs strand"
    assert far.refused(why, ROWS).offered is None
    assert list(far.refused(why, ROWS).errors) == ["place_id"]


def test_hidden_characters_are_told_as_such_and_gone_from_the_form_shown_again() -> None:
    typed = filled(narrative="Ring \x0708-123.\x1b[2J\nNu.")
    with pytest.raises(ValidationError) as refused:
        Redaction(narrative=typed.narrative)
    told = errors_of(refused.value)
    assert "tecken som inte syns" in told["narrative"]
    again = Sent(typed, str(uuid4()), None, searching=False).again(told)
    assert again.values.narrative == "Ring 08-123.[2J\nNu."
