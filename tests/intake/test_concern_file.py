"""A CSV file of concerns: what is read, how it is mapped, which keys rows have, what is refused."""

import csv
import io
import json
import re
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.intake.domain.concern_file import FileRow, rows_of
from services.intake.domain.file_map import FileMap
from services.intake.domain.report import OF_CONTENT
from shared.contracts.refusal import Refused

HEADS = "category;place_id;place_type;observed_from;certainty;recurrence;severity;narrative"
LAMP = "ENV.LIGHTING;PL-HORN;OUTDOOR;2026-06-05T22:10:00+02:00;SEEN;REPEATED;1;Två lampor släckta"
CANARY = "Kalle Kanariesson"


def only(content: str | bytes, by: FileMap | None = None) -> FileRow:
    [row] = rows_of(content.encode() if isinstance(content, str) else content, by)
    return row


def refusal(content: bytes, by: FileMap | None = None) -> tuple[str, str]:
    with pytest.raises(Refused) as why:
        rows_of(content, by)
    return why.value.refusal.code, why.value.refusal.sv


def test_a_row_becomes_a_report() -> None:
    row = only(f"{HEADS}\n{LAMP}\n")

    assert row.number == 2
    assert row.report is not None
    assert row.report.category == "ENV.LIGHTING"
    assert row.report.observed_from == datetime(2026, 6, 5, 20, 10, tzinfo=UTC)
    assert row.report.narrative == "Två lampor släckta"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_form_of_the_file_does_not_matter(encoding: str, delimiter: str, end: str) -> None:
    text = f"{HEADS}{end}{LAMP}{end}".replace(";", delimiter)

    report = only(text.encode(encoding)).report
    assert report is not None
    assert report.narrative == "Två lampor släckta"


def test_swedish_heads_and_words_are_understood() -> None:
    row = only(
        "Kategori;Plats;Platstyp;Datum;Tid;Säkerhet;Upprepning;Allvar;Polisanmält;Återkoppling\n"
        "env.lighting;PL-HORN;Utomhus;2026-06-05;9.30;Sett;Första gången;1;Nej;ja\n"
    )

    assert row.report is not None
    assert row.report.place_type == "OUTDOOR"
    assert row.report.observed_from == datetime(2026, 6, 5, 7, 30, tzinfo=UTC)
    assert (row.report.certainty, row.report.recurrence) == ("SEEN", "FIRST")
    assert (row.report.police_report, row.report.wants_feedback) == ("NO", True)


def test_a_point_may_have_a_decimal_comma() -> None:
    row = only(
        "category;lat;lon;place_type;observed_from;certainty;recurrence;severity;flags\n"
        "ENV.LITTER;59,3405;18,0078;OUTDOOR;2026-06-05 22:10;SEEN;FIRST;0;Alkohol, fordon\n"
    )

    assert row.report is not None
    assert row.report.point is not None
    assert (row.report.point.lat, row.report.point.lon) == (59.3405, 18.0078)
    assert row.report.flags == ("ALCOHOL", "VEHICLE")


def test_a_map_gives_other_names_constants_words_and_dates() -> None:
    by = FileMap.read("""
        ignore = ["Handläggare"]
        dates = ["%d/%m/%Y %H.%M"]
        [columns]
        "Typ av fel" = "category"
        "När" = "observed_from"
        [constants]
        place_type = "OUTDOOR"
        certainty = "TOLD"
        recurrence = "FIRST"
        severity = "0"
        place_unknown = "ja"
        [values.category]
        "Trasig lampa" = "ENV.LIGHTING"
    """)
    row = only(f"typ av FEL;När;Handläggare\ntrasig  lampa;05/06/2026 22.10;{CANARY}\n", by)

    assert row.report is not None
    assert row.report.category == "ENV.LIGHTING"
    assert row.report.place_unknown is True
    assert row.report.observed_from == datetime(2026, 6, 5, 20, 10, tzinfo=UTC)
    assert CANARY not in str(row)


def test_a_day_without_an_hour_is_not_made_midnight() -> None:
    row = only(f"{HEADS}\n{LAMP}\n".replace("2026-06-05T22:10:00+02:00", "2026-06-05"))

    assert row.report is None
    assert [field for field, _ in row.findings] == ["observed_from"]


