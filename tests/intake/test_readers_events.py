"""Lists of events become counts: police notices, Open311 requests, 311 exports of two cities."""

import csv
import json
import re
from collections import Counter
from typing import Any

import pytest

from services.intake.domain.readers import police, requests
from services.intake.domain.readers.reading import Reading
from tests.intake.readings import about, refusal, skips
from tests.support.real import REAL

Json = dict[str, Any]
Counts = dict[tuple[str, str, str], float | None]


def by_label(reading: Reading) -> Counts:
    """What, where and month in the publisher's own words -> count."""
    named = reading.labels
    return {
        (named[one.indicator], named[one.geography], one.period): one.value
        for one in reading.figures
    }


def notice(number: int, **changes: object) -> Json:
    told: Json = {
        "id": number,
        "datetime": "2025-03-04 7:04:20 +01:00",
        "name": "03 mars 21.15, Brand, Exempelby",
        "summary": "Anna Exempel brann",
        "url": "/aktuellt/",
        "type": "Brand",
        "location": {"name": "Exempelby", "gps": "59.1,18.1"},
    }
    return told | changes


def notices(*told: Json) -> bytes:
    return json.dumps(list(told)).encode()


class TestPolice:
    def test_notices_are_counted_per_type_place_and_month(self) -> None:
        reading = police.read(notices(notice(1), notice(2), notice(3, type="Rån, försök")))

        assert about(reading) == {
            ("brand", "exempelby", "2025-03", "antal"): 2,
            ("raan-foersoek", "exempelby", "2025-03", "antal"): 1,
        }
        assert (reading.rows, reading.taken) == (3, 3)

    def test_nothing_of_the_text_is_in_the_reading(self) -> None:
        told = repr(police.read(notices(notice(4711))))

        assert not any(word in told for word in ("Anna", "4711", "59.1", "aktuellt", "21.15"))

    def test_the_month_is_that_of_the_event_also_over_new_year(self) -> None:
        first = notice(1, datetime="2025-01-01 7:00:00 +01:00", name="31 december 23.50, Brand")
        second = notice(2, datetime="2025-03-01 0:10:00 +01:00", name="28 februari 23.50, Brand")
        third = notice(3, name="i natt, Brand")
        fourth = notice(4, name="31 juni, Brand")
        fifth = notice(5, datetime="2025-06-29 7:00:00 +02:00", name="02 juli 07.00, Brand")
        periods = Counter(
            one.period for one in police.read(notices(first, second, third, fourth, fifth)).figures
        )

        assert periods == {"2024-12": 1, "2025-02": 1, "2025-03": 1, "2025-07": 1}

    def test_months_at_the_edge_of_a_list_are_preliminary(self) -> None:
        told = [
            notice(month, datetime=f"2025-{month:02}-09 7:00:00 +01:00", name="", type=f"T{month}")
            for month in (1, 2, 3)
        ]
        reading = police.read(notices(*told))

        assert {one.period: one.preliminary for one in reading.figures} == {
            "2025-01": True,
            "2025-02": False,
            "2025-03": True,
        }

    def test_the_version_seen_last_counts_and_summaries_do_not(self) -> None:
        lines = [
            {"seen_at": "x", "event": notice(1)},
            {"seen_at": "y", "event": notice(1, type="Mordbrand")},
            {"seen_at": "z", "event": notice(2, type="Sammanfattning natt")},
        ]
        reading = police.read("\n".join(map(json.dumps, lines)).encode())

        assert by_label(reading) == {("Mordbrand", "Exempelby", "2025-03"): 1}
        assert skips(reading) == [(1, "OLDER_VERSION"), (3, "SUMMARY_OF_OTHERS")]

    @pytest.mark.parametrize(
        ("content", "code", "place"),
        [
            (b"[", "BAD_JSON", "Rad 1:"),
            (b"[]", "NO_ROWS", "Rad 1:"),
            (b"[1]", "WRONG_FORM", "Post 1:"),
            (b'{"id": 1}\nx', "BAD_JSON", "Rad 2:"),
            (notices(notice(1), {"id": 2}), "FIELD_MISSING", "Post 2:"),
            (notices(notice(1, type="")), "FIELD_MISSING", "Post 1:"),
            (notices(notice(1, type="a\0b")), "BAD_LABEL", "Post 1:"),
            (notices(notice(1, location=None)), "FIELD_MISSING", "Post 1:"),
            (notices(notice(1, type="x" * 81)), "BAD_LABEL", "Post 1:"),
            (notices(notice(1, datetime="2025-03-04")), "BAD_PERIOD", "Post 1:"),
            (notices(notice(1, datetime="2025-02-30 7:04:20 +01:00")), "BAD_PERIOD", "Post 1:"),
            (notices(notice(1, type="Sammanfattning kväll")), "NO_FIGURES", "Rad 1:"),
        ],
    )
    def test_a_refusal_names_the_place(self, content: bytes, code: str, place: str) -> None:
        refused = refusal(lambda: police.read(content))

        assert (refused.code, refused.sv.startswith(place)) == (f"STATISTICS.{code}", True)

    @pytest.mark.real
    @pytest.mark.parametrize(
        ("name", "rows", "taken", "figures"),
        [
            ("api-events-snapshot-2024-06-12.json", 500, 415, 330),
            ("stockholm-2024.jsonl", 1155, 1155, 458),
            ("revisions-sweden-2024.jsonl", 304, 132, 122),
        ],
    )
    def test_the_real_lists_count_as_an_independent_reading_says(
        self, name: str, rows: int, taken: int, figures: int
    ) -> None:
        content = (REAL / "polisen" / name).read_text("utf-8")
        reading = police.read(content.encode())
        told = (
            json.loads(content)
            if name.endswith(".json")
            else [json.loads(line) for line in content.splitlines()]
        )
        last = {one.get("event", one)["id"]: one.get("event", one) for one in told}
        expected = Counter(
            (one["type"].strip(), one["location"]["name"], month_of(one["url"]))
            for one in last.values()
            if "Sammanfattning" not in one["type"]
        )

        assert by_label(reading) == expected
        assert (reading.rows, reading.taken, len(reading.figures)) == (rows, taken, figures)
        assert sum(expected.values()) == taken


