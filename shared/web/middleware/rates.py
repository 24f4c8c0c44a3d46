"""Rate limits: per key, per address, for open forms, and for keys that are guessed.

Every answer tells how it stands (`RateLimit-Policy` and `RateLimit`, as the IETF's draft has them);
beyond a limit it is 429 with `Retry-After`. Health and metrics are never refused.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Final

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.address import Origins
from shared.web.answers import answer
from shared.web.auth import holder_of, is_wrong_key, let_count_keys
from shared.web.problem import Problem
from shared.web.rates import IN_DEMO, Rate, Standing, Windows
from shared.web.session import session_of
from shared.web.site import Site

Told = tuple["Policy", Standing]
_AUTHORIZATION: Final = b"authorization"


@dataclass(frozen=True, slots=True)
class Policy:
    """One limit by its name, and as `RateLimit-Policy` has it."""

    name: str
    windows: Windows
    written: str

    @classmethod
    def of(cls, name: str, windows: Windows) -> "Policy":
        """The limit by this name."""
        return cls(name, windows, f'"{name}";q={windows.rate.amount};w={windows.rate.seconds}')


class Limited:
    """Counts requests and refuses those beyond a limit."""

    def __init__(self, app: ASGIApp, *, site: Site, clock: Callable[[], float] = monotonic) -> None:
        self._app = app
        self._site = site
        self._origins = Origins(site.settings.proxies)
        start = f"/{site.service.name}"
        self._exempt = (f"{start}/health/", f"{start}/metrics")
        settings, times = site.settings, IN_DEMO if site.settings.demo else 1

        def policy(name: str, written: str) -> Policy:
            return Policy.of(name, Windows(Rate.of(written, times), clock))

        self._key = policy("key", settings.rate_per_key)
        self._address = policy("address", settings.rate_per_address)
        self._form = policy("form", settings.rate_of_open_forms)
        self._wrong = policy("wrong-key", settings.rate_of_wrong_keys)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].startswith(self._exempt):
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        origin = self._origins.of(scope)
        told = [*self._counted(scope, origin)]

        def count_key(given: bytes) -> Standing:
            told.append(self._by_key(given, origin))
            return told[-1][1]

        let_count_keys(scope, count_key)

        async def with_limits(message: Message) -> None:
            if message["type"] == "http.response.start":
                if is_wrong_key(scope):
                    self._wrong.windows.hit(origin)
                message["headers"] = [*message.get("headers", ()), *_headers(told)]
            await send(message)

        wait = max((at.seconds for _, at in told if not at.within), default=None)
        app = self._app if wait is None else _refusal(scope, wait)
        await app(scope, receive, with_limits)

    def _counted(self, scope: Scope, origin: bytes) -> Sequence[Told]:
        """How it stands with every limit that is about this request; the last one may refuse it."""
        address = self._address.windows.hit(origin)
        told = [(self._address, address)]
        if not address.within:
            return told
        given = next((value for name, value in scope["headers"] if name == _AUTHORIZATION), None)
        if self._is_open_form(scope) and not self._is_ours(given):
            told.append((self._form, self._form.windows.hit(origin)))
        if given is not None:
            told.append(self._by_key(given, origin))
        return told

    def _is_ours(self, given: bytes | None) -> bool:
        """Whether it is a key in force: what else is written there opens no form more often."""
        return given is not None and holder_of(self._site, given.decode("latin-1")) is not None

    def _by_key(self, given: bytes, origin: bytes) -> Told:
        """Who has guessed too often is refused, unless the key is right."""
        guessed = self._wrong.windows.standing(origin)
        if not guessed.within and holder_of(self._site, given.decode("latin-1")) is None:
            return self._wrong, guessed
        key = given.rpartition(b" ")[2]
        return self._key, self._key.windows.hit(self._origins.hashed(key))

    def _is_open_form(self, scope: Scope) -> bool:
        return (
            scope["method"] == "POST"
            and scope["path"] in self._site.service.open_forms
            and session_of(Request(scope)) is None
        )


def _refusal(scope: Scope, wait: int) -> ASGIApp:
    return answer(Request(scope), Problem(429, headers={"retry-after": str(wait)}))


def _headers(told: Sequence[Told]) -> Sequence[tuple[bytes, bytes]]:
    policies = ", ".join([policy.written for policy, _ in told])
    standings = ", ".join([f'"{policy.name}";r={at.left};t={at.seconds}' for policy, at in told])
    return (
        (b"ratelimit-policy", policies.encode("ascii")),
        (b"ratelimit", standings.encode("ascii")),
    )