@pytest.mark.parametrize(
    "toml",
    [
        "[columns",
        '[columns]\n"A" = "no_field"',
        '[constants]\nname = "x"',
        '[values.no_field]\n"a" = "b"',
        'dates = ["%Y-%m-%d"]',
        "surprise = 1",
        'dates = ["%H %H"]',
        'dates = ["%d %H %Q"]',
        'dates = ["%d %H %"]',
        'dates = ["%%H %d"]',
        'dates = ["%d/%m/%Y %I.%M"]',
        'dates = ["%d/%m/%Y %H.%M %Z"]',
        f"dates = {['%H'] * 11}",
        f"ignore = {['x'] * 201}",
        "a = " + "[" * 20_000,
        "a = " + "{a=" * 20_000,
        "a" + ".a" * 20_000 + " = 1",
        "severity = " + "9" * 5000,
        "ignore = 1979-05-27",
        "delimiter = 1",
        'delimiter = "\\u0000"',
        'ignore = ["\x00"]',
        'ignore = ["\ud800"]',
        '"\ud800" = 1',
        '[columns]\n"\ud800" = "category"',
        '[columns]\n"A" = "category"\n"a" = "severity"',
        "columns = []",
        '[values]\ncategory = "x"',
        "# " + "x" * 64 * 1024,
    ],
)
def test_a_map_that_is_none_is_refused(toml: str) -> None:
    with pytest.raises(Refused) as why:
        FileMap.read(toml)
    assert why.value.refusal.code == "FILE.BAD_MAP"


@pytest.mark.parametrize("part", ["a", '"\u2028"', '"\u2029"', '"\x85"'])
def test_a_map_with_a_key_of_very_many_parts_is_refused_before_it_is_read(part: str) -> None:
    key = ".".join([part, *["a"] * 900])
    with pytest.raises(Refused) as why:
        FileMap.read(".".join([key] * 4) + " = 1")
    assert (why.value.refusal.code, "(TOML)" in why.value.refusal.sv) == ("FILE.BAD_MAP", True)


def test_a_map_may_have_very_many_words_with_dots() -> None:
    words = "\n".join(f'"t.ex. {number}" = "ENV.LIGHTING"' for number in range(600))
    by = FileMap.read(f"[values.category]\n{words}")
    assert by.value_of("category", "T.ex. 599") == "ENV.LIGHTING"


WORDS = st.sampled_from([
    "category", "observed_from", "observed_to", "date", "time", "lat", "lon", "severity", "flags",
    "place_id", "wants_feedback", "narrative", "Typ", "typ", "", "nan", "ja", "1e999", "9" * 200,
    "2026-06-05T22:10:00+02:00", "05/06/2026 22.10", "0001-01-01T00:00:00", "ENV.LIGHTING", "'=1",
])  # fmt: skip
TEXTS = WORDS | st.text(max_size=12)
DATES = st.lists(
    st.lists(st.sampled_from(list("YymdHIMSfpbBaAzZjUWGVu%cxXQ(*[")))
    .map(lambda told: " ".join(f"%{one}" for one in told)) | st.text(max_size=8),
    max_size=3,
)  # fmt: skip
MAPS = st.fixed_dictionaries({}, optional={
    "delimiter": st.sampled_from([";", ",", "\t", ":"]),
    "columns": st.dictionaries(TEXTS, WORDS, max_size=4),
    "ignore": st.lists(TEXTS, max_size=3),
    "constants": st.dictionaries(WORDS, TEXTS, max_size=5),
    "values": st.dictionaries(WORDS, st.dictionaries(TEXTS, TEXTS, max_size=3), max_size=3),
    "dates": DATES,
})  # fmt: skip


def toml_of(told: dict[str, object]) -> str:
    """A map as TOML, its words as JSON writes them (lone surrogates included)."""

    def written(value: object) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{written(k)} = {written(v)}" for k, v in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(written, value)) + "]"
        return json.dumps(value)

    return "\n".join(f"{name} = {written(value)}" for name, value in told.items())


