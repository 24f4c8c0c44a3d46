"""Skolverket's pupils per grade and Skolinspektionen's school survey."""

import io
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from defusedxml import ElementTree

from services.intake.domain.readers import skolenkaten, skolverket
from services.intake.domain.readers.reading import Reading
from tests.intake.readings import about, refusal, skips, standing
from tests.support.real import REAL

ABOUT = "Skola;Skol-enhetskod;Skolkommun;Kommun-kod;Typ av huvudman;Huvudman;Huvudman orgnr"
HEADER = ABOUT + ";Elever, årskurs 1-9;Andel (%) flickor, årskurs 1-9;Elever, årskurs 1;"


def skolor(*rows: str, header: str = HEADER, year: str = "2024/25") -> bytes:
    before = ["Statistik från Skolverket, https://www.example.org", "", f"Valt läsår: {year}", ""]
    return b"\xef\xbb\xbf" + "\n".join([*before, header, *rows, "", "Förklaringar ; här"]).encode()


def skola(code: str, *cells: str, name: str = "Exempelskolan") -> str:
    return ";".join([name, code, "Exempelby", "9901", "Kommunal", "Exempelby", "1", *cells, ""])


class TestSkolverket:
    def test_a_school_is_its_code_and_october_the_time(self) -> None:
        reading = skolverket.read(skolor(skola("99000001", "1 230", "48,5", "..")))

        assert about(reading) == {
            ("elever-aarskurs-1-9", "skolenhet-99000001", "2024-10", "antal"): 1230,
            ("andel-flickor-aarskurs-1-9", "skolenhet-99000001", "2024-10", "procent"): 48.5,
            ("elever-aarskurs-1", "skolenhet-99000001", "2024-10", "antal"): None,
        }
        assert reading.labels["skolenhet-99000001"] == "Exempelskolan, Exempelby"

    def test_no_data_is_no_figure_and_a_row_without_any_is_accounted_for(self) -> None:
        reading = skolverket.read(
            skolor(skola("99000001", ".", "48", "."), skola("99000002", ".", ".", "."))
        )

        assert len(reading.figures) == 1
        assert skips(reading) == [(7, "NO_FIGURES")]

    def test_a_principals_number_is_not_taken(self) -> None:
        row = "S;99000001;Exempelby;9901;Enskild;Anna Exempel;199001012385;1;1;1;"
        told = repr(skolverket.read(skolor(row)))

        assert "199001012385" not in told
        assert "Anna" not in told

    @pytest.mark.parametrize(
        ("content", "code", "place"),
        [
            (b"", "STATISTICS.WRONG_TITLE", "Rad 1:"),
            (b"Statistik fr\xc3\xa5n Skolverket\n", "STATISTICS.WRONG_TITLE", "Rad 1:"),
            (skolor(year="2024"), "STATISTICS.WRONG_TITLE", "Rad 1:"),
            (skolor(header=ABOUT), "STATISTICS.WRONG_HEADER", "Rad 5:"),
            (skolor(header="Skola;Skolkommun;A;B;C"), "STATISTICS.WRONG_HEADER", "Rad 5:"),
            (skolor(skola("9900", "1", "1", "1")), "STATISTICS.BAD_SCHOOL", "Rad 6, kolumn 1:"),
            (skolor(skola("99000001", "1")), "STATISTICS.WRONG_FIELDS", "Rad 6:"),
            (skolor("A", skola("99000001", "1", "1", "1")), "STATISTICS.WRONG_FIELDS", "Rad 6:"),
            (b"Statistik fr\xc3\xa5n Skolverket\nValt", "STATISTICS.WRONG_TITLE", "Rad 1:"),
            (skolor(header=""), "STATISTICS.WRONG_HEADER", "Rad 7:"),
            (skolor(skola("99000001", "1", "x", "1")), "STATISTICS.BAD_NUMBER", "Rad 6, kolumn 9:"),
            (skolor(), "STATISTICS.NO_ROWS", "Rad 1:"),
        ],
    )
    def test_a_refusal_names_the_place(self, content: bytes, code: str, place: str) -> None:
        refused = refusal(lambda: skolverket.read(content))

        assert (refused.code, refused.sv.startswith(place)) == (code, True)

    @pytest.mark.real
    def test_the_real_file_reads_as_an_independent_reading_says(self) -> None:
        content = (REAL / "skola/skolverket-elever-per-arskurs-2020.csv").read_bytes()
        reading = skolverket.read(content)
        expected: dict[tuple[int, int], float | None] = {}
        for number, line in enumerate(content.decode("utf-8-sig").split("\n"), start=1):
            if re.match(r"[^;]+;\d{8};", line):
                for column, cell in enumerate(line.split(";")[7:22], start=8):
                    text = re.sub(r"\s", "", cell).replace(",", ".")
                    if text != ".":
                        expected[number, column] = None if text == ".." else float(text)

        assert standing(reading) == expected
        assert (reading.rows, reading.taken, reading.geographies) == (4797, 4797, 4797)
        suppressed = [one for one in reading.figures if one.suppressed]
        assert (len(reading.figures), len(suppressed)) == (51_763, 2_273)
        stockholm = {
            slug for slug, label in reading.labels.items() if label.endswith(", Stockholm")
        }
        pupils = [
            one.value or 0
            for one in reading.figures
            if one.indicator == "elever-aarskurs-1-9" and one.geography in stockholm
        ]
        assert (len(stockholm), sum(pupils)) == (254, 98_594)


