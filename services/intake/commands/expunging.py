"""Destroying what a reporter wrote, for good: the line, then the keys, then the sealed fields.

With the texts go the agency's own reference and a resident's contact: nothing personal is left.
Dying in between leaves either everything readable and a line too many, or texts that nobody can
open: the same command, sent again, finishes. Never is there an event whose key still stands.
"""

from dataclasses import dataclass
from typing import Final

from services.intake.commands.changing import NOT_FOUND, STALE, By
from services.intake.commands.trail import Act, Line, Trail
from services.intake.commands.vault import Vault
from services.intake.domain.concern import Concern
from services.intake.domain.expunging import ENDING, expunged
from services.intake.store import Store
from services.intake.store.at_home import going_out
from shared.contracts.codes import ConcernState
from shared.contracts.concerns import ConcernNarrativeExpunged
from shared.contracts.envelope import Provenance
from shared.contracts.ids import ConcernId
from shared.contracts.intake_codes import ExpungeBasis
from shared.contracts.refusal import Refused
from shared.store.errors import Conflict, Unavailable
from shared.store.stream import Loaded

TRIES: Final = 8


@dataclass(frozen=True, slots=True)
class Ground:
    """On the strength of what something is destroyed, and where that is written down."""

    basis: ExpungeBasis
    reference: str


@dataclass(frozen=True, slots=True)
class Expunged:
    """What was personal is gone; `replayed` when it was before."""

    concern_id: ConcernId
    status: ConcernState
    version: int
    replayed: bool


class Expunging:
    """The command that destroys everything personal about a concern."""

    def __init__(self, store: Store, vault: Vault, trail: Trail) -> None:
        self._store = store
        self._vault = vault
        self._trail = trail

    async def expunge(
        self, concern_id: str, ground: Ground, by: By, *, while_: ConcernState | None = None
    ) -> Expunged:
        """Destroy what was written in a concern of the district, and how to reach who wrote it.

        A decision on disposal takes what it names: texts, `while_` the concern is in that state.
        One that stays registered keeps its contact and own reference then.

        Raises:
            Refused: there is no such concern, there is nothing to destroy, or it has moved.
            Unavailable: it may not be finished; send it again.
        """
        why = by.why
        standing, texts_only = await self._find(concern_id, why, while_), while_ is not None
        apart = await self._apart(standing, texts_only=texts_only)
        if done := _done(standing, apart=apart, texts_only=texts_only):
            return done
        if by.if_match not in {None, standing.version}:
            raise Refused(STALE)
        expunged(_kept(standing), apart=apart, texts_only=texts_only)
        reference = ground.reference
        await self._trail.note(
            Line(act=Act.NARRATIVE_EXPUNGED, subject=standing.id, why=why, reference=reference)
        )
        return await self._destroy(standing, ground, why, while_)

    async def _destroy(
        self, standing: Loaded, ground: Ground, why: Provenance, while_: ConcernState | None
    ) -> Expunged:
        """The keys, then what they opened; again where somebody sealed something meanwhile."""
        texts_only = while_ is not None
        for _ in range(TRIES):
            left = expunged(_kept(standing), apart=True, texts_only=texts_only)
            await self._vault.destroy(ConcernId(standing.id))
            if left.status is ConcernState.EXPUNGED or not texts_only:
                await self._store.contacts.forget(standing.id)
            try:
                return await self._strip(standing, left, ground, why)
            except Conflict:
                standing = await self._find(standing.id, why, while_)
            apart = await self._apart(standing, texts_only=texts_only)
            if done := _done(standing, apart=apart, texts_only=texts_only):
                return done
        raise Unavailable("BUSY")

    async def _strip(
        self, standing: Loaded, left: Concern, ground: Ground, why: Provenance
    ) -> Expunged:
        """Take the sealed fields away and tell it, in one write."""
        told = {"basis": ground.basis.value, "reference": ground.reference, "at": why.time}
        version = await self._store.concerns.append(
            standing.id,
            expected=standing,
            state=left.model_dump(mode="json", exclude_none=True),
            events=going_out(standing, [ConcernNarrativeExpunged(basis=ground.basis)]),
            provenance=why,
            extra={"vault": {}, "expunged": told, "last_command": None},
        )
        return Expunged(ConcernId(standing.id), left.status, version, replayed=False)

    async def _apart(self, standing: Loaded, *, texts_only: bool) -> bool:
        """Whether a sealed text, a key or, unless it is about texts only, a contact is kept.

        A key that stands after expunging is of a repeated report: it opens nothing, and the sweep
        takes it.
        """
        if standing.extra.get("vault"):
            return True
        if "expunged" not in standing.extra and await self._store.data_keys.any_of(standing.id):
            return True
        return not texts_only and await self._store.contacts.get(standing.id) is not None

    async def _find(self, concern_id: str, why: Provenance, while_: ConcernState | None) -> Loaded:
        standing = await self._store.quarantined.any(concern_id, why.district)
        if standing is None:
            raise Refused(NOT_FOUND)
        if while_ not in {None, standing.state["status"]}:
            raise Refused(STALE)
        return standing


def _kept(standing: Loaded) -> Concern:
    return Concern.model_validate(standing.state)


def _done(standing: Loaded, *, apart: bool, texts_only: bool) -> Expunged | None:
    """The answer of the first time, unless there is something to destroy still."""
    kept = _kept(standing)
    numbered = kept.external_reference is not None and not texts_only
    if "expunged" not in standing.extra or apart or numbered or kept.status in ENDING:
        return None
    return Expunged(ConcernId(standing.id), kept.status, standing.version, replayed=True)