def read_or_refused(toml: str, content: bytes) -> None:
    """Whatever a map and a file are: rows, or words for why not."""
    with suppress(Refused):
        assert rows_of(content, FileMap.read(toml))


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=300) | st.text(alphabet="[]{}=\"'.,%#\\\n\ta1-:T \ud800", max_size=300))
def test_any_text_as_a_map_is_one_or_is_refused(toml: str) -> None:
    read_or_refused(toml, f"{HEADS}\n{LAMP}\n".encode())


@settings(deadline=None, max_examples=500, suppress_health_check=[HealthCheck.too_slow])
@given(told=MAPS, heads=st.lists(WORDS, min_size=1, max_size=4), cells=st.lists(WORDS, max_size=8))
def test_any_map_of_the_right_form_reads_any_file_or_refuses_it(
    told: dict[str, object], heads: list[str], cells: list[str]
) -> None:
    rows = [cells[start : start + len(heads)] for start in range(0, len(cells), len(heads))]
    content = "\n".join(";".join(row) for row in [heads, *rows])
    read_or_refused(toml_of(told), content.encode())


def test_a_row_has_the_same_key_in_the_same_and_in_a_longer_file() -> None:
    once = rows_of(f"{HEADS}\n{LAMP}\n".encode())
    longer = rows_of(f"{HEADS}\n{LAMP.replace(';1;', ';2;')}\n{LAMP}\n".encode())
    columns = rows_of(_other_columns(f"{HEADS}\n{LAMP}\n"))

    assert once[0].key == longer[1].key == columns[0].key
    assert longer[0].key != longer[1].key
    assert once[0].key.startswith(OF_CONTENT)
    assert re.fullmatch(r"[\x21-\x7e]{1,200}", once[0].key)


def _other_columns(text: str) -> bytes:
    rows = [line.split(";")[::-1] for line in text.splitlines()]
    return "\n".join(",".join(row) for row in rows).encode()


def test_equal_rows_are_as_many_reports() -> None:
    rows = rows_of(f"{HEADS}\n{LAMP}\n{LAMP}\n{LAMP}\n".encode())

    assert len({row.key for row in rows}) == 3
    assert rows[0].key == only(f"{HEADS}\n{LAMP}\n").key


def test_a_wrong_row_names_its_columns_and_never_says_what_stands_there() -> None:
    wrong = f"{CANARY};PL-HORN;OUTDOOR;{CANARY};SEEN;REPEATED;{CANARY};x"
    good, bad = rows_of(f"{HEADS}\n{LAMP}\n{wrong}\n".encode())

    assert good.report is not None
    assert bad.report is None
    assert {field for field, _ in bad.findings} == {"category", "observed_from", "severity"}
    assert CANARY not in str(bad.findings)


@pytest.mark.parametrize("cells", [7, 9, 200])
def test_a_row_with_another_number_of_cells_is_refused_by_itself(cells: int) -> None:
    if cells > 100:
        code, words = refusal(f"{HEADS}\n{LAMP}\n{';'.join('x' * cells)}\n".encode())
        assert (code, "Rad 3" in words) == ("FILE.TOO_MANY_COLUMNS", True)
        return
    good, bad = rows_of(f"{HEADS}\n{LAMP}\n{';'.join('x' * cells)}\n".encode())
    assert good.report is not None
    assert (bad.number, bad.report, bad.findings) == (3, None, (("cells", "cells"),))


