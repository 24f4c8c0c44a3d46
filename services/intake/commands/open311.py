"""Service requests by GeoReport: take one in, and read back what the own agency posted.

A repeat is known by its content. Where a description links to the sender's own case (FixMyStreet
does), the content alone tells: the same link with the same words is the same report, whenever it
comes. Where it does not, the hour counts too: the same words an hour or two later are taken for a
repeat, later for a report of its own. (Within the hour, and the whole hour after it.)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.intake.commands.concerns import Accepted, Concerns, Diverted, Enclosed
from services.intake.commands.trail import Act, Line, Purpose, Trail
from services.intake.commands.vault import Vault
from services.intake.domain.life import OVER
from services.intake.domain.open311.posted import Posted
from services.intake.domain.open311.report import besides, narrative_of, own_case, report_of
from services.intake.domain.open311.status import Move, Progress, changes, progress
from services.intake.store import ServiceRequest, Store
from services.intake.store.cases import Case, Step
from services.intake.store.service_requests import READABLE, VIA
from shared.contracts.codes import ConcernState
from shared.contracts.concerns import (
    ConcernNarrativeExpunged,
    ConcernRejected,
    ConcernWithdrawn,
)
from shared.contracts.envelope import Provenance
from shared.contracts.ids import ConcernId

NARRATIVE = "narrative"
HOUR = timedelta(hours=1)
ENDINGS = frozenset({ConcernRejected.__name__, ConcernWithdrawn.__name__})
EXPUNGED = ConcernNarrativeExpunged.__name__


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as somebody may see it: words only by the agency, or the key, that posted them.

    Attributes:
        posted: what it posted, unless its text was changed since.
        text: what the text was changed to.
        ended_at: when it was rejected, withdrawn or expunged.
    """

    kept: ServiceRequest
    case: Case | None
    progress: Progress
    posted: Posted | None = None
    text: str | None = None
    ended_at: datetime | None = None

    @property
    def moved_at(self) -> datetime:
        """When its status last changed; nothing changes that of one that is over."""
        if self.ended_at is not None:
            return self.ended_at
        return self.case.moved_at if self.case else self.kept.registered_at


