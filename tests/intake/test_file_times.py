"""Times in a file of concerns: what is taken is the day that was written, the rest is refused."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.commands.imports import refused
from services.intake.domain.concern_file import FileRow, rows_of
from services.intake.domain.file_heads import heads_of
from services.intake.domain.file_map import FileMap
from services.intake.domain.file_times import Seen, seen
from shared.contracts.refusal import Refused

STOCKHOLM = ZoneInfo("Europe/Stockholm")
REST = "ENV.LITTER;PL-HORN;utomhus;sett;första gången;1"
HEADS = "Kategori;Plats;Slags plats;Säkerhet;Återkommande;Allvar"


def row(heads: str, cells: str, by: FileMap | None = None) -> FileRow:
    [only] = rows_of(f"{HEADS};{heads}\n{REST};{cells}\n".encode(), by)
    return only


def span(read: FileRow) -> tuple[str | None, str | None]:
    """From and to in Stockholm's time, to the minute."""
    if read.report is None:
        return None, None
    times = (read.report.observed_from, read.report.observed_to)
    since, until = (f"{t.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}" if t else None for t in times)
    return since, until


def why(read: FileRow) -> str:
    assert read.report is None
    return refused(read).reason or ""


@pytest.mark.parametrize(
    ("hours", "since", "until"),
    [
        ("21-23", "2026-04-02 21:00", "2026-04-02 23:00"),
        ("14-16", "2026-04-02 14:00", "2026-04-02 16:00"),
        ("21:00-23:00", "2026-04-02 21:00", "2026-04-02 23:00"),
        ("9.30 \N{EN DASH} 11", "2026-04-02 09:30", "2026-04-02 11:00"),
        ("0900-1000", "2026-04-02 09:00", "2026-04-02 10:00"),
        ("kl. 20 till 22", "2026-04-02 20:00", "2026-04-02 22:00"),
        ("22-02", "2026-04-02 22:00", "2026-04-03 02:00"),
        ("22:30-24:00", "2026-04-02 22:30", "2026-04-03 00:00"),
    ],
)
def test_a_span_of_hours_is_from_and_to(hours: str, since: str, until: str) -> None:
    assert span(row("Datum;Tid", f"2026-04-02;{hours}")) == (since, until)
    assert span(row("Sett från", f"2026-04-02 {hours}")) == (since, until)


@pytest.mark.parametrize(
    ("hour", "meant"),
    [
        ("9", "09:00"), ("9.30", "09:30"), ("09:30:15", "09:30"), ("0930", "09:30"),
        ("kl 9", "09:00"), ("kl. 14:00", "14:00"), ("Klockan 9.30", "09:30"), ("14.00", "14:00"),
        ("14:00+02:00", "14:00"), ("14:00 Z", "16:00"), ("1400+0200", "14:00"),
    ],
)  # fmt: skip
def test_an_hour_is_read_as_people_write_it(hour: str, meant: str) -> None:
    assert span(row("Datum;Tid", f"2026-04-02;{hour}")) == (f"2026-04-02 {meant}", None)
    assert span(row("Sett från", f"2026-04-02 {hour}")) == (f"2026-04-02 {meant}", None)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-04-01T14:00:00+02:00", "2026-04-01T12:00:00Z", "2026-04-01t12:00:00.5z",
        "2026-04-01T09:00:00-03:00", "2026-04-01 09:00:00-03:00", "20260401T1400",
    ],
)  # fmt: skip
def test_what_standards_write_is_read_as_they_mean_it(cell: str) -> None:
    assert span(row("Sett från", cell)) == ("2026-04-01 14:00", None)


@pytest.mark.parametrize(
    "hours",
    ["25:00", "24:00", "9:5", "930", "9-9", "9-10-11", "22-24:30", "21+0200", "14:00+23:00",
     "21:00+02:00-23:00", "eftermiddag", "-", "21:00-", "1e3"],
)  # fmt: skip
def test_an_hour_that_may_mean_several_things_is_refused_with_an_example(hours: str) -> None:
    for read in (row("Datum;Tid", f"2026-04-02;{hours}"), row("Sett från", f"2026-04-02 {hours}")):
        assert [field for field, _ in read.findings] == ["observed_from"]
        assert "2026-04-01 14:00" in why(read)
        assert "dates" in why(read)
        assert "RFC" not in why(read)


@pytest.mark.parametrize(
    "cell",
    ["01/10/2026 14:00", "1.10.2026 14:00:00", "1 oktober 2026 kl 14", "46000,5", "1780000000",
     "260401 14:00", "2026-W15-4 14:00", "2026-02-30 14:00", "2026-04-01T21-23",
     "2026-04-01T21:00-23:00", "0001-01-01 10:00", "2026-04-01 14:00" + " " * 3000 + "x"],
)  # fmt: skip
def test_a_day_that_may_mean_several_is_refused_with_the_hint_of_a_map(cell: str) -> None:
    assert 'dates i kartan, som "%d/%m/%Y %H:%M"' in why(row("Sett från", cell))


def test_of_a_day_alone_it_is_the_hour_that_is_missing() -> None:
    for read in (
        row("Sett från", "2026-04-01"),
        row("Datum;Tid", "2026-04-01;"),
        row("Datum;Tid", "2026-04-01;", FileMap.read('dates = ["%Y-%m-%d %H:%M"]')),
    ):
        assert [field for field, _ in read.findings] == ["observed_from"]
        assert "klockslaget saknas" in why(read)
        assert "zon" not in why(read)


