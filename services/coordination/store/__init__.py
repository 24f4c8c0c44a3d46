"""Every question coordination asks of MongoDB."""

from collections.abc import Sequence
from typing import Final

from services.coordination.domain import assignment, case, cycle, picture, place, problem
from services.coordination.store.aggregates import Aggregates, Next, Stored
from services.coordination.store.incoming import Incoming, Span
from services.coordination.store.kinds import (
    Assignments,
    Cases,
    Cycles,
    Pictures,
    Places,
    Problems,
)
from shared.store.client import Client, Database
from shared.store.entries import StoredEvent
from shared.store.errors import StoreError
from shared.store.stream import Stream
from shared.telemetry.health import Status

__all__ = ["Aggregates", "Next", "Span", "Store", "Stored"]

SOURCE: Final = "/coordination"


class Store:
    """Coordination's own aggregates and the concerns that came in."""

    def __init__(self, client: Client, database: Database) -> None:
        self._client = client

        def stream(name: str) -> Stream:
            return Stream(database[name], source=SOURCE)

        self.incoming = Incoming(database)
        self.cases = Cases(stream("cases"), case.Case, case.evolve)
        self.problems = Problems(stream("problems"), problem.Problem, problem.evolve)
        self.assignments = Assignments(
            stream("assignments"), assignment.Assignment, assignment.evolve
        )
        self.pictures = Pictures(stream("pictures"), picture.Picture, picture.evolve)
        self.places = Places(stream("places"), place.Place, place.evolve)
        self.cycles = Cycles(stream("cycles"), cycle.Cycle, cycle.evolve)

    @property
    def streams(self) -> Sequence[Stream]:
        """What the relay publishes from."""
        return (
            self.cases.stream,
            self.problems.stream,
            self.assignments.stream,
            self.pictures.stream,
            self.places.stream,
            self.cycles.stream,
        )

    async def prepare(self) -> None:
        """Make every index; harmless to repeat."""
        for stream in self.streams:
            await stream.prepare()
        for kind in (self.cases, self.problems, self.assignments, self.pictures):
            await kind.prepare()
        await self.incoming.prepare()

    async def answers(self) -> Status:
        """Whether MongoDB answers."""
        try:
            await self._client.ping()
        except StoreError as error:
            return Status(ok=False, detail_code=error.code)
        return Status(ok=True)

    async def history_of_problem(
        self, problem_id: str, case_ids: Sequence[str], assignment_ids: Sequence[str]
    ) -> list[StoredEvent]:
        """Every event of a problem, its cases and its assignments, in the order they happened."""
        told = [
            *await self.problems.stream.events_of([problem_id]),
            *await self.cases.stream.events_of(case_ids),
            *await self.assignments.stream.events_of(assignment_ids),
        ]
        return sorted(told, key=lambda one: one.meta.time)