@dataclass(frozen=True, slots=True)
class Update:
    """One move of a request, as it is told once."""

    request: ConcernId
    move: Move

    @property
    def id(self) -> str:
        """The same whenever it is asked for, and of this move alone."""
        told, at = self.move.progress.extended.value, self.move.at
        return f"{self.request}-{self.move.event or f'{told}-{at:%Y-%m-%dT%H:%M:%SZ}'}"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads back; a key that reads no texts is given what it posted itself, and no more.

    Attributes:
        key: what names the key; never the key.
    """

    why: Provenance
    key: str
    reads_texts: bool

    def opens(self, row: ServiceRequest) -> bool:
        """Whether any words of a request are for this reader."""
        own = row.agency == self.why.agency and row.status in READABLE
        if not self.reads_texts:
            return own and row.posted_by == self.key and VIA in row.sealed.texts
        return own and bool({VIA, NARRATIVE} & row.sealed.texts.keys())


class ServiceRequests:
    """The commands behind GeoReport."""

    def __init__(self, concerns: Concerns, store: Store, vault: Vault, trail: Trail) -> None:
        self._concerns = concerns
        self._store = store
        self._vault = vault
        self._trail = trail

    async def take_in(
        self, posted: Posted, why: Provenance, *, key: str, synthetic: bool
    ) -> Accepted | Diverted:
        """Take in one post of the key of this name; the same post again gives the same answer.

        Raises:
            Faulty, Refused: a rule is broken.
            Unavailable: nothing stands, or it may; the same post may be sent again.
        """
        text = posted.model_dump_json(exclude_defaults=True)
        hour = why.time.replace(minute=0, second=0, microsecond=0)
        lasting = own_case(posted) is not None
        mark = self._mark(text, None if lasting else hour, synthetic=synthetic)
        if not lasting:
            earlier = self._mark(text, hour - HOUR, synthetic=synthetic)
            if await self._store.concerns.load(self._concerns.identity(earlier, why)):
                mark, hour = earlier, hour - HOUR
        said = report_of(posted, hour, synthetic=synthetic)
        enclosed = Enclosed(VIA, text, key, besides(posted))
        return await self._concerns.report(said, mark, why, enclosed=enclosed)

    def _mark(self, text: str, hour: datetime | None, *, synthetic: bool) -> str:
        when = hour.isoformat() if hour else ""
        return self._vault.digest_of(f"{VIA}\n{when}\n{synthetic}\n{text}")

    async def seen(self, rows: Sequence[ServiceRequest]) -> list[Seen]:
        """How far these requests have come; without what was posted."""
        cases = await self._store.cases.of([row.id for row in rows])
        ends = await self._ends(rows)
        return [_seen(row, cases.get(row.id), ends.get(row.id)) for row in rows]

    async def updates(
        self, rows: Sequence[ServiceRequest], since: datetime, until: datetime
    ) -> list[Update]:
        """Every move of these requests in that time that changed what is told, the first first."""
        steps = await self._store.cases.steps_of([row.id for row in rows])
        ends = await self._ends(rows)
        found = [
            Update(row.id, move)
            for row in rows
            for move in changes(_moves(steps.get(row.id, ()), ends.get(row.id)))
            if since <= move.at <= until
        ]
        return sorted(found, key=lambda one: (one.move.at, one.request))

    async def _ends(self, rows: Sequence[ServiceRequest]) -> dict[str, Move]:
        """How those of them that are over ended."""
        ends: dict[str, Move] = {}
        status = {str(row.id): row.status for row in rows if row.status in OVER}
        events = await self._store.concerns.entries_of([*status]) if status else []
        for event in events:
            one = event.aggregate_id
            if event.name in ENDINGS or (event.name == EXPUNGED and one not in ends):
                over = progress(status[one], None)
                ends[one] = Move(event.id, event.entry["time"], over)
        return ends

    async def opened(self, seen: Sequence[Seen], reader: Reader) -> list[Seen]:
        """The same, the reader's own with what was posted; of each a line says so first.

        Raises:
            Unavailable: the vault or the trail is away: then nothing is shown.
        """
        own = (
            row.sealed.only(VIA, NARRATIVE)
            for row in (one.kept for one in seen)
            if reader.opens(row)
        )
        sealed = [each for each in own if each.texts]
        if not sealed:
            return list(seen)
        lines = [_line(one.concern_id, reader.why) for one in sealed]
        await self._trail.note(*lines)
        texts = await self._vault.open_each(sealed)
        return [
            _with_words(one, texts.get(one.kept.id), as_it_stands=reader.reads_texts)
            for one in seen
        ]


def _moves(steps: Sequence[Step], end: Move | None) -> list[Move]:
    """All moves of a request: coordination's, until intake's own ended it."""
    found = [
        Move(step.event, step.case.moved_at, _of_case(step.case))
        for step in steps
        if end is None or step.case.moved_at < end.at
    ]
    return found if end is None else [*found, end]


def _line(subject: str, why: Provenance) -> Line:
    purpose = Purpose.OPEN311_READ_BACK
    return Line(act=Act.NARRATIVE_READ, subject=subject, why=why, purpose=purpose)


def _with_words(seen: Seen, texts: Mapping[str, str] | None, *, as_it_stands: bool) -> Seen:
    """As it was posted; where the text was changed since, as it now stands or without words."""
    if texts is None:
        return seen
    text = texts.get(NARRATIVE, "")
    if VIA in texts:
        posted = Posted.model_validate_json(texts[VIA])
        if text == narrative_of(posted):
            return replace(seen, posted=posted)
    return replace(seen, text=text or None) if as_it_stands else seen


def _seen(row: ServiceRequest, case: Case | None, end: Move | None) -> Seen:
    told = _of_case(case, row.status) if case else progress(row.status, None)
    return Seen(row, case, told, ended_at=end.at if end else None)


def _of_case(case: Case, status: ConcernState = ConcernState.REGISTERED) -> Progress:
    return progress(status, case.state, case.feedback, case.effect)
