"""What the quarantine desk shows and takes in."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.intake.commands.changing import NOT_FOUND, STALE, By, Changed
from services.intake.commands.quarantine import (
    NARRATIVE,
    Held,
    Quarantine,
    Redaction,
    Rejection,
    Release,
)
from services.intake.commands.trail import Purpose
from services.intake.domain.finding_words import listed
from services.intake.domain.life import JUDGED, NOT_IN_QUARANTINE
from services.intake.domain.report import LONGEST_NARRATIVE
from services.intake.pages.marking import marked
from services.intake.pages.moved import moved, version_of
from services.intake.pages.outage import AWAY, later
from services.intake.pages.reasons import REJECTION, RELEASE
from services.intake.pages.telling import FINDINGS
from services.intake.pages.waiting import Unread, Waiting
from services.intake.store import Store
from shared.contracts.codes import ConcernState
from shared.contracts.intake_codes import RejectionReason, ReleaseReason
from shared.contracts.plain_text import without_unseen
from shared.contracts.refusal import UNPROCESSABLE, Refused
from shared.security.roles import Principal
from shared.store.errors import Conflict, Unavailable
from shared.web.form_data import Filled, filled_in, one
from shared.web.pages import Pages
from shared.web.paging import Page
from shared.web.requests import provenance
from shared.web.site import site_of

PATH: Final = "/intake/quarantine"
BACK: Final = (PATH, "Till karantänen / To the quarantine")
_TO_DECIDE: Final = "För att granska texten och besluta om den / To look at it and decide"
PURPOSES: Final = ((Purpose.QUARANTINE_REVIEW.value, _TO_DECIDE),)
DONE: Final[Mapping[str, tuple[str, str]]] = {
    "release": ("Rapporten är släppt och registrerad.", "Released and registered."),
    "redact": ("Rapporten är registrerad med den nya texten.", "Registered with the new text."),
    "reject": ("Rapporten är avvisad.", "Rejected."),
}
FIELDS: Final = {
    NARRATIVE: ("Fritext", "Narrative"),
    "external_reference": ("Eget nummer", "Own reference"),
    "enclosed": ("Det som följde med rapporten", "What came beside the report"),
}
CHOOSE_PURPOSE: Final = {
    "purpose": "Välj vad du ska använda texten till / Choose what you need it for"
}
CHOOSE_RELEASE: Final = {
    "release_reason": "Välj varför texten får stå som den är / Choose why it may stand"
}
CHOOSE_REJECTION: Final = {
    "reject_reason": "Välj varför rapporten inte tas in / Choose why it is not taken in"
}
NO_TEXT: Final = {
    "narrative": "Skriv texten som den ska stå, eller kryssa för att den tas bort / "
    "Write the text as it shall stand, or tick that it is removed"
}
TOO_LONG: Final = {
    "narrative": f"Skriv högst {LONGEST_NARRATIVE} tecken / At most {LONGEST_NARRATIVE} characters"
}
WRITTEN: Final = ("narrative", "without", "release_reason", "reject_reason")


@dataclass(frozen=True, slots=True)
class Sent:
    """A decision as it came: on what, by whom, and the fields of its form."""

    request: Request
    concern_id: str
    by: By
    filled: Filled

    @classmethod
    async def read(cls, request: Request, who: Principal, concern_id: str) -> Self:
        """Read it; 400 where it does not say which version was read."""
        filled = await filled_in(request)
        why = provenance(request, who)
        return cls(request, concern_id, By(why=why, if_match=version_of(filled)), filled)

    def text(self, name: str) -> str:
        """What stands in a field."""
        return one(self.filled, name).replace("\x00", "")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page on one concern shows: which forms (`ask`, `all`, or one), and what is in them."""

    form: str
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    texts: Sequence[Held] = ()
    status: int = 422

    @property
    def code(self) -> int:
        """How it is answered."""
        return self.status if self.errors else 200


