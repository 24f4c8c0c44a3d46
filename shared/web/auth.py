"""Who asks, and whether their role may: dependencies for endpoints. Deny by default."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.types import Scope

from shared.security.roles import Principal, Right, allowed
from shared.security.session import Session, same_token
from shared.web.form_data import form_of
from shared.web.headers import media_type, only_header
from shared.web.problem import Problem
from shared.web.rates import Standing
from shared.web.session import session_of
from shared.web.site import Site, site_of

CSRF_FIELD = "csrf"
CSRF_HEADER = "x-csrf-token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_CHALLENGE = {"www-authenticate": 'Bearer realm="samlad"'}

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="ApiKey",
    description="API-nyckel / API key: `sml_test_…`, `sml_team_…`, `sml_live_…`",
)
_cookie = APIKeyCookie(
    name="samlad_session",
    auto_error=False,
    scheme_name="Session",
    description="Inloggad session / signed-in session",
)


async def maybe_principal(request: Request) -> Principal | None:
    """Who asks, or None for somebody unknown. A wrong key is never taken for none: 401.

    A session's unsafe request must carry its token in a form's field or in `X-CSRF-Token`: else
    403.
    """
    given = only_header(request.scope, b"authorization")
    if given is not None:
        return _by_key(request, given)
    session = session_of(request)
    if session is None:
        return None
    if request.method not in _SAFE:
        await _check_token(request, session)
    return session.principal


async def principal(
    request: Request,
    _by_bearer: Annotated[object, Security(_bearer)] = None,
    _by_session: Annotated[object, Security(_cookie)] = None,
) -> Principal:
    """Who asks; 401 when nobody we know."""
    known = await maybe_principal(request)
    if known is None:
        raise Problem(401, headers=_CHALLENGE)
    return known


Known = Annotated[Principal, Depends(principal)]
MaybeKnown = Annotated[Principal | None, Depends(maybe_principal)]


def require(right: Right) -> Callable[..., Awaitable[Principal]]:
    """A dependency that gives the principal when their role has the right; 403 otherwise."""

    async def check(known: Known) -> Principal:
        if not allowed(known, right):
            raise Problem(403)
        return known

    return check


def holder_of(site: Site, authorization: str) -> Principal | None:
    """Who holds the key of an `Authorization` header, if it is one of ours and in force."""
    scheme, _, key = authorization.partition(" ")
    return (
        site.keyring.find(key.strip(" \t"), site.wall_now()) if scheme.lower() == "bearer" else None
    )


def let_count_keys(scope: Scope, count: Callable[[bytes], Standing]) -> None:
    """Give the request what counts a key against the limits."""
    scope["state"]["samlad_count_key"] = count


def count_key(request: Request, key: str) -> None:
    """Count a key of a form as one of the header `Authorization` is; 429 beyond a limit."""
    standing: Standing = request.state.samlad_count_key(f"Bearer {key}".encode())
    if not standing.within:
        raise Problem(429, headers={"retry-after": str(standing.seconds)})


def note_wrong_key(request: Request) -> None:
    """Say that the key a request came with is not ours: too many of them are refused."""
    request.state.samlad_wrong_key = True


def is_wrong_key(scope: Scope) -> bool:
    """Whether a request came with a key that is not ours."""
    return bool(scope["state"].get("samlad_wrong_key", False))


def _by_key(request: Request, authorization: str) -> Principal:
    found = holder_of(site_of(request), authorization)
    if found is None:
        note_wrong_key(request)
        raise Problem(401, headers=_CHALLENGE)
    return found


async def _check_token(request: Request, session: Session) -> None:
    given: object = request.headers.get(CSRF_HEADER)
    if given is None and media_type(request.scope) in _FORMS:
        given = (await form_of(request)).get(CSRF_FIELD)
    if not isinstance(given, str) or not same_token(session.csrf, given):
        raise Problem(
            403,
            "form-expired",
            ("Formuläret har gått ut, ladda om sidan", "The form has expired, reload the page"),
        )