def month_of(url: str) -> str:
    """The month of an event by its address, which the reader does not look at."""
    months = ["januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti"]
    months += ["september", "oktober", "november", "december"]
    _, year, month = re.findall(r"(handelser)/(\d{4})/([a-z]+)/", url)[0]
    return f"{year}-{months.index(month) + 1:02}"


def request(number: int, **changes: object) -> Json:
    told: Json = {
        "service_request_id": f"A-{number}",
        "service_code": "017",
        "service_name": "Ampel defekt",
        "description": "Anna Exempel wartet",
        "requested_datetime": "2025-02-16T21:26:17+01:00",
        "address": "Beispielstr. 1, 50999 Köln - Neustadt/Süd",
        "lat": 50.1,
    }
    return told | changes


class TestOpen311:
    def test_requests_are_counted_per_service_area_and_month(self) -> None:
        reading = requests.read_open311(
            notices(request(1), request(2), request(2), request(3, address=None))
        )

        assert by_label(reading) == {
            ("Ampel defekt", "Neustadt/Süd", "2025-02"): 2,
            ("Ampel defekt", "Okänt område", "2025-02"): 1,
        }
        assert skips(reading) == [(3, "EXACT_DUPLICATE")]
        assert all(one.preliminary for one in reading.figures)

    @pytest.mark.parametrize(
        "address",
        ["Beispielstr. 1", "Beispielstr. - Haus 12", " - Weiden", "Weg 1 - c/o Anna, 2 tr", "A - "],
    )
    def test_what_is_no_district_never_becomes_an_area(self, address: str) -> None:
        reading = requests.read_open311(notices(request(1, address=address)))

        assert {one.geography for one in reading.figures} == {"okaent-omraade"}
        assert "Anna" not in repr(reading)

    @pytest.mark.parametrize(
        ("told", "code"),
        [
            ({"a": 1}, "WRONG_FORM"),
            (request(1, service_name=None), "FIELD_MISSING"),
            (request(1, service_name="x" * 81), "BAD_LABEL"),
            (request(1, requested_datetime="i dag"), "BAD_PERIOD"),
            (request(1, requested_datetime="2025-02-30T10:00:00Z"), "BAD_PERIOD"),
        ],
    )
    def test_a_refusal_names_the_item(self, told: Json, code: str) -> None:
        refused = refusal(lambda: requests.read_open311(notices(request(9), told)))

        assert (refused.code, refused.sv[:7]) == (f"STATISTICS.{code}", "Post 2:")

    @pytest.mark.real
    def test_the_real_list_counts_as_an_independent_reading_says(self) -> None:
        content = (REAL / "civic311/koeln-open311/requests-2016-02.json").read_text("utf-8")
        reading = requests.read_open311(content.encode())
        expected = Counter(
            (one["service_name"], (re.findall(r" - (\D+)$", one["address"]) or ["Okänt område"])[0])
            for one in json.loads(content)
        )

        assert {key[:2]: value for key, value in by_label(reading).items()} == expected
        assert (reading.rows, reading.taken, len(reading.figures)) == (50, 50, 37)
        assert {one.period for one in reading.figures} == {"2016-02"}


NEW_YORK = "Unique Key,Created Date,Complaint Type,Incident Address,Community Board"
CHICAGO = (
    "Creation_Date,Status,Service_Request_Number,Type_of_Service_Request,"
    "What_is_the_Nature_of_this_Code_Violation,Street_Address,Community_Area"
)


