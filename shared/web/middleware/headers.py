"""The security headers of every answer."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

STRICT_CSP = (
    "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; "
    "form-action 'self'; img-src 'self' data:"
)
DOCS_CSP = STRICT_CSP + "; style-src 'self' 'unsafe-inline'"

_POLICY = "camera=(), microphone=(), geolocation=({}), interest-cohort=()"
MAY_LOCATE = _POLICY.format("self")  # for a page that may ask for the visitor's position

HEADERS: Mapping[str, str] = {
    "content-security-policy": STRICT_CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": _POLICY.format(""),
    "cache-control": "no-store",
}
_HSTS = "max-age=31536000; includeSubDomains"


class SecurityHeaders:
    """Adds the headers an answer has not set itself."""

    def __init__(self, app: ASGIApp, *, over_https: bool = False) -> None:
        self._app = app
        named = dict(HEADERS) | ({"strict-transport-security": _HSTS} if over_https else {})
        self._headers = [(name.encode(), value.encode()) for name, value in named.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = [*message.get("headers", ())]
                names = {name for name, _ in given}
                message["headers"] = given + [h for h in self._headers if h[0] not in names]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)
