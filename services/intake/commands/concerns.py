"""Taking in a concern: divert, or decide, seal and store; the same key meets itself."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
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
from services.intake.domain.report import ConcernReport, findings_of
from services.intake.store import Store
from services.intake.store.at_home import AT_HOME
from services.intake.store.data_keys import TEXTS
from shared.contracts.codes import ConcernState, FindingType
from shared.contracts.district import District, Diversion
from shared.contracts.envelope import Provenance
from shared.contracts.ids import ConcernId, aggregate_id
from shared.contracts.refusal import UNPROCESSABLE, Refusal, Refused
from shared.contracts.types import Code
from shared.store.client import Document
from shared.store.errors import DuplicateId
from shared.store.stream import Loaded

REMEMBERED = timedelta(hours=24)
SURELY = timedelta(hours=1)
KEY_REUSED = Refusal(
    "IDEMPOTENCY_KEY_REUSED",
    "Nyckeln har redan använts för ett annat innehåll.",
    "The key has already been used for other content.",
    UNPROCESSABLE,
)
Screen = Callable[[str], Sequence[FindingType]]
Beside = Callable[[ConcernId], Awaitable[Mapping[str, str]]]


async def nothing(_concern_id: ConcernId) -> Mapping[str, str]:
    """Nothing is kept beside the concern."""
    return {}


@dataclass(frozen=True, slots=True)
class Accepted:
    """A concern stands, acknowledged by the majority."""

    concern_id: ConcernId
    status: ConcernState
    replayed: bool


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What came with a report by another way than our own API, sealed with it under its name.

    Attributes:
        by: what names the key it came with; never the key.
        screened: the texts of it that are no part of the report.
    """

    way: str
    text: str
    by: str
    screened: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diverted:
    """Nothing stands but the count; the reporter turns there instead."""

    code: Code
    to: Diversion


@dataclass(frozen=True, slots=True)
class Here:
    """Where this intake stands.

    Attributes:
        rehearsal: everything here is made up. Where it is not, what is made up stays at home: it is
            kept as any other, and nobody beyond intake hears of it.
    """

    district: District
    outline: Outline
    rehearsal: bool


