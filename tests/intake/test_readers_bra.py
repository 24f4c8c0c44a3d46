"""Brå: table P1M, crimes per municipality, indicators for municipalities' pictures."""

import io
import re
import zipfile
from typing import Any

import openpyxl
import pytest

from services.intake.domain.readers import bra_kommun, bra_lagesbild, bra_p1m
from services.intake.domain.readers.reading import More, Reading
from tests.intake.readings import about, refusal, skips, standing
from tests.support.real import REAL

TITLE = "Tabell P1M b.  Anmälda brott, preliminär statistik, i hela landet, 2025.;;;;;"
HEADER = (
    "Lagrum;Brottstyp;Antal brott totalt, ackumulerat under {span} 2025;Förändring jämfört med "
    "motsvarande period 2024, i antal;Förändring jämfört med motsvarande period 2024, i procent;"
    "Antal brott per 100 000 invånare, ackumulerat under 2025"
)


def p1m(*rows: str, span: str = "jan-dec", title: str = TITLE) -> bytes:
    lines = [title, HEADER.format(span=span), *rows, ""]
    return b"\xef\xbb\xbf" + "\r\n".join(lines).encode()


class TestP1M:
    def test_odd_numbers_are_what_bra_means(self) -> None:
        reading = bra_p1m.read(p1m('9 § Exempellagen;"Brott; alla";1478 879 ;- 4 ;. ;- '))

        assert [(one.unit, one.value) for one in reading.figures] == [
            ("antal", 1_478_879),
            ("foeraendring-antal", -4),
            ("per-100000-inv", 0),
        ]
        assert {one.indicator for one in reading.figures} == {"brott-alla.9-exempellagen"}
        assert {(one.period, one.geography) for one in reading.figures} == {("2025", "hela-landet")}
        assert all(one.preliminary for one in reading.figures)

    def test_hidden_is_not_zero_and_not_nothing(self) -> None:
        reading = bra_p1m.read(p1m("Lag;Brott;..;0 ;. ;1 "))

        assert [(one.unit, one.value, one.suppressed) for one in reading.figures] == [
            ("antal", None, True),
            ("foeraendring-antal", 0, False),
            ("per-100000-inv", 1, False),
        ]

    def test_what_stands_until_march_is_no_figure_of_the_year(self) -> None:
        reading = bra_p1m.read(p1m("Lag;Brott;1 ;1 ;1 ;1 ", span="jan-mar"))

        assert reading.figures[0].unit == "antal-jan-mar"

    def test_a_name_told_twice_is_told_apart_by_its_group(self) -> None:
        reading = bra_p1m.read(
            p1m(
                "Lag;Mot kvinna, totalt;5 ;1 ;1 ;1 ",
                "Lag;Obekanta;2 ;1 ;1 ;1 ",
                "Lag;Mot man, totalt;4 ;1 ;1 ;1 ",
                "Lag;Obekanta;3 ;1 ;1 ;1 ",
            )
        )
        counts = {one.indicator: one.value for one in reading.figures if one.unit == "antal"}

        assert counts == {
            "mot-kvinna-totalt.lag": 5,
            "obekanta.lag": 2,
            "mot-man-totalt.lag": 4,
            "obekanta.lag.mot-man-totalt": 3,
        }

    @pytest.mark.parametrize(
        ("content", "code", "place"),
        [
            (b"", "STATISTICS.WRONG_TITLE", "Rad 1:"),
            (p1m(title="Tabell P1M b i Region Nord"), "STATISTICS.WRONG_TITLE", "Rad 1:"),
            (p1m(span="januari"), "STATISTICS.WRONG_HEADER", "Rad 2, kolumn 3:"),
            (TITLE.encode() + b"\na;b;c;d;e;f", "STATISTICS.WRONG_HEADER", "Rad 2:"),
            (p1m().replace(b"Antal brott per", b"Andel"), "STATISTICS.WRONG_HEADER", "Rad 2, k"),
            (p1m("Lag;Brott;1;1;1"), "STATISTICS.WRONG_FIELDS", "Rad 3:"),
            (p1m("Lag;Brott;1;1;x;1"), "STATISTICS.BAD_NUMBER", "Rad 3, kolumn 5:"),
            (p1m("Lag;;1;1;1;1"), "STATISTICS.BAD_LABEL", "Rad 3:"),
            (p1m(), "STATISTICS.NO_ROWS", "Rad 1:"),
            (b"PK\x03\x04\x00", "STATISTICS.NOT_TEXT", "Rad 1:"),
        ],
    )
    def test_a_refusal_names_the_place(self, content: bytes, code: str, place: str) -> None:
        refused = refusal(lambda: bra_p1m.read(content))

        assert (refused.code, refused.sv.startswith(place)) == (code, True)

    @pytest.mark.real
    def test_the_real_table_reads_as_an_independent_reading_says(self) -> None:
        content = (REAL / "bra/p1m/P1M-b-ackumulerat-2024.csv").read_bytes()
        reading = bra_p1m.read(content)
        expected: dict[tuple[int, int], float] = {}
        for number, line in enumerate(content.decode("utf-8-sig").split("\r\n"), start=1):
            told = re.search(r';([^;"]*);([^;"]*);([^;"]*);([^;"]*)$', line)
            for column, cell in enumerate(told.groups() if told and number > 2 else (), start=3):
                digits = re.sub(r"[^\d-]", "", cell)
                if cell.strip() != ".":
                    expected[number, column] = 0 if digits == "-" else int(digits)

        assert standing(reading) == expected
        assert (reading.rows, reading.taken, len(reading.figures)) == (872, 872, 3434)
        assert about(reading)["samtliga-brott.samtliga-brott", "hela-landet", "2024", "antal"] == (
            1_478_879
        )


