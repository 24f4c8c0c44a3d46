"""The bench of the write path: group commit against single inserts, at the same durability.

Both store the same concern documents, as intake does: state and outbox in one document, write
concern majority, one process, the same number of callers each waiting for its own answer. Rounds
are interleaved, so that a slow moment of the machine meets both. After each round the documents
of both are compared.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from statistics import median, quantiles
from time import perf_counter
from typing import Final
from uuid import uuid4

from shared.contracts.codes import Certainty, PlaceType, Recurrence, Role
from shared.contracts.concerns import ConcernRegistered
from shared.contracts.envelope import Provenance
from shared.contracts.ids import AgencyCode, DistrictCode, concern_id
from shared.store.client import Client, Collection, Document, connect
from shared.store.errors import translated
from shared.store.group_commit import GroupCommit
from shared.store.stream import Stream

WARM_UP: Final = 512
PROMISED: Final = 5.0
_WHEN: Final = datetime(2026, 6, 6, 7, 12, tzinfo=UTC)
Insert = Callable[[Document], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Round:
    """One round of one way of writing."""

    per_second: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Result:
    """All rounds of both ways, and how many documents each round stored."""

    callers: int
    documents: int
    same_documents: bool
    group_commit: list[Round]
    single_inserts: list[Round]

    @property
    def ratio(self) -> float:
        """How many times the rate of single inserts, by the medians of the rounds."""
        return _rate(self.group_commit) / _rate(self.single_inserts)

    @property
    def kept(self) -> bool:
        """Whether the promise holds: the ratio and the same documents."""
        return self.same_documents and self.ratio >= PROMISED

    def as_json(self) -> Document:
        """The result for a file."""
        return asdict(self) | {"ratio": round(self.ratio, 2), "promised": PROMISED}

    def table(self) -> str:
        """The result for a person."""
        head = f"{'':16}{'documents/s':>14}{'range':>18}{'p50 ms':>9}{'p99 ms':>9}{'ratio':>8}"
        return "\n".join(
            [
                (
                    f"{self.callers} callers, {self.documents} documents a round, "
                    f"{len(self.group_commit)} interleaved rounds, w: majority"
                ),
                head,
                _line("single inserts", self.single_inserts, 1.0),
                _line("group commit", self.group_commit, self.ratio),
                "the same documents stand in both"
                if self.same_documents
                else "THE DOCUMENTS DIFFER: the figures mean nothing",
            ]
        )


def _rate(rounds: Sequence[Round]) -> float:
    return median(one.per_second for one in rounds)


def _line(name: str, rounds: Sequence[Round], ratio: float) -> str:
    rates = [one.per_second for one in rounds]
    spread = f"{min(rates):,.0f} to {max(rates):,.0f}"
    p50, p99 = median(one.p50_ms for one in rounds), median(one.p99_ms for one in rounds)
    return f"{name:16}{median(rates):>14,.0f}{spread:>18}{p50:>9.1f}{p99:>9.1f}{ratio:>7.1f}x"


async def run(
    mongo_url: str, *, callers: int = 64, seconds: float = 1.5, rounds: int = 5
) -> Result:
    """Measure on that MongoDB, in a database of its own that is dropped afterwards.

    A round stores as many documents as single inserts manage in about `seconds`.
    """
    client = connect(mongo_url)
    name = f"samlad_bench_{uuid4().hex[:8]}"
    try:
        return await _Bench(client, name, callers).run(seconds, rounds)
    finally:
        await client.drop(name)
        await client.close()


class _Bench:
    def __init__(self, client: Client, database: str, callers: int) -> None:
        self._database = client.database(database)
        self._callers = callers
        self._single: list[Round] = []
        self._grouped: list[Round] = []
        self._same = True

    async def run(self, seconds: float, rounds: int) -> Result:
        warm = await self._one_by_one("warm_single", _documents(self._stream("any"), WARM_UP))
        await self._together("warm_grouped", _documents(self._stream("any"), WARM_UP))
        count = max(WARM_UP, int(warm.per_second * seconds))
        for number in range(rounds):
            await self._round(number, _documents(self._stream("any"), count))
        return Result(self._callers, count, self._same, self._grouped, self._single)

    async def _round(self, number: int, documents: list[Document]) -> None:
        single, grouped = f"single_{number}", f"grouped_{number}"
        self._single.append(await self._one_by_one(single, documents))
        self._grouped.append(await self._together(grouped, documents))
        self._same &= await self._equal(single, grouped, len(documents))

    def _stream(self, name: str) -> Stream:
        return Stream(self._database[name], source="/intake")

    async def _one_by_one(self, name: str, documents: list[Document]) -> Round:
        stream = self._stream(name)
        await stream.prepare()

        async def insert(document: Document) -> None:
            with translated():
                await stream.collection.insert_one(document)

        return await self._measured(documents, insert)

    async def _together(self, name: str, documents: list[Document]) -> Round:
        stream = self._stream(name)
        await stream.prepare()
        commit = GroupCommit(stream)
        try:
            return await self._measured(documents, commit.insert)
        finally:
            await commit.stop()

    async def _measured(self, documents: list[Document], insert: Insert) -> Round:
        rest, waits = iter(documents), list[float]()

        async def caller() -> None:
            for document in rest:
                asked = perf_counter()
                await insert(document)
                waits.append(perf_counter() - asked)

        begun = perf_counter()
        await asyncio.gather(*(caller() for _ in range(self._callers)))
        taken = perf_counter() - begun
        cuts = quantiles(waits, n=100)
        return Round(len(documents) / taken, 1000 * cuts[49], 1000 * cuts[98])

    async def _equal(self, one: str, other: str, count: int) -> bool:
        stored = [await _stored(self._database[name]) for name in (one, other)]
        return stored[0] == stored[1] and len(stored[0]) == count


async def _stored(collection: Collection) -> dict[str, Document]:
    with translated():
        return {document["_id"]: document async for document in collection.find()}


def _documents(stream: Stream, count: int) -> list[Document]:
    """Make concerns as intake stores them, with a vault field of a usual size."""
    why = Provenance(
        time=_WHEN,
        district=DistrictCode("KUNGSHOLMEN"),
        agency=AgencyCode("FIELD_WORKERS"),
        actor_role=Role.REPORTER,
        correlation_id="bench",
    )
    vault = {"narrative": b"n" * 300, "contact": b"c" * 60}
    event = _concern()
    state = event.model_dump(mode="json")
    ids = (concern_id("FIELD_WORKERS", uuid4().hex) for _ in range(count))
    return [stream.record(one, None, state, [event], why, {"vault": vault}) for one in ids]


def _concern() -> ConcernRegistered:
    return ConcernRegistered(
        category="ENV.LITTER",
        place_id="PL-HORN",
        place_type=PlaceType.OUTDOOR,
        observed_from=_WHEN,
        certainty=Certainty.SEEN,
        recurrence=Recurrence.FIRST,
        severity=1,
        wants_feedback=True,
        has_narrative=True,
        source_agency="FIELD_WORKERS",
        registered_at=_WHEN,
        synthetic=True,
    )