class Concerns:
    """The commands on concerns."""

    def __init__(self, store: Store, vault: Vault, *, screen: Screen, here: Here) -> None:
        self._store = store
        self._vault = vault
        self._screen = screen
        self._here = here
        self._district = here.district

    async def report(
        self,
        said: ConcernReport,
        key: str,
        why: Provenance,
        *,
        beside: Beside = nothing,
        enclosed: Enclosed | None = None,
    ) -> Accepted | Diverted:
        """Take in one report; `beside` is called once it is in order, before it stands.

        What is enclosed tells a repeat, in place of the report.

        Raises:
            Refused: a rule is broken, or the key was used for other content.
            Unavailable: nothing stands, or it may; the same key may be sent again.
        """
        identity = self.identity(key, why)
        if code := diversion(said, self._district):
            return await self._divert(said, code, key=key, why=why)
        digest = self._vault.digest_of(enclosed.text) if enclosed else self._vault.digest(said)
        try:
            document, texts = await self._document(identity, said, enclosed, digest=digest, why=why)
            await self._stand(identity, document | dict(await beside(identity)), texts)
        except DuplicateId:
            return await self._again(identity, digest)
        except Refused:
            if await self._store.concerns.load(identity) is None:
                raise
            return await self._again(identity, digest)
        return Accepted(identity, ConcernState(document["state"]["status"]), replayed=False)

    async def foresee(self, said: ConcernReport, key: str, why: Provenance) -> Accepted | Diverted:
        """What `report` would answer now. Nothing is stored, counted or published.

        Raises:
            Refused: as `report` would.
            Unavailable: it cannot be told now.
        """
        identity = self.identity(key, why)
        standing = await self._store.concerns.load(identity)
        if code := diversion(said, self._district):
            if standing and standing.state["status"] != ConcernState.DIVERTED:
                raise Refused(KEY_REUSED)
            return Diverted(code, self._district.diversions[code])
        if standing is not None:
            return await self._again(identity, self._vault.digest(said))
        concern = await self._registered(said, why)
        return Accepted(identity, concern.status, replayed=False)

    def identity(self, key: str, why: Provenance) -> ConcernId:
        """The concern's id; it tells nothing of the key, be that a number or made of content."""
        return ConcernId(self._vault.id_of("concern", why.agency, key))

    async def first(self, key: str, why: Provenance) -> Loaded | None:
        """The concern this key was used for; None where nothing was taken in under it."""
        standing = await self._store.concerns.load(self.identity(key, why))
        if standing is None or standing.state["status"] == ConcernState.DIVERTED:
            return None
        return standing

    async def _registered(
        self, said: ConcernReport, why: Provenance, enclosed: Enclosed | None = None
    ) -> Concern:
        around = await self._around(why.time)
        texts = [*said.free_text.values(), *(enclosed.screened if enclosed else ())]
        found = findings_of(texts, self._screen)
        return register(said, found, agency=why.agency, around=around)

    async def _document(
        self,
        identity: ConcernId,
        said: ConcernReport,
        enclosed: Enclosed | None,
        *,
        digest: str,
        why: Provenance,
    ) -> tuple[Document, Mapping[str, str]]:
        """The concern as it will stand, and the texts that are still to be sealed."""
        texts, at_home = said.free_text, self._at_home(said)
        concern = await self._registered(said, why, enclosed)
        if not concern.findings:
            texts.pop("external_reference", None)
        document = self._store.concerns.record(
            identity,
            None,
            concern.model_dump(mode="json", exclude_none=True),
            [] if at_home else [concern.event],
            why,
            {
                "agency": str(why.agency),
                "registered_at": why.time,
                "digest": digest,
                **({AT_HOME: True} if at_home else {}),
                **({"via": enclosed.way, "posted_by": enclosed.by} if enclosed else {}),
            },
        )
        return document, texts | ({enclosed.way: enclosed.text} if enclosed else {})

    def _at_home(self, said: ConcernReport) -> bool:
        return said.synthetic and not self._here.rehearsal

    async def _stand(
        self, identity: ConcernId, document: Document, texts: Mapping[str, str]
    ) -> None:
        """Store key and concern; DuplicateId when there is such a concern.

        A key without its concern is one of a request that broke off, or of one under way: the texts
        are sealed with that one then.
        """
        key, sealed = self._vault.seal_new(identity, texts)
        try:
            await self._store.take_in(document | {TEXTS: sealed}, key)
        except DuplicateId:
            if key is None or await self._store.concerns.load(identity) is not None:
                raise
            sealed = await self._vault.seal(identity, texts)
            await self._store.take_in(document | {TEXTS: sealed})

    async def _around(self, now: datetime) -> Surroundings:
        return Surroundings(
            self._district, await self._store.places.known(), self._here.outline, now
        )

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
        identity = self.identity(key, why)
        standing = await self._store.concerns.load(identity)
        if standing is None:
            if not self._at_home(said):
                await self._count(said, code, key=key, why=why)
            standing = await self._mark(identity, why)
        if standing.state["status"] != ConcernState.DIVERTED:
            raise Refused(KEY_REUSED)
        if _holds(standing, why.time):
            await self._forget(identity)
        return Diverted(code, self._district.diversions[code])

    async def _forget(self, identity: ConcernId) -> None:
        """Destroy what an earlier request of the key sealed and left, before it broke off."""
        await self._vault.destroy(identity)
        await self._store.contacts.forget(identity)

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


def _holds(mark: Loaded, now: datetime) -> bool:
    """Whether the mark of a diverted report stands a while yet.

    Once it goes, another report may stand under its key: nothing of that one may be destroyed.
    """
    expires: datetime | None = mark.extra.get("expires")
    return expires is not None and expires - now > SURELY
