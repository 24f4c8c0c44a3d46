"""Promises of an entry: what is stored is byte for byte what is sent and read again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.envelope import Event, decode
from shared.store.client import Document
from shared.store.entries import Pending, from_log, to_entries, to_event, to_log
from tests.store.support import WHY, Noted, Opened, later

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
events = st.one_of(
    st.builds(Opened, number=st.integers(0, 10**9), words=words),
    st.builds(Noted, number=st.integers(0, 10**9)),
)


@given(st.lists(st.lists(events, max_size=6), max_size=5))
def test_sequences_are_gapless_over_any_appends(appends: list[list[Event]]) -> None:
    seqs: dict[str, int] = {}
    stored: list[Document] = []
    for batch in appends:
        entries, seqs = to_entries("a", seqs, batch, source="/test", why=WHY)
        stored += entries
    for topic in ("test.first", "test.second"):
        numbers = [entry["seq"] for entry in stored if entry["topic"] == topic]
        assert numbers == list(range(1, len(numbers) + 1))
    assert [entry["n"] for entry in stored] == list(range(1, len(stored) + 1))
    assert len({entry["id"] for entry in stored}) == len(stored)


@given(events, st.integers(0, 999_999))
def test_a_consumer_reads_exactly_what_was_stored(event: Event, microsecond: int) -> None:
    when = later(3).time.replace(microsecond=microsecond)
    why = replace(WHY, time=when)
    [entry], _ = to_entries("a", {}, [event], source="/test", why=why)
    row = Pending("a", entry)
    assert decode(row.headers, row.value) == to_event("a", entry)
    assert to_event("a", entry).event == event
    assert timedelta(0) <= when - entry["time"] < timedelta(milliseconds=1)
    assert row.key == b"a"


def test_times_are_kept_to_the_millisecond_in_utc() -> None:
    stockholm = timezone(timedelta(hours=2))
    when = datetime(2026, 6, 5, 14, 0, 0, 123_999, tzinfo=stockholm)
    [entry], _ = to_entries(
        "a", {}, [Opened(number=1)], source="/test", why=replace(later(0), time=when)
    )
    assert entry["time"] == datetime(2026, 6, 5, 12, 0, 0, 123_000, tzinfo=UTC)


def test_an_event_is_the_same_from_the_log_as_from_the_outbox() -> None:
    entries, _ = to_entries("a", {}, [Opened(number=1), Noted(number=2)], source="/test", why=WHY)
    for entry in entries:
        row = Pending("a", entry)
        again = from_log(to_log(row))
        assert to_event("a", again.entry) == to_event("a", entry)
        assert (again.id, again.topic, again.seq) == (row.id, row.topic, row.seq)
        assert (again.headers, again.value) == (row.headers, row.value)