TITLE = "Skolenkäten 2024 -  Elever år 2"
QUESTION = "Känner du dig trygg i skolan?"
HEAD: list[list[Any]] = [
    [TITLE, *[None] * 7, "9. Trygghet", QUESTION, None, "12. Nöjdhet (bildar ej index)"],
    [*skolenkaten.ABOUT, None, None, "Alltid", None],
    [*[None] * 8, "Index", "Medelvärde", "Antal", "Index"],
]


def book(*rows: list[Any], head: list[list[Any]] | None = None) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for row in [*(head or HEAD), *rows]:
        sheet.append(row)
    other = made.create_sheet("Könsuppdelat resultat")
    other.append([TITLE])
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def enkat(*rows: list[Any]) -> Reading:
    return skolenkaten.read(book(*rows))


class TestSkolenkaten:
    def test_index_mean_and_rate_are_taken_with_the_number_of_answers(self) -> None:
        reading = enkat(
            [1, "Ett kommun", "Ett", 99000001, "Skolan 99000001", 40, 30, 0.75, 6.1, "-", 12, "-"]
        )
        told = [(one.indicator, one.unit, one.value, one.n) for one in reading.figures]

        assert told == [
            ("elever-aar-2.svarsfrekvens", "andel", 0.75, 30),
            ("elever-aar-2.index.trygghet", "index-0-10", 6.1, 30),
            ("elever-aar-2.kaenner-du-dig-trygg-i-skolan", "medelvaerde-0-10", None, 30),
        ]
        assert {(one.geography, one.period) for one in reading.figures} == {
            ("skolenhet-99000001", "2024")
        }
        assert reading.labels["skolenhet-99000001"] == "Skolan, Ett"

    def test_municipalities_and_all_schools_are_areas_companies_are_not(self) -> None:
        reading = enkat(
            [None, "Samtliga deltagande skolor", None, None, None, 90, 80, 0.9, 7.1, 7.2],
            [None, "Samtliga deltagande skolor - Kvinna", None, None, None, "-", 40, "-", 5.8],
            [1, "Exempelby kommun", None, None, None, 50, 45, 0.9, 7, 6.5],
            [2, "Skolbolaget AB", None, None, None, 40, 35, 0.9, 7, 6.5],
        )
        indexes = {key[:2]: value for key, value in about(reading).items() if ".index." in key[0]}

        assert indexes == {
            ("elever-aar-2.index.trygghet", "samtliga-deltagande-skolor"): 7.1,
            ("elever-aar-2.index.trygghet.kvinna", "samtliga-deltagande-skolor"): 5.8,
            ("elever-aar-2.index.trygghet", "exempelby-kommun"): 7,
        }
        assert skips(reading) == [(7, "NOT_AN_AREA")]
        assert "Skolbolaget" not in repr(reading)

    @pytest.mark.parametrize(
        ("head", "row", "code", "place"),
        [
            ([["Annan enkät"], *HEAD[1:]], [], "WRONG_TITLE", "Blad 1, cell A1:"),
            ([HEAD[0], ["Org", *HEAD[1][1:]], HEAD[2]], [], "WRONG_HEADER", "Blad 1, cell A2:"),
            ([*HEAD[:2], [*[None] * 8, "Antal"]], [], "WRONG_HEADER", "Blad 1, cell I3:"),
            ([HEAD[0][:9], *HEAD[1:]], [], "WRONG_HEADER", "Blad 1, cell J1:"),
            (HEAD, [], "NO_ROWS", "Rad 1:"),
            (HEAD, [5, 4, 0.8, "*", 6], "BAD_NUMBER", "Blad 1, cell I4:"),
            (HEAD, [5, "x", 0.8, 5, 6], "BAD_NUMBER", "Blad 1, cell G4:"),
            (HEAD, [5, -4, 0.8, 5, 6], "BAD_NUMBER", "Blad 1, cell H4:"),
            (HEAD, [5, 4, 0.8, "=1+1", 6], "NOT_CALCULATED", "Blad 1, cell I4:"),
        ],
    )
    def test_a_refusal_names_sheet_and_cell(
        self, head: list[list[Any]], row: list[Any], code: str, place: str
    ) -> None:
        rows = [[1, "A kommun", None, None, None, *row]] if row else []
        refused = refusal(lambda: skolenkaten.read(book(*rows, head=head)))

        assert (refused.code, refused.sv.startswith(place)) == (f"STATISTICS.{code}", True)

    def test_a_school_without_a_code_is_named(self) -> None:
        refused = refusal(lambda: enkat([1, "A kommun", "A", "12", "Skolan", 1, 1, 1, 5, 5]))

        assert (refused.code, refused.sv[:15]) == ("STATISTICS.BAD_SCHOOL", "Blad 1, cell D4")

    @pytest.mark.real
    def test_the_real_file_reads_as_an_independent_reading_says(self) -> None:
        path = REAL / "skola/skolenkaten-2022-elever-gymnasiet-ar-2.xlsx"
        reading = skolenkaten.read(path.read_bytes())
        cells = raw_cells(path)
        wanted = {
            column
            for (row, column), text in cells.items()
            if row == 3
            and text in {"Index", "Medelvärde"}
            and "bildar ej" not in cells.get((1, column), "")
        }
        areas = {row for row in range(4, 884) if _is_area(cells, row)}
        expected: dict[tuple[int, int], float | None] = {}
        for (row, column), text in cells.items():
            if row in areas and (column in wanted or (column == 8 and text != "-")):
                expected[row, column] = None if text == "-" else float(text)

        assert standing(reading) == pytest.approx(expected)
        answered = {row: int(cells[row, 7]) for row in areas}
        assert {one.place.row: one.n for one in reading.figures} == answered
        assert (reading.rows, reading.taken, len(reading.figures)) == (879, 759, 31_874)
        assert Counter(str(one.reason) for one in reading.skipped) == {"NOT_AN_AREA": 120}
        schools = [label for slug, label in reading.labels.items() if slug.startswith("skolenhet-")]
        assert len(schools) == 648
        assert sum(label.endswith(", Stockholm") for label in schools) == 67


def _is_area(cells: dict[tuple[int, int], str], row: int) -> bool:
    principal = cells.get((row, 2), "")
    named = principal.startswith("Samtliga") or principal.endswith(" kommun")
    return (row, 4) in cells or named


def raw_cells(path: Path) -> dict[tuple[int, int], str]:
    """The first sheet by its XML, without the library the reader uses."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    found: dict[tuple[int, int], str] = {}
    with zipfile.ZipFile(path) as archive:
        strings = [
            "".join(text.text or "" for text in item.iter(f"{space}t"))
            for item in ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        ]
        for cell in ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml")).iter(
            f"{space}c"
        ):
            value = cell.find(f"{space}v")
            if value is not None and value.text:
                name, row = re.fullmatch(r"([A-Z]+)(\d+)", cell.attrib["r"]).groups()  # type: ignore[union-attr]
                column = 0
                for letter in name:
                    column = column * 26 + ord(letter) - 64
                text = strings[int(value.text)] if cell.get("t") == "s" else value.text
                found[int(row), column] = text
    return found
