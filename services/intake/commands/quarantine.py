"""The quarantine desk: a person looks at what the screen held back, and decides."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.intake.commands.changing import (
    NOT_FOUND,
    By,
    Changed,
    Changing,
    Decide,
    Decided,
    Wish,
)
from services.intake.commands.concerns import Screen
from services.intake.commands.trail import Act, Line, Purpose, Trail
from services.intake.commands.vault import Vault
from services.intake.domain.concern import Concern
from services.intake.domain.life import NOT_IN_QUARANTINE, redact, reject, release
from services.intake.domain.open311.posted import Posted
from services.intake.domain.open311.report import besides
from services.intake.domain.report import LONGEST_NARRATIVE, findings_of
from services.intake.store import Store
from services.intake.store.service_requests import VIA
from shared.contracts.codes import ConcernState
from shared.contracts.envelope import Provenance
from shared.contracts.intake_codes import RejectionReason, ReleaseReason
from shared.contracts.plain_text import Plain
from shared.contracts.refusal import Refused
from shared.security.screen import Finding
from shared.store.stream import Loaded

NARRATIVE, REFERENCE, ENCLOSED = "narrative", "external_reference", "enclosed"


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Release(_Said):
    """Why the text may stand as it was written."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "FALSE_ALARM"}]})

    reason: ReleaseReason = Field(description="Skäl / why it may stand")


class Redaction(_Said):
    """The text as it shall be kept."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"narrative": "Lampan vid trappan är släckt."}]}
    )

    narrative: Annotated[str | None, Plain] = Field(
        max_length=LONGEST_NARRATIVE, description="Ny text, null = ingen / new text, null for none"
    )


class Rejection(_Said):
    """Why the concern is not taken in."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "ABOUT_A_PERSON"}]})

    reason: RejectionReason = Field(description="Skäl / why it is not taken in")


@dataclass(frozen=True, slots=True)
class Held:
    """One text as it was written, and where in it something was found."""

    field: str
    text: str
    findings: Sequence[Finding]


class Quarantine:
    """The commands of the desk, on concerns of every agency of its district."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        trail: Trail,
        *,
        screen: Screen,
        look: Callable[[str], Sequence[Finding]],
    ) -> None:
        self._store = store
        self._vault = vault
        self._trail = trail
        self._changing = Changing(store, vault, trail)
        self._screen = screen
        self._look = look

    async def read(self, concern_id: str, why: Provenance) -> list[Held]:
        """What was written; the line in the trail stands before anything is opened."""
        standing = await self._find(concern_id, why)
        if standing is None:
            raise Refused(NOT_FOUND)
        if standing.state["status"] != ConcernState.QUARANTINED:
            raise Refused(NOT_IN_QUARANTINE)
        purpose = Purpose.QUARANTINE_REVIEW
        line = Line(act=Act.QUARANTINE_READ, subject=concern_id, why=why, purpose=purpose)
        await self._trail.note(line)
        texts = _legible(await self._texts(standing))
        return [Held(name, text, self._look(text)) for name, text in texts.items()]

    def look(self, text: str) -> Sequence[Finding]:
        """Where something stands in a text that was written at the desk; nothing is opened."""
        return self._look(text)

    async def release(self, concern_id: str, said: Release, by: By) -> Changed:
        """Let it through as it was written; an own reference with a finding stays in the vault."""
        wish = Wish(
            name="release", concern_id=concern_id, said=said, by=by, act=Act.QUARANTINE_RELEASED
        )

        async def decide(standing: Loaded, kept: Concern) -> Decided:
            reference = self._clear(await self._texts(standing))
            change = release(kept, said.reason, reference=reference)
            return Decided(change, {REFERENCE: None} if reference else {})

        return await self._change(wish, decide)

    async def redact(self, concern_id: str, said: Redaction, by: By) -> Changed:
        """Let it through with the text the person at the desk wrote instead."""
        wish = Wish(
            name="redact", concern_id=concern_id, said=said, by=by, act=Act.QUARANTINE_REDACTED
        )

        async def decide(standing: Loaded, kept: Concern) -> Decided:
            found = self._screen(said.narrative) if said.narrative else ()
            reference = self._clear(await self._texts(standing))
            change = redact(kept, said.narrative, found, reference=reference)
            return Decided(change, {NARRATIVE: said.narrative, REFERENCE: None, VIA: None})

        return await self._change(wish, decide)

    async def reject(self, concern_id: str, said: Rejection, by: By) -> Changed:
        """Do not let it through; the text stays sealed until a decision destroys its key."""
        wish = Wish(
            name="reject", concern_id=concern_id, said=said, by=by, act=Act.QUARANTINE_REJECTED
        )

        async def decide(_: Loaded, kept: Concern) -> Decided:
            return Decided(reject(kept, said.reason))

        return await self._change(wish, decide)

    async def _change(self, wish: Wish, decide: Decide) -> Changed:
        async def find() -> Loaded | None:
            return await self._find(wish.concern_id, wish.by.why)

        return await self._changing.change(wish, find, decide)

    async def _find(self, concern_id: str, why: Provenance) -> Loaded | None:
        return await self._store.quarantined.any(concern_id, why.district)

    def _clear(self, texts: Mapping[str, str]) -> str | None:
        """The own reference, which is shown in lists and files: only one without a finding."""
        reference = texts.get(REFERENCE)
        if reference is None or findings_of([reference], self._screen):
            return None
        return reference

    async def _texts(self, standing: Loaded) -> Mapping[str, str]:
        return await self._vault.open(standing)


def _legible(texts: Mapping[str, str]) -> Mapping[str, str]:
    """What a person reads of what is sealed: of a post, what is no part of the report."""
    said = {name: texts[name] for name in (NARRATIVE, REFERENCE) if name in texts}
    beside = besides(Posted.model_validate_json(texts[VIA])) if VIA in texts else ()
    return said | ({ENCLOSED: "\n".join(beside)} if beside else {})
