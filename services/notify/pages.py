"""The demo's outbox: the mails that lie in the mail sink, as their recipients would read them."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from fastapi.responses import HTMLResponse

from shared.web.pages import Pages
from shared.web.paging import Listing, Page
from shared.web.problem import Problem

_FILE: Final = re.compile(r"[\w.-]{1,100}\.eml", re.ASCII)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in the sink."""

    name: str
    subject: str
    recipient: str
    date: datetime | None
    text: str


def router(pages: Pages, folder: Path | None) -> APIRouter:
    """The outbox; only a demo has a folder, elsewhere the pages do not exist."""
    routes = APIRouter(prefix="/notify", include_in_schema=False)
    if folder is None:
        return routes
    sink = folder

    @routes.get("/outbox")
    async def outbox(request: Request, part: Listing) -> HTMLResponse:
        letters, total = await asyncio.to_thread(_newest, sink, part)
        return pages.render(request, "outbox.html", letters=letters, total=total, part=part)

    @routes.get("/outbox/{name}")
    async def letter(
        request: Request, name: Annotated[str, InPath(max_length=104)]
    ) -> HTMLResponse:
        found = await asyncio.to_thread(_letter, sink, name)
        if found is None:
            raise Problem(404)
        return pages.render(request, "letter.html", letter=found)

    return routes


def _newest(folder: Path, part: Page) -> tuple[Sequence[Letter], int]:
    names = sorted((file.name for file in folder.glob("*.eml")), reverse=True)
    wanted = names[part.skip : part.skip + part.limit]
    return [found for name in wanted if (found := _letter(folder, name))], len(names)


def _letter(folder: Path, name: str) -> Letter | None:
    if not _FILE.fullmatch(name):
        return None
    try:
        message = message_from_bytes((folder / name).read_bytes(), policy=policy.default)
    except OSError:
        return None
    return Letter(
        name=name,
        subject=str(message.get("subject", "")),
        recipient=str(message.get("to", "")),
        date=_date(message),
        text=_text(message),
    )


def _date(message: EmailMessage) -> datetime | None:
    header = message.get("date")
    moment: datetime | None = getattr(header, "datetime", None)
    return moment


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return str(body.get_content()) if isinstance(body, EmailMessage) else ""
