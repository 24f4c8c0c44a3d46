"""GeoReport's rules without a server: what a post says, a description tells, a status is."""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from services.intake.api.open311.formats import answer
from services.intake.domain.geography import Position, centre_of
from services.intake.domain.open311.attributes import attributes, name_of
from services.intake.domain.open311.description import Told, told
from services.intake.domain.open311.posted import Faulty, LeftOut, Posted, Read, read
from services.intake.domain.open311.report import besides, own_case, report_of
from services.intake.domain.open311.status import (
    Extended,
    Move,
    Progress,
    Status,
    changes,
    progress,
)
from services.intake.domain.report import LONGEST_NARRATIVE, is_link
from shared.contracts.codes import CaseState, Certainty, ConcernState, Flag, PlaceType, Recurrence
from shared.contracts.district import District

DISTRICT = District.load()
ASKED = attributes(DISTRICT)
HOUR = datetime(2026, 6, 5, 21, tzinfo=UTC)
LINK = "https://www.fixamingata.se/report/4711"
LAMPS = "Tre lampor i rad är släckta."
HERE = [("service_code", "ENV.LIGHTING"), ("lat", "59.340512"), ("long", "18.007804")]
# As FixMyStreet's cobrand for Sweden writes it, over HTTP with CRLF.
FIXAMINGATA = (
    f"Titel: Mörkt\r\n\r\nBeskrivning: {LAMPS}\r\n\r\nLänk till ärendet: {LINK}\r\n\r\n"
    "Skickad via FixaMinGata\r\n"
)
UK = f"title: Mörkt\n\ndetail: {LAMPS}\n\nurl: {LINK}\n\nSubmitted via FixMyStreet\n"


def post(*more: tuple[str, str]) -> Read:
    return read([*HERE, *more], ASKED)


def codes(fields: Sequence[tuple[str, str]]) -> set[str]:
    with pytest.raises(Faulty) as wrong:
        read(fields, ASKED)
    return {fault.code.removeprefix("OPEN311.") for fault in wrong.value.faults}


# What a description tells


@pytest.mark.parametrize("description", [FIXAMINGATA, UK, FIXAMINGATA.replace("\r\n", "\r")])
def test_title_and_text_are_told_and_the_link_is_kept_apart(description: str) -> None:
    assert told(description) == Told(f"Mörkt\n\n{LAMPS}", LINK)


def test_a_form_without_a_title_is_read_too() -> None:
    assert told(f"Beskrivning: {LAMPS}\n\nLänk till ärendet: {LINK}\n") == Told(LAMPS, LINK)


def test_fixmystreet_elsewhere_ends_with_a_bare_link() -> None:
    assert told(f"Mörkt\n\n{LAMPS}\n\n{LINK}\n") == Told(f"Mörkt\n\n{LAMPS}", LINK)


def test_the_headings_within_a_text_do_not_cut_it() -> None:
    text = f"Länk till ärendet: saknas här\n\n{LAMPS}\nBeskrivning: en till"
    assert told(FIXAMINGATA.replace(LAMPS, text)).text == f"Mörkt\n\n{text}"


@pytest.mark.parametrize(
    "link",
    ["https://exempel.se/anna.svensson", "javascript:alert(1)", "se bilaga", LINK + "0" * 60],
)
def test_what_is_no_link_to_a_case_stays_in_the_text(link: str) -> None:
    found = told(FIXAMINGATA.replace(LINK, link))
    assert found.link is None
    assert link in found.text


def test_what_stands_after_the_link_is_not_lost() -> None:
    assert "och en sak till" in told(f"{FIXAMINGATA}och en sak till").text


WORDS = st.text(st.characters(categories=["L", "N", "P", "Zs"], include_characters="\n"))


