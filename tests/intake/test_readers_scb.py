"""SCB: JSON-stat 2 tables, and the key from DeSO to RegSO."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from services.intake.domain.readers import deso, json_stat
from services.intake.domain.readers.reading import MOST_ROWS, Reading
from tests.intake.readings import about, refusal, skips
from tests.support.real import REAL

Json = dict[str, Any]


def dataset(**changes: object) -> Json:
    told: Json = {
        "version": "2.0",
        "class": "dataset",
        "id": ["Region", "Kon", "ContentsCode", "Tid"],
        "size": [2, 1, 1, 2],
        "role": {"time": ["Tid"], "metric": ["ContentsCode"]},
        "dimension": {
            "Region": {"category": {"index": {"9902": 1, "9901": 0}, "label": {"9901": "Ett"}}},
            "Kon": {"category": {"label": {"1": "män"}}},
            "ContentsCode": {
                "category": {
                    "index": ["X"],
                    "label": {"X": "Folkmängd"},
                    "unit": {"X": {"base": "antal"}},
                }
            },
            "Tid": {"category": {"index": ["2026M01", "2026K2"]}},
        },
        "value": [1, 2.5, None, None],
        "status": {"3": ".."},
    }
    return told | changes


def read(told: object) -> Reading:
    return json_stat.read(json.dumps(told).encode())


def dimension(told: Json, name: str, category: object) -> Json:
    return told | {"dimension": told["dimension"] | {name: {"category": category}}}


class TestJsonStat:
    def test_cells_are_told_in_the_order_of_their_dimensions(self) -> None:
        reading = read(dataset())

        assert about(reading) == {
            ("folkmaengd.maen", "region-9901", "2026-01", "antal"): 1,
            ("folkmaengd.maen", "region-9901", "2026-Q2", "antal"): 2.5,
            ("folkmaengd.maen", "region-9902", "2026-Q2", "antal"): None,
        }
        assert reading.labels["region-9901"] == "9901 Ett"
        assert (reading.rows, skips(reading)) == (4, [(3, "NO_FIGURES")])

    def test_values_and_marks_may_be_sparse_or_one_for_all(self) -> None:
        sparse = read(dataset(value={"1": 7}, status=None))
        marked = read(dataset(status="c"))
        listed = read(dataset(status=[None, None, "..", None]))

        assert [one.value for one in sparse.figures] == [7]
        assert [one.value for one in marked.figures] == [1, 2.5, None, None]
        assert [one.place.row for one in listed.figures if one.suppressed] == [3]

    def test_without_a_region_it_is_about_the_whole_country(self) -> None:
        told = dataset(id=["Tid"], size=[2], value=[1, 2], role=None)
        reading = read(told)

        assert {(one.geography, one.indicator, one.unit) for one in reading.figures} == {
            ("hela-landet", "json-stat", "vaerde")
        }

    @pytest.mark.parametrize(
        ("code", "period"),
        [("2026", "2026"), ("2026M12", "2026-12"), ("2026V07", "2026-W07"), ("2026H2", "2026-H2")],
    )
    def test_time_is_told_as_the_contract_writes_it(self, code: str, period: str) -> None:
        assert json_stat.period_of(1, code) == period

    def test_an_answer_of_metadata_names_codes_and_observes_nothing(self) -> None:
        reading = read(dataset(value=[]))

        assert (reading.figures, reading.rows) == ((), 2)
        assert reading.labels == {"region-9901": "9901 Ett", "region-9902": "9902 9902"}

    @pytest.mark.parametrize(
        ("told", "code"),
        [
            ([], "WRONG_FORM"),
            ({"class": "collection"}, "WRONG_FORM"),
            (dataset(version="1.3"), "WRONG_FORM"),
            (dataset(size=[2, 1, 1]), "WRONG_FORM"),
            (dataset(size=[1, 1, 1, 2]), "WRONG_FORM"),
            (dataset(id="Region"), "WRONG_FORM"),
            (dataset(value=[1]), "WRONG_FORM"),
            (dataset(value="1"), "WRONG_FORM"),
            (dataset(value=[], id=["Tid"], size=[2]), "WRONG_FORM"),
            (dimension(dataset(), "Kon", None), "WRONG_FORM"),
            (dimension(dataset(), "Kon", {}), "WRONG_FORM"),
            (dimension(dataset(), "Kon", {"index": {"1": 5}}), "WRONG_FORM"),
            (dataset(id=["Kon"], size=[1], value=[1], role={}), "WRONG_FORM"),
            (dataset(value=[1, "2", 3, 4]), "BAD_NUMBER"),
            (dataset(value=[1, True, 3, 4]), "BAD_NUMBER"),
            (dataset(value=[1e300, 2, 3, 4]), "BAD_NUMBER"),
            (dimension(dataset(), "Tid", {"index": ["i dag", "2026"]}), "BAD_PERIOD"),
            (dimension(dataset(), "Tid", {"index": ["2026M13", "2026"]}), "BAD_PERIOD"),
            (dimension(dataset(), "Tid", {"index": ["2026", "2026"]}), "CONFLICTING_ROWS"),
        ],
    )
    def test_what_is_no_dataset_is_refused(self, told: object, code: str) -> None:
        assert refusal(lambda: read(told)).code == f"STATISTICS.{code}"

    def test_a_refused_cell_is_named_by_its_number(self) -> None:
        assert refusal(lambda: read(dataset(value=[1, "2", 3, 4]))).sv.startswith("Post 2:")
        assert refusal(lambda: json_stat.read(b"{")).code == "STATISTICS.WRONG_FORM"

    def test_a_whole_database_is_refused_before_it_is_read(self) -> None:
        codes = [str(number) for number in range(MOST_ROWS)]
        told = dimension(dataset(size=[MOST_ROWS, 1, 1, 2]), "Region", {"index": codes})

        assert refusal(lambda: read(told)).code == "STATISTICS.TOO_MANY_ROWS"

    @pytest.mark.real
    def test_the_real_table_reads_as_an_independent_reading_says(self) -> None:
        path = REAL / "scb/TAB6471_data.json"
        reading = json_stat.read(path.read_bytes())
        told = json.loads(path.read_text("utf-8"))
        strides = [132, 12, 4, 4, 1]
        assert told["size"] == [21, 11, 3, 1, 4]
        codes = [told["dimension"][name]["category"]["index"] for name in told["id"]]
        found = {(one.geography, one.period, one.indicator): one.value for one in reading.figures}
        for region, at in codes[0].items():
            for month, when in codes[4].items():
                indicator = "folkmaengden-per-maanad.30-39-aar.kvinnor"
                place = at * strides[0] + 3 * strides[1] + 2 * strides[2] + when
                key = f"region-{region}", month.replace("M", "-"), indicator
                assert found[key] == told["value"][place]

        assert [one.value for one in reading.figures] == told["value"]
        assert (reading.rows, reading.taken, len(found), reading.geographies) == (
            2772, 2772, 2772, 21,
        )  # fmt: skip

    @pytest.mark.real
    def test_the_real_metadata_names_the_regions(self) -> None:
        reading = json_stat.read((REAL / "scb/TAB6471_metadata.json").read_bytes())

        assert (reading.rows, len(reading.labels), reading.figures) == (312, 312, ())
        assert reading.labels["region-0180"] == "0180 Stockholm"


HEADER = "Kommun,Kommunnamn,DeSO_2018,RegSO_2020,RegSOkod_2020"


def key(*rows: str, header: str = HEADER) -> bytes:
    return b"\xef\xbb\xbf" + "\r\n".join([header, *rows, ""]).encode()


class TestKeyOfAreas:
    def test_it_names_both_codes_and_observes_nothing(self) -> None:
        row = "9901,Exempelby,9901A0010,Centrum,9901R001"
        reading = deso.read(key(row, row))

        assert (reading.figures, reading.rows, skips(reading)) == ((), 2, [(3, "EXACT_DUPLICATE")])
        assert reading.labels == {
            "region-9901a0010": "9901A0010 Centrum, Exempelby",
            "region-9901r001": "9901R001 Centrum, Exempelby",
        }

    @pytest.mark.parametrize(
        ("content", "code", "place"),
        [
            (b"", "WRONG_HEADER", "Rad 1:"),
            (key(header="Kommun,DeSO"), "WRONG_HEADER", "Rad 1:"),
            (key(), "NO_ROWS", "Rad 1:"),
            (key("9901,E,9902A0010,C,9901R001"), "BAD_CODE", "Rad 2, kolumn 3:"),
            (key("9901,E,9901A0010,C,9901X001"), "BAD_CODE", "Rad 2, kolumn 5:"),
            (key("9901,,9901A0010,C,9901R001"), "BAD_LABEL", "Rad 2:"),
            (key("9901,E,9901A0010,C"), "WRONG_FIELDS", "Rad 2:"),
            (
                key("9901,E,9901A0010,C,9901R001", "9901,E,9901A0010,C,9901R002"),
                "CONFLICTING_ROWS",
                "Rad 3, kolumn 3:",
            ),
        ],
    )
    def test_a_refusal_names_the_place(self, content: bytes, code: str, place: str) -> None:
        refused = refusal(lambda: deso.read(content))

        assert (refused.code, refused.sv.startswith(place)) == (f"STATISTICS.{code}", True)

    @pytest.mark.real
    def test_the_real_key_reads_as_an_independent_reading_says(self) -> None:
        path: Path = REAL / "scb/koppling-deso2018-regso2020.csv"
        reading = deso.read(path.read_bytes())
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        kungsholm = [slug for slug, label in reading.labels.items() if " Kungsholm, " in label]

        assert (reading.rows, reading.taken) == (len(rows), 5984)
        assert set(reading.labels) == {
            f"region-{row[name].lower()}" for row in rows for name in ("DeSO_2018", "RegSOkod_2020")
        }
        assert len(kungsholm) == 13 + 1