def test_an_end_is_told_once() -> None:
    twice = row("Datum;Tid;Sett till", "2026-04-02;21-23;2026-04-03 01:00")
    assert [field for field, _ in twice.findings] == ["observed_to"]
    assert "två ställen" in why(twice)
    assert why(row("Datum;Tid;Sett till", "2026-04-02;21;2026-04-02 22-23"))
    once = row("Datum;Tid;Sett till", "2026-04-02;21;2026-04-03 01:00")
    assert span(once) == ("2026-04-02 21:00", "2026-04-03 01:00")


def test_where_the_map_says_how_times_are_written_nothing_else_is_tried() -> None:
    by = FileMap.read('dates = ["%Y-%d-%m %H:%M"]')
    assert span(row("Sett från", "2026-25-03 10:00", by)) == ("2026-03-25 10:00", None)
    assert span(row("Sett från", "2026-02-03 10:00", by)) == ("2026-03-02 10:00", None)
    assert why(row("Sett från", "2026-02-03T10:00:00Z", by))


@pytest.mark.parametrize(
    ("form", "hours", "since", "until"),
    [
        ("%d/%m/%Y %H:%M", "9.30", "2026-06-05 09:30", None),
        ("%d/%m/%Y %H.%M", "9.30", "2026-06-05 09:30", None),
        ("%d/%m/%Y %H.%M", "21-02", "2026-06-05 21:00", "2026-06-06 02:00"),
        ("%d/%m/%Y %H:%M", "21:15-23:45", "2026-06-05 21:15", "2026-06-05 23:45"),
        ("%d/%m/%Y %H-%M", "21-23", "2026-06-05 21:23", None),
    ],
)
def test_days_as_the_map_says_take_hours_of_their_own_column(
    form: str, hours: str, since: str, until: str | None
) -> None:
    by = FileMap(dates=[form])
    assert span(row("Datum;Tid", f"05/06/2026;{hours}", by)) == (since, until)


@pytest.mark.parametrize("hours", ["x", "1-2-3", "9:30Z", "9-9", ""])
def test_hours_the_map_cannot_mean_are_refused(hours: str) -> None:
    assert why(row("Datum;Tid", f"05/06/2026;{hours}", FileMap(dates=["%d/%m/%Y %H:%M"])))


def test_a_day_in_another_form_than_told_is_refused_whatever_its_hour() -> None:
    assert "dates i kartan" in why(row("Datum;Tid", "05/06/2026;9.30"))
    assert why(row("Datum;Tid", "2026-06-05;9.30", FileMap(dates=["%d/%m/%Y %H:%M"])))


def test_a_zone_no_place_has_is_none() -> None:
    by = FileMap(dates=["%d/%m/%Y %H:%M%z"])
    assert why(row("Sett från", "05/06/2026 21:00-2300", by))
    assert span(row("Sett från", "05/06/2026 21:00+0200", by)) == ("2026-06-05 21:00", None)


DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
MARKS = st.sampled_from(["", " ", "-", "+", ":", ".", "T", "Z", "kl ", "24", "\N{EN DASH}", "till"])
PIECES = st.lists(MARKS | st.integers(0, 2400).map(str), max_size=8).map("".join)


@settings(deadline=None, max_examples=1000)
@given(day=DAYS, hours=PIECES | st.from_regex(r"[0-9]{1,4}([:.][0-9]{2})?-[0-9]{1,4}(:[0-9]{2})?"))
def test_nothing_that_is_taken_is_on_another_day_than_written(day: date, hours: str) -> None:
    for read in (seen(f"{day}", (), hours.strip()), seen(f"{day} {hours}".strip(), ())):
        if isinstance(read, Seen):
            assert read.since.date() == day
            assert read.until is None or read.until.date() - day <= timedelta(days=1)
            assert read.until is None or read.since.replace(tzinfo=None) < clock(read.until)


def clock(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)


@given(moment=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - by the map
def test_a_time_as_the_map_writes_it_is_that_time(moment: datetime) -> None:
    for form in ("%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%Y-%d-%m %I.%M.%S %p"):
        read = seen(f"{moment:{form}}", [form])
        assert isinstance(read, Seen)
        assert clock(read.since) == moment.replace(microsecond=0)


def test_columns_are_called_what_the_file_calls_them() -> None:
    heads = heads_of(
        b"Typ;Datum;klockan;Beskrivning;lat;long\n", FileMap(columns={"Typ": "category"})
    )
    assert heads["category"] == "Typ"
    assert heads["observed_from"] == "Datum, klockan"
    assert heads["observed_to"] == "klockan"
    assert heads["narrative"] == "Beskrivning"
    assert (heads["point"], heads["point.lat"]) == ("lat, long", "lat")
    assert heads["place_type"] == "Slags plats"
    assert heads_of("Sett från\n".encode())["observed_from"] == "Sett från"


def test_two_columns_for_the_same_are_told_by_their_heads() -> None:
    with pytest.raises(Refused) as refusal:
        row("Fritext;Beskrivning", "x;y")
    assert "Fritext, Beskrivning" in refusal.value.refusal.sv
    assert "narrative" not in refusal.value.refusal.sv


@pytest.mark.parametrize("toml", ["surprise = 1", "[Surprise.columns]\na = 1", "kolumner = {}"])
def test_a_table_no_map_has_is_named_with_those_it_may_have(toml: str) -> None:
    with pytest.raises(Refused) as refusal:
        FileMap.read(toml)
    words = refusal.value.refusal.sv
    assert toml.strip("[").split(" ")[0].split(".")[0] in words
    assert "delimiter, columns, ignore, constants, values, dates" in words
