"""What somebody sees whose decision came too late, and the version a form was made for."""

import re

from fastapi import Request, Response

from services.intake.commands.changing import STALE
from shared.contracts.refusal import Refusal
from shared.web.form_data import Filled, one
from shared.web.pages import Pages
from shared.web.problem import Problem

_VERSION = re.compile(r"[0-9]{1,9}")


def version_of(filled: Filled) -> int:
    """The version a form was shown with; 400 where it does not say."""
    given = one(filled, "version")
    if _VERSION.fullmatch(given) is None:
        raise Problem(400)
    return int(given)


def moved(pages: Pages, request: Request, why: Refusal, back: tuple[str, str]) -> Response:
    """That it stands otherwise than when it was read; `back` is where to go on, and in words."""
    answer = pages.render(request, "moved.html", why.status, why=why, back=back, stale=why == STALE)
    answer.headers["cache-control"] = "no-store"
    return answer
