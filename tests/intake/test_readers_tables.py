"""Tidy tables and surveys with a mapping, the kinds and how they are told apart, and workbooks."""

import io
import json
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from typing import get_args

import openpyxl
import pytest
from openpyxl.chart import BarChart

from services.intake.api.statistics import Source
from services.intake.domain.labels import LONGEST
from services.intake.domain.pace import SLICE, no_rest
from services.intake.domain.readers import reading, survey, tidy, unfolding, workbook
from services.intake.domain.readers.gathering import compound
from services.intake.domain.readers.json_list import records
from services.intake.domain.readers.kinds import KINDS, SOURCES, kind_of
from services.intake.domain.readers.reading import More, Reading
from shared.contracts.codes import StatisticCaution
from shared.contracts.district import District
from tests.intake.readings import about, refusal, skips
from tests.support.real import REAL

HEADER = "indicator;geography;period;value;unit;n"
MAP = """
source = "exempelenkaten"
unit = "procent"
indicator = "Trygg i skolan"
hidden = ["x"]
nothing = ["-"]

[columns]
area = "Område"
grade = "Årskurs"
sex = "Kön"
year = "År"
n = "Antal svar"
value = "Andel"
"""
ANSWERS = "Område;Årskurs;Kön;År;Antal svar;Andel;Kommentar"


def table(*lines: str) -> bytes:
    return "\n".join([*lines, ""]).encode()


class TestTidy:
    def test_a_row_is_a_figure_with_its_number_of_answers(self) -> None:
        told = tidy.read(table(HEADER, "Trygghet;Kungsholmen;2025-H1;81,5;procent;1 204"))
        [figure] = told.figures

        assert figure.key == ("trygghet", "kungsholmen", "2025-H1", "procent")
        assert (figure.value, figure.n, told.caution) == (81.5, 1204, StatisticCaution.AS_GIVEN)

    def test_columns_come_in_any_order_and_n_may_be_missing(self) -> None:
        told = tidy.read(table("value,unit,period,Geography,indicator", "81.5,%p,2025,A,B"))

        assert [(one.value, one.unit, one.n) for one in told.figures] == [(81.5, "p", None)]

    def test_hidden_is_kept_and_nothing_is_accounted_for(self) -> None:
        told = tidy.read(table(HEADER, "T;A;2025;..;procent;..", "T;B;2025;;procent;0"))

        assert [(one.value, one.suppressed, one.n) for one in told.figures] == [(None, True, None)]
        assert skips(told) == [(3, "NO_FIGURES")]

    @pytest.mark.parametrize(
        ("lines", "code", "place"),
        [
            ([], "WRONG_HEADER", "Rad 1:"),
            (["indicator;geography;period;value"], "WRONG_HEADER", "Rad 1:"),
            ([HEADER], "NO_ROWS", "Rad 1:"),
            ([HEADER, "T;A;2025;1;p"], "WRONG_FIELDS", "Rad 2:"),
            ([HEADER, "T;A;2025-13;1;p;1"], "BAD_PERIOD", "Rad 2, kolumn 3:"),
            ([HEADER, "T;A;2025;1.5;p;1"], "BAD_NUMBER", "Rad 2, kolumn 4:"),
            ([HEADER, "T;A;2025;nan;p;1"], "BAD_NUMBER", "Rad 2, kolumn 4:"),
            ([HEADER, "T;A;2025;1;p;-1"], "BAD_NUMBER", "Rad 2, kolumn 6:"),
            ([HEADER, "T;A;2025;1;p;99999999"], "BAD_NUMBER", "Rad 2, kolumn 6:"),
            ([HEADER, "T;;2025;1;p;1"], "BAD_LABEL", "Rad 2, kolumn 2:"),
            ([HEADER, f"T;{'x' * 601};2025;1;p;1"], "BAD_LABEL", "Rad 2, kolumn 2:"),
            ([HEADER, "T;A;2025;1;;1"], "BAD_LABEL", "Rad 2, kolumn 5:"),
            ([HEADER, "T;A;2025;1;p;1", "T;A;2025;1;p;2"], "CONFLICTING_ROWS", "Rad 3, kolumn 4:"),
            (
                [HEADER, f"T;A;2025;{'1' * 15};p;1", f"T;B;2025;{'9' * 15}9;p;1"],
                "BAD_NUMBER",
                "Rad",
            ),
            ([HEADER, "T;A;\u0662\u0660\u0662\u0665;1;p;1"], "BAD_PERIOD", "Rad 2, kolumn 3:"),
            ([HEADER, 'T;"A;2025;1;p;1'], "WRONG_FIELDS", "Rad 2:"),
        ],
    )
    def test_a_refusal_names_the_place(self, lines: list[str], code: str, place: str) -> None:
        refused = refusal(lambda: tidy.read(table(*lines)))

        assert (refused.code, refused.sv.startswith(place)) == (f"STATISTICS.{code}", True)

    def test_a_field_beyond_bounds_is_refused(self) -> None:
        refused = refusal(lambda: tidy.read(table(HEADER, "x" * 200_000)))

        assert (refused.code, refused.sv[:6]) == ("STATISTICS.BAD_CSV", "Rad 2:")

    def test_a_row_is_named_by_the_line_it_begins_on(self) -> None:
        lines = [HEADER, '"två', 'rader";A;2025;1;p;1', "", "T;A;i dag;1;p;1"]

        assert refusal(lambda: tidy.read(table(*lines))).sv.startswith("Rad 5, kolumn 3:")

    def test_reading_a_long_table_rests_and_tells_its_periods(self) -> None:
        rests: list[None] = []
        rows = [f"T;A;{2000 + year};1;p;1" for year in range(30)]
        rows += [f"T;Ort {number};2010;1;p;1" for number in range(1000)]
        told = kind_of("tidy", b"").read(table(HEADER, *rows), lambda: rests.append(None))

        assert len(rests) == len(rows) // SLICE
        assert (told.period, told.geographies) == (("2000", "2029"), 1001)

    def test_too_many_figures_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("services.intake.domain.readers.gathering.MOST_FIGURES", 1)
        lines = [HEADER, "T;A;2025;1;p;1", "T;B;2025;1;p;1"]

        assert refusal(lambda: tidy.read(table(*lines))).code == "STATISTICS.TOO_MANY_FIGURES"


