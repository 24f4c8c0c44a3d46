"""What the screen promises of every text, and its rates on made-up and on real ones."""

import json
import unicodedata
from datetime import date
from typing import Literal, get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from personnummer import personnummer

from deploy.samlad import bench_screen
from deploy.samlad.bench_narratives import NARRATIVES
from deploy.samlad.bench_screen_forms import NUMBER_FORMS
from deploy.samlad.demo.season import week_of_season
from services.intake.domain.report import ConcernReport
from shared.contracts.codes import FindingType
from shared.contracts.district import District
from shared.security.screen import Finding, screen
from shared.security.screen_known import Known
from shared.security.screen_plates import _ABBREVIATIONS
from tests.support.real import REAL

IDENTITY = {FindingType.PERSONAL_NUMBER, FindingType.COORDINATION_NUMBER}
KNOWN = Known.of(public=District.load().called)

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
births = st.dates(date(1900, 1, 1), date(2024, 12, 31))
serials = st.integers(1, 999)
words = st.text("abcdefghijklmnoprstuvyåäö ", max_size=40)


def number(born: date, serial: int, *, added: int, check: int | None = None) -> str:
    day = born.day + added
    nine = f"{born:%y%m}{day:02}{serial:03}"
    right = next(d for d in range(10) if luhn(f"{nine}{d}"))
    return f"{born.year // 100}{nine}{right if check is None else (right + check) % 10}"


def luhn(digits: str) -> bool:
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(digits))
    return total % 10 == 0


def identity(text: str) -> list[Finding]:
    return [finding for finding in screen(text) if finding.type in IDENTITY]


@given(
    births, serials, st.sampled_from([0, 60]), st.sampled_from(sorted(NUMBER_FORMS)), words, words
)
@settings(max_examples=300, deadline=None)
def test_a_valid_number_is_found_in_every_form_wherever_it_stands(
    born: date, serial: int, added: int, form: str, before: str, after: str
) -> None:
    digits = number(born, serial, added=added)
    assert personnummer.valid(digits)
    wanted = FindingType.COORDINATION_NUMBER if added else FindingType.PERSONAL_NUMBER
    text = f"{before} {NUMBER_FORMS[form](digits)} {after}"
    assert wanted in {finding.type for finding in identity(text)}


@given(births, serials, st.sampled_from([0, 60]), st.integers(1, 9))
@settings(max_examples=150, deadline=None)
def test_with_a_wrong_check_digit_it_is_no_identity_number(
    born: date, serial: int, added: int, check: int
) -> None:
    digits = number(born, serial, added=added, check=check)
    assert not personnummer.valid(digits)
    assert identity(f"{digits[:8]}-{digits[8:]}") == []


@given(births, serials, st.sampled_from(sorted(NUMBER_FORMS)), words)
@settings(max_examples=200, deadline=None)
def test_a_number_s_span_is_all_of_it_in_the_text_as_it_was_given(
    born: date, serial: int, form: str, before: str
) -> None:
    written = NUMBER_FORMS[form](number(born, serial, added=0))
    text = f"{before}\u200b {written}, e\u0301\ufb01"
    found = identity(text)
    assert any(identity(text[one.start : one.end]) for one in found)
    for one in sorted(found, reverse=True):
        text = f"{text[: one.start]}#{text[one.end :]}"
    assert identity(text) == []


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_whatever_is_written_the_findings_lie_in_the_text_in_order(text: str) -> None:
    found = screen(text, KNOWN)
    assert all(0 <= finding.start < finding.end <= len(text) for finding in found)
    assert list(found) == sorted(found)


@given(
    st.lists(st.sampled_from(NARRATIVES), min_size=1, max_size=4),
    st.sampled_from(get_args(Form)),
)
@settings(max_examples=60, deadline=None)
def test_how_letters_are_put_together_changes_no_finding(parts: list[str], form: Form) -> None:
    text = f"{' '.join(parts)} Det gällde Åsa Öberg, Hantverkargatan 12 B, ABC 123."
    other = unicodedata.normalize(form, text)
    kinds = [finding.type for finding in screen(text, KNOWN)]
    assert [finding.type for finding in screen(other, KNOWN)] == kinds


@given(
    st.from_regex(r"\A[A-HJ-PR-UW-Z]{3} ?[0-9]{2}[0-9A-HJ-NPR-UW-Z]\Z"),
    words,
    st.sampled_from(",. "),
)
@settings(max_examples=400, deadline=None)
def test_a_plate_is_found_wherever_it_stands(plate: str, before: str, after: str) -> None:
    assume(plate[:3].lower() not in _ABBREVIATIONS)
    text = f"{before} mopeden {plate}{after}"
    found = [text[f.start : f.end] for f in screen(text) if f.type is FindingType.PLATE]
    assert found == [plate]


def test_a_finding_carries_its_kind_and_its_place_and_no_text() -> None:
    (finding,) = screen("Ring 070-174 06 05")
    assert finding == Finding(5, 18, FindingType.PHONE)
    assert set(Finding.__slots__) == {"start", "end", "type"}


def test_the_rates_are_as_promised_on_made_up_texts() -> None:
    result = bench_screen.run(count=100)
    assert [row.line() for row in result.rows if not row.kept] == []
    identity_rows = [row for row in result.rows if row.at_least == 99.9]
    assert len(identity_rows) >= 2 * 18
    false_alarms = [row for row in result.rows if row.at_most == 1.5]
    assert {row.what for row in false_alarms} >= {
        f"false alarms: {what}"
        for what in ("phone numbers", "dates", "times", "coordinates", "amounts")
    }


def test_the_bench_says_the_same_every_time_and_shows_what_is_less_than_promised() -> None:
    one, other = bench_screen.run(count=10), bench_screen.run(count=10)
    assert one.rows == other.rows
    assert json.loads(json.dumps(one.as_json()))["rows"][0]["found"] == 10
    worse = bench_screen.Row("plates", 10, 1, at_least=98.0)
    assert "LESS" in bench_screen.Result([*one.rows, worse], 0.1).table()


def test_made_up_reports_pass_but_for_a_few() -> None:
    alarmed = [text for text in NARRATIVES if screen(text, KNOWN)]
    assert len(NARRATIVES) >= 100
    assert len(alarmed) <= 0.03 * len(NARRATIVES), alarmed


def test_the_demo_s_reports_are_caught_exactly_where_they_carry_something() -> None:
    for submission in (
        one for week in range(26) for one in week_of_season(week=week, weeks=26, seed=7)
    ):
        narrative = str(submission.body.get("narrative", ""))
        assert bool(screen(narrative, KNOWN)) == bool(submission.canary), narrative


def test_the_examples_of_the_api_pass() -> None:
    (example,) = ConcernReport.model_json_schema()["examples"]
    assert screen(example["narrative"], KNOWN) == ()


@pytest.mark.real
@pytest.mark.skipif(not REAL.is_dir(), reason="the real files do not lie beside the checkout")
def test_the_rates_on_real_texts_are_as_told() -> None:
    rows = {row.what: row for row in bench_screen.run(count=10, real=REAL).rows}
    assert rows["real: test personal numbers"].percent == 100
    assert rows["real: given names with a surname"].percent >= 99.5
    assert rows["real: given names alone, from a loaded list"].percent >= 99.5
    assert rows["real: police notices with any finding"].percent <= 1.0