class Deciding:
    """Shows what waits, opens a text for who says what for, and carries decisions out."""

    def __init__(self, pages: Pages, quarantine: Quarantine, store: Store) -> None:
        self._pages = pages
        self._quarantine = quarantine
        self._store = store

    async def waiting(self, request: Request, who: Principal, part: Page) -> Response:
        """What waits, the oldest first; after a decision, that it was carried out."""
        found, total = await self._store.quarantined.waiting(
            who.district, skip=part.skip, limit=part.limit
        )
        now = site_of(request).clock.now()
        return self._render(
            request,
            "quarantine.html",
            waiting=[Waiting.of(one, now) for one in found],
            total=total,
            part=part,
            done=DONE.get(request.query_params.get("done", "")),
        )

    async def ask(
        self,
        request: Request,
        who: Principal,
        concern_id: str,
        errors: Mapping[str, str] | None = None,
    ) -> Response:
        """What is the text looked at for?"""
        try:
            asked = await self._find(request, who.district, concern_id)
        except Refused as refused:
            return self._moved(request, refused)
        return self._show(request, asked, Shown("ask", errors=errors or {}))

    async def look(self, request: Request, who: Principal, concern_id: str) -> Response:
        """The texts, once their reading stands in the trail."""
        if one(await filled_in(request), "purpose") not in dict(PURPOSES):
            return await self.ask(request, who, concern_id, CHOOSE_PURPOSE)
        try:
            asked = await self._find(request, who.district, concern_id)
            held = await self._quarantine.read(concern_id, provenance(request, who))
        except Refused as refused:
            return self._moved(request, refused)
        narrative = next((one.text for one in held if one.field == NARRATIVE), None)
        values = {} if narrative is None else {"narrative": narrative}
        return self._show(request, asked, Shown("all", values, texts=held))

    async def release(self, sent: Sent) -> Response:
        """Let it through as it was written."""
        reason = sent.text("release_reason")
        if reason not in RELEASE:
            return await self._again(sent, "release", CHOOSE_RELEASE)
        said = Release(reason=ReleaseReason(reason))
        act = self._quarantine.release(sent.concern_id, said, sent.by)
        return await self._carry_out(sent, "release", act)

    async def redact(self, sent: Sent) -> Response:
        """Let it through with another text; none only where the box says so."""
        text = None if sent.text("without") else without_unseen(sent.text("narrative"))
        if text == "":
            return await self._again(sent, "redact", NO_TEXT)
        if text is not None and len(text) > LONGEST_NARRATIVE:
            return await self._again(sent, "redact", TOO_LONG)
        act = self._quarantine.redact(sent.concern_id, Redaction(narrative=text), sent.by)
        return await self._carry_out(sent, "redact", act)

    async def reject(self, sent: Sent) -> Response:
        """Do not let it through."""
        reason = sent.text("reject_reason")
        if reason not in REJECTION:
            return await self._again(sent, "reject", CHOOSE_REJECTION)
        said = Rejection(reason=RejectionReason(reason))
        act = self._quarantine.reject(sent.concern_id, said, sent.by)
        return await self._carry_out(sent, "reject", act)

    async def _carry_out(self, sent: Sent, name: str, act: Awaitable[Changed]) -> Response:
        try:
            await act
        except Refused as refused:
            if refused.refusal.status != UNPROCESSABLE:
                return self._moved(sent.request, refused)
            return await self._again(sent, name, self._left(sent.text("narrative")))
        except (Unavailable, Conflict):
            return await self._unsure(sent, name)
        return RedirectResponse(f"{PATH}?done={name}", 303)

    def _left(self, text: str) -> Mapping[str, str]:
        """What must not stand in a text that was written at the desk, in words."""
        kinds = {found.type for found in self._quarantine.look(text)} - JUDGED
        words = f"Inget är sparat. I texten finns fortfarande: {listed(kinds)}"
        return {"narrative": f"{words} / Nothing is stored, it still holds: {listed(kinds, 'en')}"}

    async def _again(self, sent: Sent, form: str, errors: Mapping[str, str]) -> Response:
        """The one form with what is wrong, and what was written into it."""
        try:
            asked = await self._find(sent.request, sent.by.why.district, sent.concern_id)
        except Refused as refused:
            return self._moved(sent.request, refused)
        except Unavailable:
            return await self._unsure(sent, form)
        if asked.version != sent.by.if_match:
            return moved(self._pages, sent.request, STALE, BACK)
        values = {name: sent.text(name) for name in WRITTEN}
        text = values["narrative"]
        texts = [Held(NARRATIVE, text, self._quarantine.look(text))] if form == "redact" else []
        return self._show(sent.request, asked, Shown(form, values, errors, texts))

    async def _unsure(self, sent: Sent, form: str) -> Response:
        """The form as it was sent, wherever the report stands now: its repeat leads to the end."""
        values = {name: sent.text(name) for name in WRITTEN}
        shown = Shown(form, values, AWAY, status=503)
        asked: Waiting | Unread
        try:
            known = await self._known(sent.request, sent.by.why.district, sent.concern_id)
            asked = replace(known, version=sent.by.if_match or known.version)
        except Unavailable:
            asked = Unread(sent.concern_id, sent.by.if_match)
        return later(self._show(sent.request, asked, shown))

    async def _find(self, request: Request, district: str, concern_id: str) -> Waiting:
        found = await self._known(request, district, concern_id)
        if found.kept.status is not ConcernState.QUARANTINED:
            raise Refused(NOT_IN_QUARANTINE)
        return found

    async def _known(self, request: Request, district: str, concern_id: str) -> Waiting:
        found = await self._store.quarantined.any(concern_id, district)
        if found is None:
            raise Refused(NOT_FOUND)
        return Waiting.of(found, site_of(request).clock.now())

    def _moved(self, request: Request, refused: Refused) -> Response:
        if refused.refusal not in {STALE, NOT_IN_QUARANTINE}:
            raise refused
        return moved(self._pages, request, refused.refusal, BACK)

    def _show(self, request: Request, asked: Waiting | Unread, shown: Shown) -> Response:
        texts = [(FIELDS[one.field], marked(one.text, one.findings)) for one in shown.texts]
        return self._render(
            request,
            "quarantine_one.html",
            shown.code,
            asked=asked,
            form=shown.form,
            texts=texts,
            values=shown.values,
            errors=shown.errors,
            findings=FINDINGS,
            purposes=PURPOSES,
            release=[(code.value, words) for code, words in RELEASE.items()],
            rejection=[(code.value, words) for code, words in REJECTION.items()],
        )

    def _render(self, request: Request, name: str, status: int = 200, **context: Any) -> Response:  # noqa: ANN401 - what the template names
        answer = self._pages.render(request, name, status, **context)
        answer.headers["cache-control"] = "no-store"
        return answer