@given(WORDS, WORDS, WORDS, WORDS)
def test_no_word_is_lost_but_the_senders_headings(
    title: str, text: str, link: str, after: str
) -> None:
    whole = f"Titel: {title}\nBeskrivning: {text}\nLänk till ärendet: {link}\n{after}"
    found = told(whole)
    expected = unicodedata.normalize("NFC", f"{title} {text} {link} {after}").split()
    headings = {"Titel:", "Beskrivning:", "Länk", "till", "ärendet:"}
    kept = [word for word in found.text.split() if word not in headings]
    assert sorted(kept) == sorted(word for word in expected if word not in headings)


@pytest.mark.parametrize(
    "text",
    [
        LAMPS,
        "Titel: utan resten",
        "url: utan resten",
        "Beskrivning: a",
        f"Hej!\n\nBeskrivning: {LAMPS}\n\nLänk till ärendet: {LINK}",
        f"Länk till ärendet: {LINK}\n\nBeskrivning: {LAMPS}",
    ],
)
def test_a_text_of_another_form_is_taken_whole(text: str) -> None:
    assert told(text) == Told(text)


@pytest.mark.parametrize(
    ("text", "link"),
    [
        (LINK, True),
        ("https://exempel.se/12", True),
        ("https://exempel.se/report/198001019876", False),  # as long as an identity number
        ("https://exempel.se/report/anna-svensson", False),
        ("https://exempel.se/report/1?namn=anna", False),
        ("ftp://exempel.se/1", False),
    ],
)
def test_a_link_to_a_case_has_a_number_and_nothing_else(text: str, link: bool) -> None:  # noqa: FBT001 - a table
    assert is_link(text) is link


# What a post says


def test_a_plain_post_of_fixmystreet_needs_no_answers() -> None:
    given = post(
        ("description", FIXAMINGATA),
        ("email", "namn@example.org"),
        ("first_name", "Namn"),
        ("phone", "070"),
        ("media_url", "https://example.org/1.jpeg"),
        ("api_key", "x"),
    )
    said = report_of(given.posted, HOUR, synthetic=False)
    assert given.left_out == {LeftOut.CONTACT, LeftOut.MEDIA}
    assert said.category == "ENV.LIGHTING"
    assert said.point is not None
    assert (said.point.lat, said.point.lon) == (59.340512, 18.007804)
    assert said.narrative == f"Mörkt\n\n{LAMPS}"
    assert said.external_reference == LINK == own_case(given.posted)
    assert (said.place_type, said.certainty) == (PlaceType.OUTDOOR, Certainty.TOLD)
    assert (said.recurrence, said.severity) == (Recurrence.FIRST, 1)
    assert said.observed_from == HOUR


def test_what_is_kept_is_as_it_was_sent_and_nothing_of_the_sender() -> None:
    given = post(("description", FIXAMINGATA), ("email", "namn@example.org"), ("last_name", "Namn"))
    assert given.posted.description == FIXAMINGATA
    assert (given.posted.lat, given.posted.long) == ("59.340512", "18.007804")
    assert "namn@example.org" not in given.posted.model_dump_json()


def test_answers_become_the_fields_of_a_report() -> None:
    given = post(
        ("attribute[severity]", "3"),
        ("attribute[recurrence]", "ONGOING"),
        ("attribute[flags][]", "ALCOHOL"),
        ("attribute[flags][]", "WEAPON"),
        ("attribute[observed_from]", "2026-06-05T20:10:00+02:00"),
        ("attribute[wants_feedback]", "YES"),
        ("attribute[place_type]", ""),
    )
    said = report_of(given.posted, HOUR, synthetic=True)
    assert (said.severity, said.recurrence) == (3, Recurrence.ONGOING)
    assert said.flags == (Flag.ALCOHOL, Flag.WEAPON)
    assert said.observed_from == datetime(2026, 6, 5, 18, 10, tzinfo=UTC)
    assert said.wants_feedback
    assert said.synthetic
    assert said.place_type is PlaceType.OUTDOOR


