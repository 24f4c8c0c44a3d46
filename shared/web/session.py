"""The session cookie: read it, set it, clear it."""

from fastapi import Request, Response

from shared.security.roles import Principal
from shared.security.session import LIFETIME, Session, opened
from shared.web.settings import ServiceSettings
from shared.web.site import site_of


def cookie_name(settings: ServiceSettings) -> str:
    """`__Host-` binds the cookie to this host; browsers allow that name over https only."""
    return "__Host-samlad_session" if settings.over_https else "samlad_session"


def session_of(request: Request) -> Session | None:
    """The session the request carries, if it is ours and not over. Read once per request."""
    if not hasattr(request.state, "samlad_session"):
        site = site_of(request)
        sealed = request.cookies.get(cookie_name(site.settings))
        request.state.samlad_session = site.seal.unseal(sealed, site.wall_now()) if sealed else None
    session: Session | None = request.state.samlad_session
    return session


def sign_in(request: Request, response: Response, who: Principal) -> Session:
    """Open a session for `who` and give the browser its cookie."""
    site = site_of(request)
    session = opened(who, site.wall_now())
    response.set_cookie(
        cookie_name(site.settings),
        site.seal.seal(session),
        max_age=int(LIFETIME.total_seconds()),
        path="/",
        secure=site.settings.over_https,
        httponly=True,
        samesite="lax",
    )
    return session


def sign_out(request: Request, response: Response) -> None:
    """Take the cookie away."""
    settings = site_of(request).settings
    response.delete_cookie(
        cookie_name(settings),
        path="/",
        secure=settings.over_https,
        httponly=True,
        samesite="lax",
    )