def mapped(*lines: str, mapping: str = MAP) -> Reading:
    return survey.read(table(*lines), more=More(mapping=mapping.encode()))


class TestSurvey:
    def test_the_mapping_says_which_column_is_what(self) -> None:
        told = mapped(ANSWERS, "Kungsholmen;9;Flicka;2024;120;81,5;a", "Essingen;9;;2024;4;x;b")

        assert about(told) == {
            ("trygg-i-skolan.9.flicka", "kungsholmen", "2024", "procent"): 81.5,
            ("trygg-i-skolan.9", "essingen", "2024", "procent"): None,
        }
        assert [one.n for one in told.figures] == [120, 4]
        assert (told.source, told.caution) == ("exempelenkaten", StatisticCaution.SURVEY)

    def test_the_question_may_stand_in_a_column(self) -> None:
        mapping = (
            'source = "e"\nunit = "andel"\ncaution = "AS_GIVEN"\ndecimal = "."\n[columns]\n'
            'area = "a"\nyear = "y"\nvalue = "v"\nindicator = "q"'
        )
        told = mapped("a,y,v,q", "Ett,2024,0.5,Trygg?", "Ett,2024,.,Nöjd?", mapping=mapping)

        assert about(told) == {("trygg", "ett", "2024", "andel"): 0.5}
        assert (told.caution, skips(told)) == (StatisticCaution.AS_GIVEN, [(3, "NO_FIGURES")])

    @pytest.mark.parametrize(
        ("mapping", "code", "word"),
        [
            ("source = ", "MAP_NOT_TOML", "TOML"),
            ("\udcff", "MAP_NOT_TOML", "TOML"),
            ("# " + "x" * 20_000, "MAP_NOT_TOML", "16 KiB"),
            ("", "MAP_WRONG", "source"),
            (MAP.replace('unit = "procent"', ""), "MAP_WRONG", "unit"),
            (MAP.replace('"exempelenkaten"', '"Två ord"'), "MAP_WRONG", "source"),
            (MAP.replace('area = "Område"', ""), "MAP_WRONG", "columns.area"),
            (MAP.replace('year = "År"', "year = 2024"), "MAP_WRONG", "columns.year"),
            (MAP + 'Anna = "x"', "MAP_WRONG", "okänd nyckel"),
            ('caution = "REPORTED_CRIME"' + MAP, "MAP_WRONG", "caution"),
        ],
    )
    def test_a_wrong_mapping_is_refused_by_its_key(
        self, mapping: str, code: str, word: str
    ) -> None:
        more = More(mapping=mapping.encode(errors="surrogateescape"))
        refused = refusal(lambda: survey.read(table(ANSWERS), more=more))

        assert refused.code == f"STATISTICS.{code}"
        assert word in refused.sv
        assert "Anna" not in refused.sv + refused.en

    def test_a_survey_does_not_take_the_name_of_another_kind(self) -> None:
        more = More(mapping=MAP.replace("exempelenkaten", "bra-sol").encode())
        refused = refusal(lambda: kind_of("survey", b"").read(b"", more=more))

        assert (refused.code, "source" in refused.sv) == ("STATISTICS.MAP_WRONG", True)

    def test_without_a_mapping_there_is_no_survey(self) -> None:
        assert refusal(lambda: survey.read(b"")).code == "STATISTICS.MAP_MISSING"

    @pytest.mark.parametrize(
        ("lines", "code", "place"),
        [
            (["Område;År;Andel"], "WRONG_HEADER", "Rad 1:"),
            ([ANSWERS, "A;9;F;2024;1;..;"], "BAD_NUMBER", "Rad 2, kolumn 6:"),
            ([ANSWERS, "A;9;F;VT24;1;1;"], "BAD_PERIOD", "Rad 2, kolumn 4:"),
            ([ANSWERS, "A;9;F;2024;många;1;"], "BAD_NUMBER", "Rad 2, kolumn 5:"),
            ([ANSWERS, ";9;F;2024;1;1;"], "BAD_LABEL", "Rad 2, kolumn 1:"),
        ],
    )
    def test_a_refusal_names_the_place(self, lines: list[str], code: str, place: str) -> None:
        refused = refusal(lambda: mapped(*lines))

        assert (refused.code, refused.sv.startswith(place)) == (f"STATISTICS.{code}", True)

    def test_what_nobody_named_is_refused(self) -> None:
        mapping = MAP.replace('indicator = "Trygg i skolan"', "")
        mapping = mapping.replace('grade = "Årskurs"', "").replace('sex = "Kön"', "")

        refused = refusal(lambda: mapped(ANSWERS, "A;9;F;2024;1;1;", mapping=mapping))
        assert refused.code == "STATISTICS.BAD_LABEL"


