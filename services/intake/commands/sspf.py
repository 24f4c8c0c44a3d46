"""Recording SSPF outcomes, taking them back, and attesting terms; the same key meets itself."""

from dataclasses import dataclass

from services.intake.commands.changing import NOT_FOUND, STALE, By
from services.intake.commands.concerns import KEY_REUSED
from services.intake.commands.own import Withdrawal
from services.intake.commands.vault import Vault
from services.intake.domain.sspf import (
    AttestationReport,
    Meetings,
    SspfReport,
    attest,
    record,
    recorded,
)
from services.intake.domain.sspf_kept import Kept, withdraw
from services.intake.store import Store
from shared.contracts.district import District
from shared.contracts.envelope import Provenance
from shared.contracts.ids import aggregate_id
from shared.contracts.refusal import Refused
from shared.contracts.sspf import SspfTermAttested
from shared.store.client import Document
from shared.store.entries import to_milliseconds
from shared.store.errors import Conflict, DuplicateId
from shared.store.stream import Loaded

ATTEMPTS = 5
RECORDED_VERSION = 1


@dataclass(frozen=True, slots=True)
class Stored:
    """An aggregate stands; `replayed` when it did before this request."""

    id: str
    version: int
    replayed: bool


class Sspf:
    """The commands on SSPF outcomes and terms."""

    def __init__(self, store: Store, vault: Vault, district: District) -> None:
        self._store = store
        self._vault = vault
        self._district = district

    async def record(self, said: SspfReport, key: str, why: Provenance) -> Stored:
        """Record a meeting's outcome; Refused names the rule it breaks."""
        identity = self._vault.id_of("sspf-outcome", why.agency, key)
        digest = self._vault.digest(said)
        if standing := await self._store.outcomes.load(identity):
            return _same(standing, digest)
        places = await self._store.places.known()
        outcome = record(said, Meetings(self._district, places, why.time))
        try:
            version = await self._store.outcomes.append(
                identity,
                expected=None,
                state=outcome.model_dump(mode="json"),
                events=[recorded(outcome)],
                provenance=why,
                extra={
                    "digest": digest,
                    "agency": str(why.agency),
                    "recorded_at": to_milliseconds(why.time),
                },
            )
        except DuplicateId:
            standing = await self._store.outcomes.load(identity)
            return _same(standing, digest)
        return Stored(identity, version, replayed=False)

    async def withdraw(self, outcome_id: str, said: Withdrawal, by: By) -> Stored:
        """Take back an outcome of one's own; a correction is this and a new one.

        Raises:
            Refused: the agency has no such outcome (404), or it has moved (412).
        """
        for _ in range(ATTEMPTS):
            standing = await self._store.own_outcomes.one(
                outcome_id, by.why.agency, by.why.district
            )
            if standing is None:
                raise Refused(NOT_FOUND)
            kept, events = withdraw(Kept.of(standing.state), said.reason)
            if not events:
                return Stored(outcome_id, standing.version, replayed=True)
            if by.if_match not in {None, standing.version}:
                raise Refused(STALE)
            try:
                version = await self._store.outcomes.append(
                    outcome_id,
                    expected=standing,
                    state=kept.stored,
                    events=events,
                    provenance=by.why,
                )
            except Conflict:
                continue
            return Stored(outcome_id, version, replayed=False)
        raise Conflict("OUTCOME_MOVED")

    async def attest(self, said: AttestationReport, key: str, why: Provenance) -> Stored:
        """Attest a term; a later attestation of the same term takes the place of the earlier."""
        event = attest(said, why.time)
        identity = aggregate_id("sspf-term", why.district, said.term)
        digest = self._vault.digest(said)
        mark = self._vault.id_of("sspf-attestation", why.agency, key)
        if await self._store.claim(mark, digest) != digest:
            raise Refused(KEY_REUSED)
        for _ in range(ATTEMPTS):
            standing = await self._store.terms.load(identity)
            if (version := await self._attested(standing, mark)) is not None:
                return Stored(identity, version, replayed=True)
            try:
                version = await self._append(identity, standing, event, mark=mark, why=why)
            except (Conflict, DuplicateId):
                continue
            return Stored(identity, version, replayed=False)
        raise Conflict("TERM_MOVED")

    async def _attested(self, standing: Loaded | None, mark: str) -> int | None:
        """The version this key attested, if it did: told by the term itself, or settled since."""
        if standing is not None and mark in standing.state["keys"]:
            return standing.version
        return await self._store.settled(mark)

    async def _append(
        self,
        identity: str,
        standing: Loaded | None,
        event: SspfTermAttested,
        *,
        mark: str,
        why: Provenance,
    ) -> int:
        """The term names the key of its last attestation; those before are settled first."""
        if standing is not None:
            await self._store.settle(standing.state["keys"], standing.version)
        state: Document = event.model_dump(mode="json") | {"keys": [mark]}
        return await self._store.terms.append(
            identity, expected=standing, state=state, events=[event], provenance=why
        )


def _same(standing: Loaded | None, digest: str) -> Stored:
    """The same answer for the same content; another content is refused."""
    if standing is None or standing.extra["digest"] != digest:
        raise Refused(KEY_REUSED)
    return Stored(standing.id, RECORDED_VERSION, replayed=True)
