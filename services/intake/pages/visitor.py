"""Who may look at an agency's desk: somebody of an agency of the district, signed in."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse

from shared.security.roles import Principal, Right, Via, allowed
from shared.web.auth import MaybeKnown
from shared.web.problem import Problem
from shared.web.site import site_of

SIGN_IN: Final = "/coordination/sign-in"


def visitor(right: Right) -> Callable[..., Awaitable[Principal | None]]:
    """A dependency: the signed-in reader; None for nobody; 403 for who has no business here."""

    async def check(request: Request, known: MaybeKnown) -> Principal | None:
        if known is None or known.via is not Via.SESSION:
            return None
        if known.district != site_of(request).district.code or not allowed(known, right):
            raise Problem(403)
        return known

    return check


def to_sign_in(request: Request, back: str | None = None) -> RedirectResponse:
    """To the sign-in, and from there back to where they wanted to go, or to `back`."""
    return RedirectResponse(f"{SIGN_IN}?next={quote(back or request.url.path)}", status_code=303)


DeskVisitor = Annotated[Principal | None, Depends(visitor(Right.READ_OWN_CONCERNS))]
KeyVisitor = Annotated[Principal | None, Depends(visitor(Right.MANAGE_KEYS))]
SspfVisitor = Annotated[Principal | None, Depends(visitor(Right.RECORD_SSPF))]
ChangeVisitor = Annotated[Principal | None, Depends(visitor(Right.CHANGE_OWN_CONCERNS))]
QuarantineVisitor = Annotated[Principal | None, Depends(visitor(Right.HANDLE_QUARANTINE))]
StatisticsVisitor = Annotated[Principal | None, Depends(visitor(Right.IMPORT_STATISTICS))]
AuditVisitor = Annotated[Principal | None, Depends(visitor(Right.READ_AUDIT))]
ExpungeVisitor = Annotated[Principal | None, Depends(visitor(Right.EXPUNGE_NARRATIVES))]