def test_rows_are_counted_as_an_editor_counts_lines() -> None:
    spread = LAMP.replace("Två lampor släckta", '"Två\r\nlampor"')
    rows = rows_of(f"{HEADS}\n{spread}\r\n\r\n{LAMP}\r{LAMP}\n".encode())

    assert [row.number for row in rows] == [2, 5, 6]
    assert rows[0].report is not None
    assert rows[0].report.narrative == "Två\nlampor"


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        (b"", "FILE.EMPTY", None),
        (b" ;; \n\n", "FILE.EMPTY", None),
        (HEADS.encode(), "FILE.NO_ROWS", None),
        (f"{HEADS}\n{LAMP}\x00\n".encode(), "FILE.NOT_TEXT", 2),
        (f"{HEADS}\n{LAMP}".encode("utf-16"), "FILE.NOT_TEXT", 1),
        (f"{HEADS}\n{LAMP}\n{LAMP}{'x' * 1_000_000}\n".encode(), "FILE.CELL_TOO_LONG", 3),
        (f"{HEADS}\n{LAMP}{'x' * 5000}\n".encode(), "FILE.CELL_TOO_LONG", 2),
        (";".join(f"k{n}" for n in range(200)).encode(), "FILE.TOO_MANY_COLUMNS", 1),
        (f'{HEADS}\n{LAMP}\n"{LAMP}\n'.encode(), "FILE.BROKEN_QUOTES", 3),
        (f'{HEADS}\n{LAMP}\n"a"b;{LAMP}\n'.encode(), "FILE.BROKEN_QUOTES", 3),
        (f"{HEADS};{CANARY}\n{LAMP};x\n".encode(), "FILE.UNKNOWN_COLUMN", 1),
        (f"{HEADS};Fritext\n{LAMP};x\n".encode(), "FILE.COLUMN_TWICE", 1),
    ],
    ids=[
        "empty", "blanks", "heads only", "NUL", "UTF-16", "1 MB cell", "5 kB cell", "200 columns",
        "open quote", "text after quote", "unknown head", "head twice",
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_whole_is_refused_naming_the_row(
    content: bytes, code: str, row: int | None
) -> None:
    found, words = refusal(content)

    assert found == code
    assert row is None or f"Rad {row}:" in words
    assert CANARY not in words


def test_bytes_of_no_letters_are_read_too() -> None:
    report = only(f"{HEADS}\n{LAMP}".encode("iso-8859-1") + b"\x81").report

    assert report is not None
    assert report.narrative == "Två lampor släckta\x81"


@pytest.mark.parametrize(
    ("word", "meant"), [("Ja", True), ("x", True), ("nej", False), ("FALSE", False), ("", False)]
)
def test_a_switch_is_yes_or_no(word: str, meant: bool) -> None:  # noqa: FBT001 - a parameter
    report = only(f"{HEADS};wants_feedback\n{LAMP};{word}\n").report

    assert report is not None
    assert report.wants_feedback is meant


@pytest.mark.parametrize(
    ("field", "word"),
    [("wants_feedback", "kanske"), ("lat", "norr"), ("observed_to", "sen"), ("flags", "hund")],
)
def test_what_cannot_be_understood_names_its_column(field: str, word: str) -> None:
    row = only(f"{HEADS};{field}\n{LAMP};{word}\n")

    assert row.report is None
    assert field in {name for name, _ in row.findings}


def test_a_formula_is_no_code() -> None:
    row = only(f"{HEADS}\n{LAMP}\n".replace("ENV.LIGHTING", "=cmd|' /C calc'!A0"))

    assert row.report is None
    assert [field for field, _ in row.findings] == ["category"]


@pytest.mark.parametrize("formula", ["=1+1", "@a", "\uff1d1+1"])
def test_the_guard_of_an_exported_formula_is_taken_off_again(formula: str) -> None:
    row = only(
        "category;place_id;place_type;observed_from;certainty;recurrence;severity;"
        f"external_reference\nENV.LITTER;PL-HORN;OUTDOOR;2026-06-05 22:10;SEEN;FIRST;0;'{formula}\n"
    )
    assert row.report is not None
    assert row.report.external_reference == formula


def test_more_rows_than_allowed_are_refused() -> None:
    content = f"{HEADS}\n{LAMP}\n{LAMP}\n".encode()
    with pytest.raises(Refused) as why:
        rows_of(content, most=1)
    assert why.value.refusal.code == "FILE.TOO_MANY_ROWS"


@given(st.binary(max_size=400))
def test_any_bytes_are_rows_or_a_refusal(content: bytes) -> None:
    try:
        rows = rows_of(content)
    except Refused:
        return
    assert rows
    assert all(row.report or row.findings for row in rows)


@given(st.lists(st.text(max_size=30), min_size=8, max_size=8))
def test_any_cells_are_a_report_or_name_what_is_wrong(cells: list[str]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows([HEADS.split(";"), cells])
    try:
        rows = rows_of(out.getvalue().encode("utf-8", "surrogatepass"))
    except Refused:
        return
    assert all(row.report or row.findings for row in rows)
