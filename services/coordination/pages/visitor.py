"""Who may look at the desk's pages: somebody signed in; everybody else is led to the sign-in."""

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse

from shared.contracts.codes import Role
from shared.security.roles import Principal, Right, allowed
from shared.web.auth import MaybeKnown
from shared.web.problem import Problem
from shared.web.site import site_of

SIGN_IN: Final = "/coordination/sign-in"


async def visitor(request: Request, known: MaybeKnown) -> Principal | None:
    """The reader of a desk page; None for nobody; 403 for who has no business here."""
    if known is None:
        return None
    here = known.district == site_of(request).district.code
    if not here or not allowed(known, Right.READ_COORDINATION) or known.role is Role.ACTION_OWNER:
        raise Problem(403)
    return known


Visitor = Annotated[Principal | None, Depends(visitor)]


def to_sign_in(request: Request) -> RedirectResponse:
    """To the sign-in, and from there back to where they wanted to go."""
    return RedirectResponse(f"{SIGN_IN}?next={quote(request.url.path)}", status_code=303)
