"""Concerns from a file: try it, look at every row, then take it in. Without JavaScript.

Between the two steps nothing is stored: the browser holds the file, packed, in the form.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from services.intake.commands.imports import Imports, counted
from services.intake.domain.concern_file import FileRow, rows_of
from services.intake.domain.file_heads import NAMES
from services.intake.domain.file_map import FileMap
from services.intake.pages.held_file import (
    LARGEST_FILE,
    LARGEST_PACKED,
    OTHER_AGENCY,
    SEND_AGAIN,
    TOO_LARGE,
    packed,
    unpacked,
)
from services.intake.pages.outage import later
from services.intake.pages.visitor import to_sign_in, visitor
from services.intake.store.imports import KeptRow
from shared.contracts.refusal import Refused
from shared.contracts.types import Uuid
from shared.security.roles import Principal, Right
from shared.store.errors import Unavailable
from shared.web.form_data import file_of, form_of, key_of, text_of
from shared.web.pages import Pages
from shared.web.problem import Problem
from shared.web.requests import provenance

PATH: Final = "/intake/imports"
MOST_ROWS: Final = 5000

ImportVisitor = Annotated[Principal | None, Depends(visitor(Right.REPORT_CONCERN))]


@dataclass(frozen=True, slots=True)
class Trial:
    """A file that was tried: what would become of it, and what the browser holds of it."""

    rows: Sequence[KeptRow]
    packed: str
    mapping: str
    key: str

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows of each fate."""
        return counted(self.rows)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page as it is shown."""

    errors: Mapping[str, str] = field(default_factory=dict)
    mapping: str = ""
    trial: Trial | None = None


@dataclass(frozen=True, slots=True)
class _Sent:
    """What a form brought: the file, its map, and the key of the second step."""

    file: bytes
    packed: str
    mapping: str
    key: str
    agency: object

    @property
    def confirmed(self) -> bool:
        """Whether this is the second step."""
        return bool(self.packed)

    def rows(self) -> Sequence[FileRow]:
        """The rows of the file; Refused where it cannot be read."""
        by = FileMap.read(self.mapping)
        return rows_of(unpacked(self.packed) if self.packed else self.file, by, most=MOST_ROWS)


def router(pages: Pages, imports: Imports) -> APIRouter:
    """The pages under `/intake/imports`."""
    routes = APIRouter(prefix=PATH, include_in_schema=False)
    desk = _Desk(pages, imports)

    @routes.get("")
    async def start(request: Request, who: ImportVisitor) -> Response:
        return to_sign_in(request) if who is None else await desk.show(request, who, Sheet())

    @routes.post("")
    async def send(request: Request, who: ImportVisitor) -> Response:
        if who is None:
            return to_sign_in(request)
        sent = await _read(request)
        if sent.agency != who.agency:
            return await desk.show(request, who, Sheet({"file": OTHER_AGENCY}, sent.mapping), 409)
        return await desk.take(request, who, sent)

    @routes.get("/{import_id}")
    async def one(request: Request, import_id: Uuid, who: ImportVisitor) -> Response:
        if who is None:
            return to_sign_in(request)
        found = await imports.one(import_id, who.agency, who.district)
        if found is None:
            raise Problem(404)
        return pages.render(request, "import.html", made=found, heads=NAMES)

    return routes


class _Desk:
    """Shows the page, tries files and takes them in."""

    def __init__(self, pages: Pages, imports: Imports) -> None:
        self._pages = pages
        self._imports = imports

    async def show(
        self, request: Request, who: Principal, sheet: Sheet, status: int = 200
    ) -> Response:
        """The form, or the file that was tried; earlier imports below."""
        try:
            earlier = await self._imports.latest(who.agency, who.district)
        except Unavailable:
            earlier = []
        answer = self._pages.render(
            request,
            "imports.html",
            status,
            sheet=sheet,
            earlier=earlier,
            agency=who.agency,
            heads=NAMES,
        )
        answer.headers["cache-control"] = "no-store"
        return answer

    async def take(self, request: Request, who: Principal, sent: _Sent) -> Response:
        """First step: what would become of every row. Second step: take them in."""
        why = provenance(request, who)
        try:
            rows = await asyncio.to_thread(sent.rows)
            if sent.confirmed:
                made = await self._imports.take_in(rows, why, sent.key)
                return RedirectResponse(f"{PATH}/{made}", 303)
            tried = await self._imports.account(rows, why, dry_run=True)
        except Refused as refused:
            words = {"file": refused.refusal.both}
            return await self.show(request, who, Sheet(words, sent.mapping), 422)
        except Unavailable:
            return later(await self._try_later(request, who, sent))
        trial = Trial(tried, packed(sent.file), sent.mapping, sent.key)
        if len(trial.packed) > LARGEST_PACKED:
            return await self.show(request, who, Sheet({"file": TOO_LARGE}, sent.mapping), 413)
        return await self.show(request, who, Sheet(trial=trial))

    async def _try_later(self, request: Request, who: Principal, sent: _Sent) -> Response:
        """The same step once more; what the browser held, it goes on holding."""
        trial = Trial((), sent.packed, sent.mapping, sent.key) if sent.confirmed else None
        return await self.show(request, who, Sheet({"file": SEND_AGAIN}, sent.mapping, trial), 503)


async def _read(request: Request) -> _Sent:
    form = await form_of(request)
    return _Sent(
        file=await file_of(form, "file", largest=LARGEST_FILE),
        packed=text_of(form, "content"),
        mapping=text_of(form, "mapping").replace("\r\n", "\n"),
        key=key_of(text_of(form, "idempotency_key")),
        agency=form.get("agency"),
    )
