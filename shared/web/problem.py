"""RFC 9457 problems: the one form of every answer from 400 up.

A problem says what is wrong in words of our own. Nothing a caller sent comes back in it, and
nothing an exception says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.responses import Response

from shared.contracts.refusal import Refusal
from shared.telemetry import context

MEDIA_TYPE = "application/problem+json"
TYPES = "tag:samlad.se,2026:problem/"
OCCURRENCES = "tag:samlad.se,2026:occurrence/"
FIRST_PROBLEM = 400
FIRST_FAILURE = 500

WORDS: Mapping[int, tuple[str, str, str]] = {
    400: ("bad-request", "Begäran går inte att läsa", "The request cannot be read"),
    401: ("sign-in-needed", "Inloggning eller nyckel krävs", "Sign-in or a key is needed"),
    403: ("not-allowed", "Rollen får inte göra detta", "The role may not do this"),
    404: ("not-found", "Det som söktes finns inte", "What was asked for does not exist"),
    405: ("method-not-allowed", "Metoden finns inte här", "The method does not exist here"),
    406: ("not-acceptable", "Formatet finns inte", "The format does not exist"),
    409: ("conflict", "Tillståndet tillåter inte detta", "The state does not allow this"),
    412: ("stale", "Uppgiften har ändrats sedan den lästes", "It has changed since it was read"),
    413: ("too-large", "Innehållet är för stort", "The content is too large"),
    415: ("unsupported-media-type", "Medietypen stöds inte", "The media type is not supported"),
    422: ("invalid", "Uppgifterna är inte giltiga", "The input is not valid"),
    429: ("too-many-requests", "För många anrop", "Too many requests"),
    500: ("internal", "Något gick fel hos oss", "Something went wrong on our side"),
    503: ("unavailable", "Tjänsten är tillfälligt otillgänglig", "Temporarily unavailable"),
}


@dataclass(frozen=True, slots=True)
class Title:
    """What went wrong, in both languages."""

    sv: str
    en: str


@dataclass(frozen=True, slots=True)
class Extras:
    """What a problem may carry beside its words: headers and further members."""

    headers: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, Any] = field(default_factory=dict)


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it a problem
    """Raise it anywhere in a request; it becomes the answer."""

    def __init__(  # noqa: PLR0913 - the members of RFC 9457, each by name
        self,
        status: int,
        code: str | None = None,
        title: tuple[str, str] | None = None,
        *,
        detail: str | None = None,
        invalid: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        """`title` is (sv, en); `invalid` pairs (property, reason); `members` are extensions."""
        usual = WORDS.get(status, WORDS[400] if status < FIRST_FAILURE else WORDS[500])
        self.status = status
        self.code = code or usual[0]
        self.title = Title(*(title or usual[1:]))
        self.detail = detail
        self.invalid = tuple(invalid)
        self.extras = Extras(headers or {}, members or {})
        super().__init__(self.code)

    def document(self, language: str = "sv") -> dict[str, Any]:
        """The problem as RFC 9457 writes it."""
        trace = context.current()
        document: dict[str, Any] = {
            "type": TYPES + self.code.lower().replace("_", "-"),
            "title": self.title.en if language == "en" else self.title.sv,
            "status": self.status,
            "detail": self.detail or f"{self.title.sv}. / {self.title.en}.",
            "instance": OCCURRENCES + trace.correlation_id,
            "code": self.code,
            "correlation_id": trace.correlation_id,
        }
        if self.invalid:
            document["invalid-parameters"] = [
                {"property": name, "reason": reason} for name, reason in self.invalid
            ]
        return document | dict(self.extras.members)

    def response(self, language: str = "sv") -> Response:
        """The problem as an answer."""
        return Response(
            orjson.dumps(self.document(language)),
            self.status,
            {
                "content-type": MEDIA_TYPE,
                "content-language": language,
                "cache-control": "no-store",
                **self.extras.headers,
            },
        )


def of_refusal(refusal: Refusal) -> Problem:
    """What the domain refuses, as an answer."""
    return Problem(
        refusal.status,
        refusal.code,
        (refusal.sv, refusal.en),
        detail=refusal.both,
        invalid=[(refusal.field, refusal.both)] if refusal.field else (),
    )


def language_of(accept_language: str | None) -> str:
    """`en` where the caller prefers English over Swedish, else `sv`."""
    first = (accept_language or "").split(",", 1)[0].strip().lower()
    return "en" if first.startswith("en") else "sv"