def test_the_order_of_answers_tells_nothing() -> None:
    one, other = ("attribute[severity]", "1"), ("attribute[certainty]", "SEEN")
    assert post(one, other).posted.model_dump_json() == post(other, one).posted.model_dump_json()


@pytest.mark.parametrize(
    "name",
    [
        "attribute[unknown]",
        "attribute[severity][a][b][c]",
        "attribute[[severity]]",
        "attribute",
        "attribute[" * 50,
        "attribute[severity\n]",
    ],
)
def test_an_attribute_nobody_asked_for_is_refused(name: str) -> None:
    assert codes([*HERE, (name, "1")]) == {"UNKNOWN_ATTRIBUTE"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("attribute[severity]", "4"),
        ("attribute[severity]", "1" * 500),
        ("attribute[flags]", "alcohol"),
        ("attribute[observed_from]", "2026-06-05"),
        ("attribute[observed_from]", "1780000000"),
    ],
)
def test_an_answer_that_is_none_is_refused(name: str, value: str) -> None:
    assert codes([*HERE, (name, value)]) == {"WRONG_ANSWER"}


@pytest.mark.parametrize("ends", [("", ""), ("[]", "[]"), ("[0]", "[1]")])
def test_several_answers_are_told_as_clients_of_any_kind_write_them(ends: tuple[str, str]) -> None:
    """The specification has `[]`, FixMyStreet repeats the name, PHP and Node number them."""
    values = zip(ends, ("ALCOHOL", "WEAPON"), strict=True)
    given = post(*((f"attribute[flags]{end}", value) for end, value in values))
    assert given.posted.attributes == {"flags": ("ALCOHOL", "WEAPON")}


def test_a_single_answer_is_given_once() -> None:
    twice = [("attribute[severity]", "1"), ("attribute[severity]", "2")]
    assert codes([*HERE, *twice]) == {"WRONG_ANSWER"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-06-05T20:10", datetime(2026, 6, 5, 18, 10, tzinfo=UTC)),
        ("2026-02-05T20:10:30.5", datetime(2026, 2, 5, 19, 10, 30, 500_000, tzinfo=UTC)),
        ("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice: the first
        ("2027-03-28T02:30", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),  # never: half past three
    ],
)
def test_a_time_without_a_zone_is_swedens(written: str, meant: datetime) -> None:
    """FixMyStreet asks for a datetime with a browser's field, which gives none."""
    given = post(("attribute[observed_from]", written))
    assert given.posted.attributes["observed_from"] == (written,)  # read back as it was sent
    assert report_of(given.posted, HOUR, synthetic=False).observed_from == meant


@pytest.mark.parametrize("written", ["2026-02-31T22:00:00Z", "2026-02-31T22:00"])
def test_a_day_that_does_not_exist_is_refused(written: str) -> None:
    given = post(("attribute[observed_from]", written))
    with pytest.raises(Faulty, match="BAD_TIME"):
        report_of(given.posted, HOUR, synthetic=False)


@pytest.mark.parametrize(
    ("lat", "long"),
    [
        ("59.3", ""),
        ("", "18.0"),
        ("59,34", "18.0"),
        ("91", "18"),
        ("nan", "18"),
        ("1e1", "18"),
        ("059.3", "18"),
    ],
)
def test_half_a_position_or_none_in_degrees_is_refused(lat: str, long: str) -> None:
    fields = [("service_code", "ENV.LITTER"), ("lat", lat), ("long", long)]
    assert "NO_POSITION" in codes(fields)


def test_a_position_has_as_many_decimals_as_a_browser_gives_it() -> None:
    lat, long = "59.340512345678901", "18.00780412345679"
    given = read([("service_code", "ENV.LITTER"), ("lat", lat), ("long", long)], ASKED)
    assert (given.posted.lat, given.posted.long) == (lat, long)
    assert report_of(given.posted, HOUR, synthetic=False).point is not None


