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
from services.intake.domain.open311.posted import Posted
from services.intake.domain.open311.report import besides, narrative_of, own_case, report_of
from services.intake.domain.open311.status import Progress, progress
from services.intake.store import ServiceRequest, Store
from services.intake.store.cases import Case
from services.intake.store.service_requests import READABLE, VIA
from shared.contracts.envelope import Provenance

NARRATIVE = "narrative"
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as somebody may see it: words only by the agency that posted them.

    Attributes:
        posted: what it posted, unless its text was changed since.
        text: what the text was changed to.
    """

    kept: ServiceRequest
    case: Case | None
    progress: Progress
    posted: Posted | None = None
    text: str | None = None

    @property
    def moved_at(self) -> datetime:
        """When its status last changed."""
        return self.case.moved_at if self.case else self.kept.registered_at


class ServiceRequests:
    """The commands behind GeoReport."""

    def __init__(self, concerns: Concerns, store: Store, vault: Vault, trail: Trail) -> None:
        self._concerns = concerns
        self._store = store
        self._vault = vault
        self._trail = trail

    async def take_in(
        self, posted: Posted, why: Provenance, *, synthetic: bool
    ) -> Accepted | Diverted:
        """Take in one post; the same post again gives the same answer.

        Raises:
            Faulty, Refused: a rule is broken.
            Unavailable: nothing stands, or it may; the same post may be sent again.
        """
        text = posted.model_dump_json(exclude_defaults=True)
        hour = why.time.replace(minute=0, second=0, microsecond=0)
        lasting = own_case(posted) is not None
        key = self._key(text, None if lasting else hour, synthetic=synthetic)
        if not lasting:
            earlier = self._key(text, hour - HOUR, synthetic=synthetic)
            if await self._store.concerns.load(self._concerns.identity(earlier, why)):
                key, hour = earlier, hour - HOUR
        said = report_of(posted, hour, synthetic=synthetic)
        enclosed = Enclosed(VIA, text, besides(posted))
        return await self._concerns.report(said, key, why, enclosed=enclosed)

    def _key(self, text: str, hour: datetime | None, *, synthetic: bool) -> str:
        when = hour.isoformat() if hour else ""
        return self._vault.digest_of(f"{VIA}\n{when}\n{synthetic}\n{text}")

    async def seen(self, rows: Sequence[ServiceRequest]) -> list[Seen]:
        """How far these requests have come; without what was posted."""
        cases = await self._store.cases.of([row.id for row in rows])
        return [
            Seen(row, case, _progress(row, case)) for row in rows for case in (cases.get(row.id),)
        ]

    async def opened(self, seen: Sequence[Seen], why: Provenance) -> list[Seen]:
        """The same, the own agency's with what it posted; of each a line says so first.

        Raises:
            Unavailable: the vault or the trail is away: then nothing is shown.
        """
        own = (
            row.sealed.only(VIA, NARRATIVE)
            for row in (one.kept for one in seen)
            if row.agency == why.agency and row.status in READABLE
        )
        sealed = [each for each in own if each.texts]
        if not sealed:
            return list(seen)
        purpose = Purpose.OPEN311_READ_BACK
        await self._trail.note(
            *(
                Line(act=Act.NARRATIVE_READ, subject=one.concern_id, why=why, purpose=purpose)
                for one in sealed
            )
        )
        texts = await self._vault.open_each(sealed)
        return [_with_words(one, texts.get(one.kept.id)) for one in seen]


def _with_words(seen: Seen, texts: Mapping[str, str] | None) -> Seen:
    """As it was posted; where the text was corrected or redacted since, as it now stands."""
    if texts is None:
        return seen
    text = texts.get(NARRATIVE, "")
    if VIA in texts:
        posted = Posted.model_validate_json(texts[VIA])
        if text == narrative_of(posted):
            return replace(seen, posted=posted)
    return replace(seen, text=text or None)


def _progress(row: ServiceRequest, case: Case | None) -> Progress:
    if case is None:
        return progress(row.status, None)
    return progress(row.status, case.state, case.feedback, case.effect)