HEADERS: dict[str, bytes] = {
    "bra-sol": table("Region;Brott;År;Period;Antal;/100 000 inv"),
    "bra-p1m": table("Tabell P1M b.  Anmälda brott;;;;;"),
    "bra-kommun": table("Kommun;Antal 2024"),
    "skolverket-arskurs": "\ufeffStatistik från Skolverket, https".encode(),
    "json-stat": json.dumps({"class": "dataset", "dimension": {}}, indent=1).encode(),
    "scb-deso-regso": table("Kommun,Kommunnamn,DeSO_2018,RegSO_2020,RegSOkod_2020"),
    "polisen-handelser": b'{"datetime": 1, "name": 1, "type": 1, "location": 1}\n{}\n',
    "open311": b'[{"service_request_id": 1, "service_code": 1}]',
    "311-csv": table("Unique Key,Created Date,Complaint Type,Community Board,Other"),
    "tidy": table(HEADER),
}


class TestKinds:
    @pytest.mark.parametrize("source", HEADERS)
    def test_a_file_is_known_by_its_content(self, source: str) -> None:
        assert kind_of("auto", HEADERS[source]).source == source

    def test_workbooks_are_known_by_their_first_rows(self) -> None:
        for source, title, header in (
            ("skolenkaten", "Skolenkäten 2024 -  Elever år 2", ["Orgnummer"]),
            ("bra-lagesbild", "Anmälda rån", ["Kommun", "Antal 2024"]),
        ):
            assert kind_of("auto", written([title], header)).source == source
        assert (
            refusal(lambda: kind_of("auto", written(["x", "y"]))).code == "STATISTICS.UNKNOWN_KIND"
        )

    def test_a_row_of_a_sheet_is_named_by_the_sheets_number(self) -> None:
        assert reading.Place(2, 7).words == ("Blad 2, rad 7", "Sheet 2, row 7")
        assert reading.letters(703) == "AAA"

    def test_long_lists_are_refused_before_they_are_read(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("services.intake.domain.readers.json_list.MOST_ROWS", 1)
        for content in (b"[1, 2]", b"1\n\n2\n"):
            assert refusal(lambda: list(records(content))).code == reading.TOO_MANY_ROWS.code  # noqa: B023
        assert len(list(records(b"\n{}"))) == 1
        too_many = b"\n" * (reading.MOST_ROWS + 2)
        assert refusal(lambda: reading.text_of(too_many)).code == reading.TOO_MANY_ROWS.code

    def test_letters_of_any_encoding_are_read_also_where_the_beginning_ends(self) -> None:
        header = "Region;Brott;År;Period;Antal;/100 000 inv\n"
        for encoding in ("iso-8859-1", "utf-8", "utf-8-sig"):
            for filling in range(4050, 4056):
                content = (header + "x" * filling + "ååå").encode(encoding)
                assert kind_of("auto", content).source == "bra-sol"

    def test_a_mapping_makes_it_a_survey(self) -> None:
        assert kind_of("auto", table(ANSWERS), More(mapping=b"x")).source == "survey"

    @pytest.mark.parametrize("content", [b"", b"a;b\n1;2\n", b"[1]", b"[]", b"{", b"\xff\xfe\x00"])
    def test_what_is_not_known_is_refused_with_the_list(self, content: bytes) -> None:
        refused = refusal(lambda: kind_of("auto", content))

        assert refused.code == "STATISTICS.UNKNOWN_KIND"
        told = f"{refused.sv} / {refused.en}".replace(".", ",").split()
        assert all(told.count(f"{kind.source},") == 1 for kind in KINDS)

    def test_the_api_offers_the_kinds_there_are(self) -> None:
        assert set(get_args(Source)) == set(SOURCES)

    @pytest.mark.parametrize("caution", StatisticCaution)
    def test_the_district_has_words_for_every_caution(self, caution: StatisticCaution) -> None:
        words = District.load().label(caution)

        assert caution not in {words.sv, words.en}

    def test_long_names_stay_apart_within_80_characters(self) -> None:
        one, other = compound("a" * 70, "b" * 30), compound("a" * 70, "b" * 29 + "c")

        assert max(len(one), len(other)) <= LONGEST
        assert one != other
        assert compound("Trygg", "Årskurs 9") == "trygg.aarskurs-9"

    @pytest.mark.real
    def test_every_real_statistic_is_known_and_taken(self) -> None:
        folders = ("bra", "skola", "scb", "polisen", "civic311")
        files = [path for name in folders for path in (REAL / name).rglob("*") if path.is_file()]
        more = More(period="2021")
        found = {
            path.name: kind_of("auto", path.read_bytes(), more).source for path in sorted(files)
        }

        assert len(found) == 23
        assert set(found.values()) == set(SOURCES) - {"auto", "survey", "tidy", "bra-lagesbild"}


def zipped(**parts: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return kept.getvalue()


def written(*rows: list[str]) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.worksheets[0].append(row)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
RELATIONS = "xl/_rels/workbook.xml.rels"


def changed(parts: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook with these parts in place of its own."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(written(["Ett"]))) as whole:
        usual = {one: whole.read(one) for one in whole.namelist()}
    with zipfile.ZipFile(kept, "w", packing) as archive:
        for name, content in (usual | parts).items():
            archive.writestr(name, content)
    return kept.getvalue()


def using(kind: str, name: str) -> bytes:
    """A workbook whose part of that kind has this name."""
    with zipfile.ZipFile(io.BytesIO(written(["Ett"]))) as whole:
        usual = {one: whole.read(one) for one in whole.namelist()}
    kinds = usual["[Content_Types].xml"]
    if kind == "worksheet":
        told = usual[RELATIONS].replace(SHEET.encode(), name.encode())
        return changed({name: usual[SHEET], RELATIONS: told})
    if kind == "sheet.main":
        folder, file = name.rsplit("/", 1)
        named = kinds.replace(b"/xl/workbook.xml", f"/{name}".encode())
        more = {f"{folder}/_rels/{file}.rels": usual[RELATIONS], name: usual["xl/workbook.xml"]}
        return changed({"[Content_Types].xml": named, **more})
    part = f'<Override PartName="/{name}" ContentType="{OFFICE}.{kind}+xml"/></Types>'
    strings = f"<sst xmlns='{unfolding.MAIN}'><si><t>Ett</t></si></sst>".encode()
    named = kinds.replace(b"</Types>", part.encode())
    return changed({"[Content_Types].xml": named, name: strings})


def lying(content: bytes, name: str, says: int, *, checked: int | None = None) -> bytes:
    """The archive with a part that says to be shorter, and has the check sum of its beginning."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(name) as part:
        crc = zlib.crc32(part.read(says if checked is None else checked))
    told = bytearray(content)
    start = told.rindex(name.encode()) - 46  # in the directory at the end
    assert told[start : start + 4] == b"PK\x01\x02"
    told[start + 16 : start + 20] = crc.to_bytes(4, "little")
    told[start + 24 : start + 28] = says.to_bytes(4, "little")
    return bytes(told)


def wide(rows: int, columns: int) -> bytes:
    made = openpyxl.Workbook(write_only=True)
    sheet = made.create_sheet()
    for _ in range(rows):
        sheet.append([1] * columns)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def all_rows(content: bytes, rest: Callable[[], None] = no_rest) -> int:
    with workbook.opened(content, rest) as book:
        return sum(1 for sheet in book.sheets for _ in book.rows(sheet))


class TestWorkbooks:
    def test_what_would_grow_is_refused_before_it_is_unpacked(self) -> None:
        bomb = zipped(sheet=b"\0" * (unfolding.LARGEST + 1))
        crowd = zipped(**{f"part{number}": b"" for number in range(unfolding.MOST_PARTS + 1)})

        assert len(bomb) < 100_000
        assert refusal(lambda: all_rows(bomb)).code == "STATISTICS.TOO_LARGE_INSIDE"
        picture = changed({"xl/media/image1.png": b"\0" * (unfolding.LARGEST + 1)})
        assert refusal(lambda: all_rows(picture)).code == "STATISTICS.TOO_LARGE_INSIDE"
        assert refusal(lambda: all_rows(crowd)).code == "STATISTICS.TOO_LARGE_INSIDE"
        tree = zipped(styles=b" " * (unfolding.LARGEST_HELD + 1))
        assert refusal(lambda: all_rows(tree)).code == "STATISTICS.TOO_LARGE_INSIDE"

    def test_what_an_archive_says_of_its_parts_is_not_believed(self) -> None:
        name, says = "xl/styles.xml", 100
        bomb = lying(changed({name: b" " * (60 * unfolding.MIB)}), name, says)
        assert len(bomb) < 100_000
        tracemalloc.start()
        try:
            code = refusal(lambda: all_rows(bomb)).code
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

        assert code in {"STATISTICS.TOO_LARGE_INSIDE", "STATISTICS.NOT_XLSX"}
        assert most < 8 * unfolding.MIB
        for checked in (says, 2 * says):
            small = lying(changed({name: b" " * (2 * says)}), name, says, checked=checked)
            assert refusal(lambda: all_rows(small)).code == "STATISTICS.NOT_XLSX"  # noqa: B023

    @pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_a_part_packed_as_no_workbook_is_is_refused(self, packing: int) -> None:
        bomb = changed({"docProps/app.xml": b" " * (60 * unfolding.MIB)}, packing)
        assert len(bomb) < 100_000
        assert refusal(lambda: all_rows(bomb)).code == "STATISTICS.NOT_XLSX"

    @pytest.mark.parametrize(
        ("name", "before", "many", "after"),
        [
            ("xl/styles.xml", "<x xmlns='{}'><cellXfs>", "<xf/>", "</cellXfs></x>"),
            ("xl/sharedStrings.xml", "<sst xmlns='{}'>", "<t/>", "</sst>"),
            ("xl/sharedStrings.xml", "<sst xmlns='{}'><si>", "<r/>", "</si></sst>"),
            ("xl/sharedStrings.xml", "<sst xmlns='{}'><x>", "<si/>", "</x></sst>"),
            (SHEET, "<x xmlns='{}'><sheetData><row>", "<c/>", "</row></sheetData></x>"),
            (SHEET, "<worksheet xmlns='{}'>", "<c/>", "</worksheet>"),
            (SHEET, "<worksheet xmlns='u'><sheetData>", "<row/>", "</sheetData></worksheet>"),
        ],
    )  # fmt: skip
    def test_what_a_reader_would_hold_at_a_time_is_bounded(
        self, name: str, before: str, many: str, after: str
    ) -> None:
        many *= unfolding.MOST_HELD
        part = (before.format(unfolding.MAIN) + many + after).encode()
        assert refusal(lambda: all_rows(changed({name: part}))).code == (
            "STATISTICS.TOO_LARGE_INSIDE"
        )

    @pytest.mark.parametrize(
        "name",
        ["xl/styles.xml", "xl/theme/theme1.xml", "xl/workbook.xml", "docProps/core.xml", RELATIONS],
    )
    @pytest.mark.parametrize("many", ["<x><row><c/><c/></row></x>", "<si><t/><t/></si>"])
    def test_what_is_read_whole_lets_go_of_nothing(
        self, monkeypatch: pytest.MonkeyPatch, name: str, many: str
    ) -> None:
        monkeypatch.setattr(unfolding, "MOST_HELD", 300)
        part = f"<x xmlns='{unfolding.MAIN}'>{many * 150}</x>".encode()
        assert refusal(lambda: all_rows(changed({name: part}))).code == (
            "STATISTICS.TOO_LARGE_INSIDE"
        )

    @pytest.mark.parametrize(
        ("kind", "name"),
        [
            ("sheet.main", "xl/worksheets/sheet2.xml"),
            ("sheet.main", "xl/sharedStrings.xml"),
            ("sharedStrings", "xl/worksheets/sheet2.xml"),
            ("worksheet", "xl/sharedStrings.xml"),
        ],
    )
    def test_a_part_that_is_used_as_another_one_is_refused(self, kind: str, name: str) -> None:
        assert all_rows(using(kind, "xl/other.xml")) == 1
        assert refusal(lambda: all_rows(using(kind, name))).code == "STATISTICS.NOT_XLSX"

    def test_what_nobody_opens_is_counted_alone_and_cannot_be_a_sheet(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(unfolding, "MOST_HELD", 300)
        part = f"<x xmlns='{unfolding.MAIN}'>{'<c/>' * 400}</x>".encode()
        names = (
            "xl/calcChain.xml", "xl/pivotCache/pivotCacheRecords1.xml", "xl/media/image1.svg",
            "xl/drawings/vmlDrawing1.vml", "xl/comments1.xml", "xl/comments/comment1.xml",
            "docProps/app.xml",
        )  # fmt: skip
        assert all_rows(changed(dict.fromkeys(names, part))) == 1
        with zipfile.ZipFile(io.BytesIO(changed({}))) as archive:
            relations = archive.read(RELATIONS).replace(SHEET.encode(), b"xl/calcChain.xml")
        assert all_rows(changed({RELATIONS: relations, "xl/calcChain.xml": part})) == 0
        monkeypatch.setattr(unfolding, "LARGEST", 10_000)
        bomb = dict.fromkeys(names, part * 2)
        assert refusal(lambda: all_rows(changed(bomb))).code == "STATISTICS.TOO_LARGE_INSIDE"

    def test_a_row_with_nothing_in_it_is_passed_over(self) -> None:
        sheet = written(["a"], [""], ["b"])
        with workbook.opened(sheet, lambda: None) as book:
            assert [number for number, _ in book.rows(1)] == [1, 3]

    def test_a_sheet_of_a_chart_is_passed_over(self) -> None:
        made = openpyxl.Workbook()
        made.worksheets[0].append(["Ett"])
        made.create_chartsheet().add_chart(BarChart())
        kept = io.BytesIO()
        made.save(kept)
        assert all_rows(kept.getvalue()) == 1

    def test_rows_and_shared_strings_are_let_go_one_by_one(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(unfolding, "MOST_HELD", 300)
        assert all_rows(wide(1000, 40)) == 1000
        assert all_rows(written(*([f"Ett {number}"] for number in range(1000)))) == 1000
        monkeypatch.setattr(unfolding, "MOST_LET_GO", 999)
        assert refusal(lambda: all_rows(wide(1000, 1))).code == "STATISTICS.TOO_LARGE_INSIDE"

    @pytest.mark.parametrize(
        "content", [b"", b"PK\x03\x04", zipped(a=b"x"), wide(1, 1)[:-30], b"PK\x03\x04" * 99]
    )
    def test_what_is_no_workbook_is_refused(self, content: bytes) -> None:
        assert refusal(lambda: all_rows(content)).code == "STATISTICS.NOT_XLSX"

    def test_entities_are_refused(self) -> None:
        kept = io.BytesIO(wide(1, 1))
        with zipfile.ZipFile(kept) as archive:
            parts = {one: archive.read(one) for one in archive.namelist()}
        evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
        parts["xl/worksheets/sheet1.xml"] = evil + b"<worksheet>&a;</worksheet>"

        assert refusal(lambda: all_rows(zipped(**parts))).code == "STATISTICS.NOT_XLSX"

    def test_cells_are_counted_while_they_are_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(workbook, "MOST_CELLS", 100)
        refused = refusal(lambda: all_rows(wide(11, 10)))

        assert (all_rows(wide(10, 10)), refused.code) == (10, "STATISTICS.TOO_LARGE_INSIDE")

    def test_rows_and_sheets_are_counted_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(workbook, "MOST_ROWS", 5)
        assert refusal(lambda: all_rows(wide(6, 1))).code == reading.TOO_MANY_ROWS.code
        monkeypatch.setattr(workbook, "MOST_SHEETS", 0)
        assert refusal(lambda: all_rows(wide(1, 1))).code == "STATISTICS.TOO_LARGE_INSIDE"

    def test_reading_a_wide_sheet_rests_again_and_again(self) -> None:
        rests: list[None] = []
        all_rows(wide(100, 200), lambda: rests.append(None))

        assert len(rests) >= 100 * 200 // workbook.CELLS_PER_SLICE