YEAR = More(period="2021")


def kommun(*lines: str) -> bytes:
    return b"\xef\xbb\xbf" + "\n".join([*lines, ""]).encode()


class TestKommun:
    def test_the_form_bra_publishes(self) -> None:
        reading = bra_kommun.read(
            kommun(
                "Kommun;Kommunkod;Brottstyp;Antal 2023;Per 100\u00a0000 inv 2023;Antal 2024 prel.",
                "Exempelby kommun;9901;Rån;1\u00a0234;3,5;..",
                "Provstad kommun;9902;Rån;-;0;2",
            )
        )

        assert about(reading) == {
            ("raan", "exempelby-kommun", "2023", "antal"): 1234,
            ("raan", "exempelby-kommun", "2023", "per-100-000-inv"): 3.5,
            ("raan", "exempelby-kommun", "2024", "antal"): None,
            ("raan", "provstad-kommun", "2023", "antal"): 0,
            ("raan", "provstad-kommun", "2023", "per-100-000-inv"): 0,
            ("raan", "provstad-kommun", "2024", "antal"): 2,
        }
        assert {one.period for one in reading.figures if one.preliminary} == {"2024"}

    def test_a_file_without_a_year_is_told_it(self) -> None:
        content = kommun("name;numCrimes;crimesRelative", "Tranås kommun ;10;20")

        assert about(bra_kommun.read(content, more=YEAR)) == {
            ("anmaelda-brott", "tranaas-kommun", "2021", "antal"): 10,
            ("anmaelda-brott", "tranaas-kommun", "2021", "per-100000-inv"): 20,
        }
        assert refusal(lambda: bra_kommun.read(content)).code == "STATISTICS.PERIOD_MISSING"
        assert refusal(lambda: bra_kommun.read(content, more=More("2021-04"))).sv.startswith(
            "Rad 1, kolumn 2:"
        )

    @pytest.mark.parametrize(
        ("lines", "code", "place"),
        [
            ([], "STATISTICS.WRONG_HEADER", "Rad 1, kolumn 1:"),
            (["Ort;Antal 2024"], "STATISTICS.WRONG_HEADER", "Rad 1, kolumn 1:"),
            (["Kommun"], "STATISTICS.WRONG_HEADER", "Rad 1, kolumn 2:"),
            (["Kommun;Antal"], "STATISTICS.WRONG_HEADER", "Rad 1, kolumn 2:"),
            (["Kommun;Antal 2024", "A;1,2,3"], "STATISTICS.BAD_NUMBER", "Rad 2, kolumn 2:"),
            (["Kommun;Antal 2024", "A;1.5"], "STATISTICS.BAD_NUMBER", "Rad 2, kolumn 2:"),
            (["Kommun;Antal 2024", ";1"], "STATISTICS.BAD_LABEL", "Rad 2, kolumn 1:"),
            (["Kommun;Antal 2024", "A;1", "A;2"], "STATISTICS.CONFLICTING_ROWS", "Rad 3, kol"),
            (["Kommun;Antal 2024", "A-B;1", "A B;2"], "STATISTICS.AMBIGUOUS_LABEL", "Rad 3, kol"),
            (["Kommun;Antal 2024", "A;"], "STATISTICS.NO_FIGURES", "Rad 1"),
        ],
    )
    def test_a_refusal_names_the_place(self, lines: list[str], code: str, place: str) -> None:
        refused = refusal(lambda: bra_kommun.read(kommun(*lines)))

        assert (refused.code, refused.sv.startswith(place)) == (code, True)

    def test_one_empty_field_more_than_the_header_does_not_matter(self) -> None:
        assert len(bra_kommun.read(kommun("Kommun;Antal 2024", "A;1;")).figures) == 1

    def test_a_row_told_twice_is_taken_once_and_accounted_for(self) -> None:
        reading = bra_kommun.read(kommun("Kommun;Antal 2024", "A;1", "A;1", "B;"))

        assert skips(reading) == [(3, "EXACT_DUPLICATE"), (4, "NO_FIGURES")]
        assert (reading.rows, reading.taken) == (3, 1)

    @pytest.mark.real
    def test_the_real_file_reads_as_an_independent_reading_says(self) -> None:
        content = (REAL / "bra/kommun/anmalda_brott_kommun_2021.csv").read_bytes()
        reading = bra_kommun.read(content, more=YEAR)
        told = re.findall(rb"^[^;\n]+;(\d+);(\d+)$", content, re.MULTILINE)
        expected = {
            (row, column): float(cells[column - 2])
            for row, cells in enumerate(told, start=2)
            for column in (2, 3)
        }

        assert standing(reading) == expected
        assert (reading.rows, reading.taken, reading.geographies) == (290, 290, 290)
        counts = [one.value or 0 for one in reading.figures if one.unit == "antal"]
        assert sum(counts) == 1_204_896
        assert about(reading)["anmaelda-brott", "stockholm", "2021", "antal"] == 207_861


