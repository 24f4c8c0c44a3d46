"""Destroying what a reporter wrote, for good: the line, then the key, then the sealed fields.

Dying in between leaves either everything readable and a line too many, or texts that nobody can
open: the same command, sent again, finishes. Never is there an event whose key still stands.
"""

from dataclasses import dataclass
from typing import Final

from services.intake.commands.changing import NOT_FOUND, STALE, By
from services.intake.commands.trail import Act, Line, Trail
from services.intake.commands.vault import Vault
from services.intake.domain.concern import Concern
from services.intake.domain.expunging import expunged
from services.intake.store import Store
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
    """The texts are gone; `replayed` when they were before."""

    concern_id: ConcernId
    status: ConcernState
    version: int
    replayed: bool


class Expunging:
    """The command that destroys texts."""

    def __init__(self, store: Store, vault: Vault, trail: Trail) -> None:
        self._store = store
        self._vault = vault
        self._trail = trail

    async def expunge(self, concern_id: str, ground: Ground, by: By) -> Expunged:
        """Destroy the texts of a concern of the district.

        Raises:
            Refused: there is no such concern, it never had a text, or it has moved.
            Unavailable: it may not be finished; send it again.
        """
        why = by.why
        standing = await self._find(concern_id, why)
        if done := _done(standing):
            return done
        if by.if_match not in {None, standing.version}:
            raise Refused(STALE)
        expunged(_kept(standing), _sealed(standing))
        reference = ground.reference
        await self._trail.note(
            Line(act=Act.NARRATIVE_EXPUNGED, subject=standing.id, why=why, reference=reference)
        )
        for _ in range(TRIES):
            await self._vault.destroy(ConcernId(standing.id))
            try:
                return await self._strip(standing, ground, why)
            except Conflict:
                standing = await self._find(concern_id, why)
        raise Unavailable("BUSY")

    async def _strip(self, standing: Loaded, ground: Ground, why: Provenance) -> Expunged:
        """Take the sealed fields away and tell it, in one write."""
        left = expunged(_kept(standing), _sealed(standing))
        if left.status is ConcernState.EXPUNGED:
            await self._store.contacts.forget(standing.id)
        told = {"basis": ground.basis.value, "reference": ground.reference, "at": why.time}
        version = await self._store.concerns.append(
            standing.id,
            expected=standing,
            state=left.model_dump(mode="json", exclude_none=True),
            events=[ConcernNarrativeExpunged(basis=ground.basis)],
            provenance=why,
            extra={"vault": {}, "expunged": told},
        )
        return Expunged(ConcernId(standing.id), left.status, version, replayed=False)

    async def _find(self, concern_id: str, why: Provenance) -> Loaded:
        standing = await self._store.quarantined.any(concern_id, why.district)
        if standing is None:
            raise Refused(NOT_FOUND)
        return standing


def _kept(standing: Loaded) -> Concern:
    return Concern.model_validate(standing.state)


def _sealed(standing: Loaded) -> dict[str, bytes]:
    sealed: dict[str, bytes] = standing.extra.get("vault") or {}
    return sealed


def _done(standing: Loaded) -> Expunged | None:
    """The answer of the first time, unless something was sealed since."""
    if "expunged" not in standing.extra or _sealed(standing):
        return None
    status = ConcernState(standing.state["status"])
    return Expunged(ConcernId(standing.id), status, standing.version, replayed=True)
