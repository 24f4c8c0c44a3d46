"""Whatever bytes a record holds, decoding says what it is and never raises."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from shared.bus.codec import Arrived, Poison, Poll, decoded, parser_for, records_of
from tests.bus.support import Sent, concern


@dataclass
class FakeRecord:
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    offset: int = 0
    partition: int = 0
    topic: str = "t"
    timestamp: int = 0


class FakeOwner:
    consumer = None


def record_of(sent: Sent, *, partition: int = 0, offset: int = 0) -> FakeRecord:
    key, value, headers = sent.raw()
    return FakeRecord(key, value, list(headers), offset, partition)


HEADERS = [name for name, _ in concern(1).raw()[2]]
BYTES = st.none() | st.binary(max_size=60)


@given(
    key=BYTES,
    value=BYTES,
    headers=st.lists(st.tuples(st.sampled_from(HEADERS) | st.text(max_size=5), BYTES)),
)
async def test_any_record_is_an_event_or_poison(
    key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes | None]]
) -> None:
    found = await decoded([FakeRecord(key, value, headers)])
    assert isinstance(found[0][0], Poison)
    assert found[0][0].reason.isupper()


@given(place=st.integers(0, 15), value=BYTES)
async def test_one_wrong_header_makes_poison_or_leaves_an_event(
    place: int, value: bytes | None
) -> None:
    record = record_of(concern(1))
    spoilt = [(n, value if i == place else v) for i, (n, v) in enumerate(record.headers)]
    found = await decoded([replace(record, headers=spoilt)])
    assert isinstance(found[0][0], Poison | Arrived)


async def test_records_come_by_partition_and_in_their_order() -> None:
    records = [record_of(concern(n), partition=n % 3, offset=n) for n in range(200)]
    found = await decoded(records)
    assert {p: [thing.record.offset for thing in things] for p, things in found.items()} == {
        p: list(range(p, 200, 3)) for p in range(3)
    }


async def test_the_parser_leaves_records_alone_and_does_not_commit() -> None:
    records = (FakeRecord(None, None, [("x", None)]),)
    poll = await parser_for(FakeOwner())(records)
    assert isinstance(poll, Poll)
    assert await records_of(poll) is records
    await poll.ack()
    assert poll.committed is not None