def book(*sheets: list[list[Any]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for number, rows in enumerate(sheets, start=1):
        sheet = made.create_sheet(f"Hemligt namn {number}")
        for row in rows:
            sheet.append(row)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def calculated(content: bytes, *changes: tuple[str, str]) -> bytes:
    """The workbook as a spreadsheet program saves it: formulas with their values."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(kept, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.startswith("xl/worksheets/"):
                sheet = part.decode().replace("<v/>", "<v></v>").replace("<v />", "<v></v>")
                for before, after in changes:
                    assert before in sheet
                    sheet = sheet.replace(before, after)
                part = sheet.encode()
            new.writestr(name, part)
    return kept.getvalue()


def lagesbild(*rows: list[Any]) -> Reading:
    header = [None, "Antal 2024", "Per 100 000 inv 2024", "Antal 2025 prel."]
    return bra_lagesbild.read(book([["Anmälda rån"], header, *rows]))


class TestLagesbild:
    def test_a_sheet_is_an_indicator_a_column_a_unit_and_a_year(self) -> None:
        reading = lagesbild(["Exempelby", 12, 3.5, ".."], ["Provstad", "-", "1 234,5", None])

        assert about(reading) == {
            ("anmaelda-raan", "exempelby", "2024", "antal"): 12,
            ("anmaelda-raan", "exempelby", "2024", "per-100-000-inv"): 3.5,
            ("anmaelda-raan", "exempelby", "2025", "antal"): None,
            ("anmaelda-raan", "provstad", "2024", "antal"): 0,
            ("anmaelda-raan", "provstad", "2024", "per-100-000-inv"): 1234.5,
        }
        assert [one.preliminary for one in reading.figures] == [False, False, True, False, False]

    def test_notes_are_skipped_and_other_sheets_left_out(self) -> None:
        sheets: tuple[list[list[Any]], ...] = (
            [["Om indikatorerna"], ["Här står hur de räknas"]],
            [["Trygghet"], ["Kommun", "Kommunkod", "Andel 2025"], ["Ett", "9901", 0.5], ["Not"]],
            [["Rån"], ["Kommun", "Antal 2025"], ["Ett", 3]],
        )
        reading = bra_lagesbild.read(book(*sheets))

        assert about(reading) == {
            ("trygghet", "ett", "2025", "andel"): 0.5,
            ("raan", "ett", "2025", "antal"): 3,
        }
        assert [(one.place.sheet, one.place.row, one.reason) for one in reading.skipped] == [
            (1, 1, "NO_TABLE"), (1, 2, "NO_TABLE"), (2, 4, "NO_FIGURES"),
        ]  # fmt: skip
        assert (reading.rows, reading.taken) == (5, 2)

    @pytest.mark.parametrize(
        ("rows", "place"),
        [
            ([["Två"], ["Uttag i maj"], ["Kommun", "Antal 2024"], ["Ett", 5]], "Blad 2, cell B3:"),
            ([["Två", "(prel.)"], ["Kommun", "Antal 2024"], ["Ett", "5,5"]], "Blad 2, cell B2:"),
            ([["Två"], ["Kommun", 2023, 2024], ["Ett", None, 5]], "Blad 2, cell C2:"),
            ([["Kommun", "Antal 2024"], ["Ett", 5]], "Blad 2, cell B1:"),
        ],
    )
    def test_a_sheet_with_figures_in_another_form_is_not_dropped(
        self, rows: list[list[Any]], place: str
    ) -> None:
        right: list[list[Any]] = [["Rån"], ["Kommun", "Antal 2025"], ["Ett", 3]]
        refused = refusal(lambda: bra_lagesbild.read(book(right, rows)))

        assert (refused.code, refused.sv.startswith(place)) == ("STATISTICS.WRONG_FORM", True)

    @pytest.mark.parametrize(
        "rows",
        [
            [["Innehåll"], ["Blad", "Sida"], ["Anmälda brott", 3], ["Rån 2024", 4]],
            [["Om filen"], ["Antal kommuner", 290], ["Version", 2024], ["Blad", 12]],
        ],
    )
    def test_a_list_of_contents_is_left_out_and_told(self, rows: list[list[Any]]) -> None:
        right: list[list[Any]] = [["Rån"], ["Kommun", "Antal 2025"], ["Ett", 3]]
        reading = bra_lagesbild.read(book(rows, right))

        assert about(reading) == {("raan", "ett", "2025", "antal"): 3}
        assert {(one.place.sheet, one.reason) for one in reading.skipped} == {(1, "NO_TABLE")}
        assert len(reading.skipped) == len(rows)

    @pytest.mark.parametrize("figure", [12, "12,5", ".."])
    def test_a_column_of_figures_without_a_heading_is_named(self, figure: object) -> None:
        rows: list[list[Any]] = [
            ["Rån"],
            ["Kommun", "Antal 2023", None],
            ["Ett", 10, "en not"],
            ["Två", 1, figure],
        ]
        content = book(rows)
        refused = refusal(lambda: bra_lagesbild.read(content))

        assert refused.code == "STATISTICS.WRONG_HEADER"
        assert refused.sv.startswith("Blad 1, cell C2:")
        assert about(bra_lagesbild.read(book(rows[:3]))) == {("raan", "ett", "2023", "antal"): 10}

    def test_a_formula_that_was_never_calculated_is_no_empty_cell(self) -> None:
        content = book([["Rån"], ["Kommun", "Antal 2023", "Antal 2024"], ["Ett", "=B9", 12]])
        refused = refusal(lambda: bra_lagesbild.read(content))

        assert refused.code == "STATISTICS.NOT_CALCULATED"
        assert refused.sv.startswith("Blad 1, cell B3:")

    def test_a_calculated_formula_is_what_was_calculated(self) -> None:
        content = book([["Rån"], ["Kommun", "Antal 2023", "Antal 2024"], ["Ett", "=1+1", '=""']])
        told = calculated(
            content, ("<f>1+1</f><v></v>", "<f>1+1</f><v>2</v>"), ('r="C3">', 'r="C3" t="str">')
        )

        assert about(bra_lagesbild.read(told)) == {("raan", "ett", "2023", "antal"): 2}

    def test_a_row_told_twice_by_its_number_is_read_once(self) -> None:
        content = book([["Rån"], ["Kommun", "Antal 2023"], ["Ett", 10], ["Två", 20]])
        told = calculated(content, ('<row r="4"', '<row r="3"'), ('r="A4"', 'r="A3"'))

        assert about(bra_lagesbild.read(told)) == {("raan", "ett", "2023", "antal"): 10}

    def test_formulas_in_a_sheet_that_is_no_table_do_not_matter(self) -> None:
        contents = [["Innehåll"], ['=HYPERLINK("#B!A1","Rån")', "=1+1"]]
        reading = bra_lagesbild.read(book(contents, [["Rån"], ["K", "Antal 2025"], ["Ett", 3]]))

        assert reading.taken == 1
        assert len(reading.skipped) == 2

    @pytest.mark.parametrize(
        ("row", "code", "place"),
        [
            (["Ett", 1, "okänt", 2], "STATISTICS.BAD_NUMBER", "Blad 1, cell C3:"),
            (["Ett", True, 1, 2], "STATISTICS.BAD_NUMBER", "Blad 1, cell B3:"),
            ([None, 1, 1, 2], "STATISTICS.BAD_LABEL", "Blad 1, cell A3:"),
            ([7, 1, 1, 2], "STATISTICS.BAD_LABEL", "Blad 1, cell A3:"),
        ],
    )
    def test_a_refusal_names_sheet_and_cell(self, row: list[Any], code: str, place: str) -> None:
        refused = refusal(lambda: lagesbild(row))

        assert (refused.code, refused.sv.startswith(place)) == (code, True)
        assert refused.en.startswith("Sheet 1, cell")
        assert "Hemligt" not in refused.sv + refused.en

    def test_a_header_without_a_year_is_named(self) -> None:
        content = book([["Rån"], ["Kommun", "Antal 2024", "Antal"], ["Ett", 1, 2]])
        refused = refusal(lambda: bra_lagesbild.read(content))

        assert refused.code == "STATISTICS.WRONG_HEADER"
        assert refused.sv.startswith("Blad 1, cell C2:")

    def test_a_workbook_of_another_form_is_refused(self) -> None:
        content = book([["Rån", "x"], ["Kommun", "Antal 2024"]], [["Rån"], [], ["K", "Antal 2024"]])

        assert refusal(lambda: bra_lagesbild.read(content)).code == "STATISTICS.WRONG_FORM"
