"""Taking in a concern: divert, or decide, seal and store; the same key meets itself."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.intake.commands.vault import Vault
from services.intake.domain.concern import (
    Concern,
    Surroundings,
    diversion,
    divert,
    register,
)
from services.intake.domain.geography import Outline
from services.intake.domain.report import ConcernReport
from services.intake.store import Store
from shared.contracts.codes import ConcernState, FindingType
from shared.contracts.district import District, Diversion
from shared.contracts.envelope import Provenance
from shared.contracts.ids import ConcernId, aggregate_id, concern_id
from shared.contracts.refusal import UNPROCESSABLE, Refusal, Refused
from shared.contracts.types import Code
from shared.store.client import Document
from shared.store.errors import DuplicateId
from shared.store.stream import Loaded

REMEMBERED = timedelta(hours=24)
KEY_REUSED = Refusal(
    "IDEMPOTENCY_KEY_REUSED",
    "Nyckeln har redan använts för ett annat innehåll.",
    "The key has already been used for other content.",
    UNPROCESSABLE,
)
Screen = Callable[[str], Sequence[FindingType]]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A concern stands, acknowledged by the majority."""

    concern_id: ConcernId
    status: ConcernState
    replayed: bool


@dataclass(frozen=True, slots=True)
class Diverted:
    """Nothing stands but the count; the reporter turns there instead."""

    code: Code
    to: Diversion


class Concerns:
    """The commands on concerns."""

    def __init__(
        self, store: Store, vault: Vault, *, screen: Screen, district: District, outline: Outline
    ) -> None:
        self._store = store
        self._vault = vault
        self._screen = screen
        self._district = district
        self._outline = outline

    async def report(self, said: ConcernReport, key: str, why: Provenance) -> Accepted | Diverted:
        """Take in one report.

        Raises:
            Refused: a rule is broken, or the key was used for other content.
            Unavailable: nothing stands, or it may; the same key may be sent again.
        """
        identity = concern_id(why.agency, key)
        if code := diversion(said, self._district):
            return await self._divert(said, code, key=key, why=why)
        digest = self._vault.digest(said)
        try:
            document = await self._document(identity, said, digest=digest, why=why)
            await self._store.take_in(document)
        except DuplicateId:
            return await self._again(identity, digest)
        except Refused:
            if await self._store.concerns.load(identity) is None:
                raise
            return await self._again(identity, digest)
        return Accepted(identity, ConcernState(document["state"]["status"]), replayed=False)

    async def _document(
        self, identity: ConcernId, said: ConcernReport, *, digest: str, why: Provenance
    ) -> Document:
        texts = said.free_text
        found = [kind for text in texts.values() for kind in self._screen(text)]
        concern = register(said, found, agency=why.agency, around=await self._around(why.time))
        if not found:
            texts.pop("external_reference", None)
        sealed = await self._vault.seal(identity, texts)
        return self._store.concerns.record(
            identity,
            None,
            concern.model_dump(mode="json", exclude_none=True),
            [concern.event],
            why,
            {
                "agency": str(why.agency),
                "registered_at": why.time,
                "digest": digest,
                "vault": sealed,
            },
        )

    async def _around(self, now: datetime) -> Surroundings:
        return Surroundings(self._district, await self._store.places.known(), self._outline, now)

    async def _again(self, identity: ConcernId, digest: str) -> Accepted:
        """The same answer for the same content; another content is refused."""
        standing = await self._store.concerns.load(identity)
        if standing is None or standing.extra.get("digest") != digest:
            raise Refused(KEY_REUSED)
        first = Concern.model_validate(standing.state).first_status
        return Accepted(identity, first, replayed=True)

    async def _divert(
        self, said: ConcernReport, code: Code, *, key: str, why: Provenance
    ) -> Diverted:
        """Publish that there was one; of the report nothing stands but its key's hash, a day."""
        identity = concern_id(why.agency, key)
        standing = await self._store.concerns.load(identity)
        if standing is None:
            await self._count(said, code, key=key, why=why)
            standing = await self._mark(identity, why)
        if standing.state["status"] != ConcernState.DIVERTED:
            raise Refused(KEY_REUSED)
        return Diverted(code, self._district.diversions[code])

    async def _count(self, said: ConcernReport, code: Code, *, key: str, why: Provenance) -> None:
        event = divert(said, self._district, code)
        unlinkable = aggregate_id("diversion", why.agency, self._vault.digest_of(key))
        try:
            await self._store.diversions.append(
                unlinkable, expected=None, state={}, events=[event], provenance=why
            )
        except DuplicateId:
            return

    async def _mark(self, identity: ConcernId, why: Provenance) -> Loaded:
        state = {"status": ConcernState.DIVERTED.value}
        mark = self._store.concerns.record(
            identity, None, state, [], why, {"expires": why.time + REMEMBERED}
        )
        with suppress(DuplicateId):
            await self._store.take_in(mark)
        standing = await self._store.concerns.load(identity)
        return standing or Loaded(identity, 1, state)