def test_everything_that_is_wrong_is_told_at_once() -> None:
    wrong = [("lat", "x"), ("description", "a" * 4001), ("attribute[x]", "1")]
    assert codes(wrong) == {"SERVICE_MISSING", "NO_POSITION", "TOO_LONG", "UNKNOWN_ATTRIBUTE"}
    assert codes([("service_code", "ENV.LITTER")]) == {"LOCATION_MISSING"}


def test_a_field_given_twice_is_refused() -> None:
    assert codes([*HERE, ("lat", "59.1")]) == {"GIVEN_TWICE"}


@pytest.mark.parametrize("character", ["\x01", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_what_xml_cannot_carry_is_refused_rather_than_changed(character: str) -> None:
    assert codes([*HERE, ("description", f"a{character}b")]) == {"CONTROL_CHARACTERS"}


def test_a_longer_text_is_refused_and_never_cut() -> None:
    assert report_of(
        post(("description", "a" * LONGEST_NARRATIVE)).posted, HOUR, synthetic=False
    ).narrative
    longer = post(("description", "a" * (LONGEST_NARRATIVE + 1)))
    with pytest.raises(Faulty) as wrong:
        report_of(longer.posted, HOUR, synthetic=False)
    assert str(LONGEST_NARRATIVE) in wrong.value.faults[0].en


def test_an_address_alone_becomes_part_of_the_text_and_an_unknown_place() -> None:
    given = read([("service_code", "ENV.LITTER"), ("address_string", "Norr Mälarstrand 1")], ASKED)
    said = report_of(given.posted, HOUR, synthetic=False)
    assert said.place_unknown
    assert said.narrative is not None
    assert "Norr Mälarstrand 1" in said.narrative
    assert besides(given.posted) == ()  # the report's own screening sees it


def test_an_address_beside_a_point_is_screened_apart() -> None:
    given = post(("address_string", "Norr Mälarstrand 1"), ("address_id", "#NOTPINPOINTED#"))
    said = report_of(given.posted, HOUR, synthetic=False)
    assert said.narrative is None
    assert besides(given.posted) == ("Norr Mälarstrand 1", "#NOTPINPOINTED#")


def test_a_place_of_ours_is_an_address() -> None:
    given = read([("service_code", "ENV.LITTER"), ("address_id", "PL-HORN")], ASKED)
    assert report_of(given.posted, HOUR, synthetic=False).place_id == "PL-HORN"
    assert codes([("service_code", "ENV.LITTER"), ("address_id", "4711")]) == {"LOCATION_MISSING"}


def test_an_empty_field_is_as_good_as_none() -> None:
    empty = [("description", " "), ("email", ""), ("attribute[unknown]", ""), ("media_url", "")]
    given = post(*empty)
    assert given == post()
    assert given.posted == Posted(service_code="ENV.LIGHTING", lat="59.340512", long="18.007804")


# What a status is


@pytest.mark.parametrize(
    ("case", "feedback", "effect", "extended", "status"),
    [
        (None, None, None, Extended.OPEN, Status.OPEN),
        (CaseState.TRIAGED, None, None, Extended.INVESTIGATING, Status.OPEN),
        (CaseState.LINKED, None, None, Extended.IN_PROGRESS, Status.OPEN),
        (CaseState.IN_ACTION, None, None, Extended.IN_PROGRESS, Status.OPEN),
        (CaseState.FOLLOW_UP, None, None, Extended.IN_PROGRESS, Status.OPEN),
        (CaseState.REOPENED, None, None, Extended.OPEN, Status.OPEN),
        (CaseState.DUPLICATE, None, None, Extended.DUPLICATE, Status.CLOSED),
        (
            CaseState.OUT_OF_SCOPE,
            None,
            None,
            Extended.NOT_COUNCILS_RESPONSIBILITY,
            Status.CLOSED,
        ),
        (CaseState.CLOSED, None, None, Extended.FIXED, Status.CLOSED),
        (CaseState.CLOSED, "MEASURE_DONE", "IMPROVED", Extended.FIXED, Status.CLOSED),
        (CaseState.CLOSED, "MEASURE_DONE", "WORSE", Extended.CLOSED, Status.CLOSED),
        (CaseState.CLOSED, "MONITORED", None, Extended.CLOSED, Status.CLOSED),
        (CaseState.CLOSED, "NO_ACTION", None, Extended.NO_FURTHER_ACTION, Status.CLOSED),
    ],
)
def test_coordinations_states_are_told_as_fixmystreet_knows_them(
    case: CaseState | None,
    feedback: str | None,
    effect: str | None,
    extended: Extended,
    status: Status,
) -> None:
    found = progress(ConcernState.REGISTERED, case, feedback, effect)
    assert (found.extended, found.status) == (extended, status)


@pytest.mark.parametrize("concern", list(ConcernState))
@pytest.mark.parametrize("case", [None, *CaseState])
def test_every_state_has_a_status_and_words_of_the_district(
    concern: ConcernState, case: CaseState | None
) -> None:
    found = progress(concern, case)
    assert isinstance(found, Progress)
    assert DISTRICT.label(found.words).sv != found.words


@pytest.mark.parametrize(
    "concern", [ConcernState.REJECTED, ConcernState.WITHDRAWN, ConcernState.EXPUNGED]
)
def test_what_was_rejected_or_withdrawn_is_closed(concern: ConcernState) -> None:
    found = progress(concern, CaseState.TRIAGED)
    assert (found.status, found.extended) == (Status.CLOSED, Extended.NO_FURTHER_ACTION)


NAMES = st.sampled_from(
    ["service_code", "lat", "long", "address_string", "address_id", "description", "email"]
    + [f"attribute[{one.code}]" for one in ASKED]
) | st.text(max_size=30)


@given(st.lists(st.tuples(NAMES, st.text(max_size=60)), max_size=8))
def test_whatever_is_posted_is_a_report_or_a_list_of_faults(fields: list[tuple[str, str]]) -> None:
    try:
        found = read([*HERE, *fields], ASKED)
        said = report_of(found.posted, HOUR, synthetic=False)
    except Faulty:
        return
    assert said.category == "ENV.LIGHTING"


@given(st.text())
def test_whatever_is_written_is_xml_that_reads_back(text: str) -> None:
    written = answer("errors", [{"code": 400, "description": text}], "xml").body
    read_back = fromstring(bytes(written)).findtext("error/description", "")
    assert len(read_back) == len(text)
    assert all(
        one in {other, "\N{REPLACEMENT CHARACTER}"}
        for one, other in zip(read_back, text, strict=True)
    )


def test_every_question_has_words_and_none_must_be_answered() -> None:
    assert len({one.code for one in ASKED}) == len(ASKED)
    for one in ASKED:
        names = [name_of(value, one, DISTRICT) for value in one.values]
        assert len({name.sv for name in names}) == len(names)
    assert report_of(post().posted, HOUR, synthetic=False)


def test_the_middle_of_a_cell_lies_in_it() -> None:
    place = Position(59.340512, 18.007804)
    assert centre_of(place.cell).cell == place.cell
    assert centre_of(place.cell).metres_to(place) > 1


def test_a_move_is_told_where_it_changes_what_is_told() -> None:
    states = [CaseState.REGISTERED, CaseState.TRIAGED, CaseState.LINKED, CaseState.IN_ACTION]
    states += [CaseState.CLOSED, CaseState.REOPENED, CaseState.REOPENED, CaseState.CLOSED]
    moves = [
        Move(str(number), HOUR, progress(ConcernState.REGISTERED, state))
        for number, state in enumerate(states)
    ]
    assert [move.event for move in changes(moves)] == ["1", "2", "4", "5", "7"]