def table(*lines: str) -> bytes:
    return "\n".join([*lines, ""]).encode()


class TestCity311:
    def test_new_york_by_portal_and_api(self) -> None:
        rows = ("1,{},Noise,1 SECRET STREET,04 BRONX", "2,{},Noise,,0 Unspecified")
        portal = [row.format("05/01/2022 12:00:03 AM") for row in rows]
        api = [row.format("2022-05-01T00:00:03.000") for row in rows]
        expected = {
            ("Noise", "New York community board 04 BRONX", "2022-05"): 1,
            ("Noise", "New York community board okänt område", "2022-05"): 1,
        }

        for header, told in ((NEW_YORK, portal), (NEW_YORK.lower().replace(" ", "_"), api)):
            reading = requests.read_311(table(header, *told))
            assert by_label(reading) == expected
            assert "SECRET" not in repr(reading)

    def test_chicago_marks_its_duplicates(self) -> None:
        reading = requests.read_311(
            table(
                CHICAGO,
                "2012-01-01,Completed,12-1,Sanitation,Garbage,8 SECRET AVE,44",
                "2012-01-02,Completed - Dup,12-2,Sanitation,Garbage,8 SECRET AVE,44",
                "2012-01-02,Completed,12-3,Sanitation,,,",
                "2012-01-02,Completed,12-3,Sanitation,,,",
            )
        )

        assert by_label(reading) == {
            ("Sanitation, Garbage", "Chicago community area 44", "2012-01"): 1,
            ("Sanitation, Utan uppgift", "Chicago community area okänt område", "2012-01"): 1,
        }
        assert skips(reading) == [(3, "MARKED_DUPLICATE"), (5, "EXACT_DUPLICATE")]

    @pytest.mark.parametrize(
        ("lines", "code", "place"),
        [
            ([], "WRONG_HEADER", "Rad 1:"),
            (["a,b"], "WRONG_HEADER", "Rad 1:"),
            ([NEW_YORK], "NO_ROWS", "Rad 1:"),
            ([NEW_YORK, "1,2,3"], "WRONG_FIELDS", "Rad 2:"),
            ([NEW_YORK, ",2022-05-01,Noise,,04"], "FIELD_MISSING", "Rad 2:"),
            ([NEW_YORK, "1,13/01/2022 12:00:00 AM,Noise,,04"], "BAD_PERIOD", "Rad 2:"),
            ([NEW_YORK, f"1,2022-05-01,{'x' * 81},,04"], "BAD_LABEL", "Rad 2:"),
        ],
    )
    def test_a_refusal_names_the_row(self, lines: list[str], code: str, place: str) -> None:
        refused = refusal(lambda: requests.read_311(table(*lines)))

        assert (refused.code, refused.sv.startswith(place)) == (f"STATISTICS.{code}", True)

    @pytest.mark.real
    @pytest.mark.parametrize(
        ("name", "date", "service", "area", "prefix", "counts"),
        [
            (
                "chicago/sanitation-code-2012-first2000.csv",
                "Creation_Date",
                ("Type_of_Service_Request", "What_is_the_Nature_of_this_Code_Violation"),
                "Community_Area",
                "Chicago community area ",
                (2000, 1904, 656),
            ),
            (
                "nyc/nyc311-portal-2022-05-01.csv",
                "Created Date",
                ("Complaint Type",),
                "Community Board",
                "New York community board ",
                (924, 924, 284),
            ),
            (
                "nyc/nyc311-api-2023-12-10.csv",
                "created_date",
                ("complaint_type",),
                "community_board",
                "New York community board ",
                (500, 500, 137),
            ),
        ],
    )
    def test_the_real_lists_count_as_an_independent_reading_says(
        self,
        name: str,
        date: str,
        service: tuple[str, ...],
        area: str,
        prefix: str,
        counts: tuple[int, int, int],
    ) -> None:
        path = REAL / "civic311" / name
        reading = requests.read_311(path.read_bytes())
        with path.open(encoding="utf-8-sig", newline="") as file:
            told = [row for row in csv.DictReader(file) if "Dup" not in row.get("Status", "")]
        expected = Counter(
            (
                ", ".join(row[column] or "Utan uppgift" for column in service),
                prefix + (row[area] if row[area] not in {"", "0 Unspecified"} else "okänt område"),
                f"{year[0]}-{row[date].replace('/', '-').removeprefix(year[0] + '-')[:2]}",
            )
            for row in told
            if (year := re.findall(r"\d{4}", row[date]))
        )

        assert by_label(reading) == expected
        assert (reading.rows, reading.taken, len(reading.figures)) == counts
        assert sum(expected.values()) == counts[1]
