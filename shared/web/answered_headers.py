"""Which headers an operation answers with, as its OpenAPI document tells a stranger.

They follow from what the operation is: what it takes, and what its answer holds. What it takes is
declared where it is read (`IfMatch`, `IdempotencyKey`); nothing has to be said a second time.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from shared.web.conditional import NAME as IF_MATCH
from shared.web.conditional import WRITTEN

Json = dict[str, Any]
IDEMPOTENCY_KEY: Final = "Idempotency-Key"
_TEXT: Final[Json] = {"type": "string"}
_SECONDS: Final[Json] = {"type": "integer", "minimum": 0}
HEADERS: Final[Mapping[str, Json]] = {
    "X-Correlation-ID": {
        "description": "Anropets id, det egna om ett sändes / the request's id, your own if sent",
        "schema": _TEXT,
    },
    "traceparent": {"description": "W3C Trace Context", "schema": _TEXT},
    "RateLimit-Policy": {
        "description": 'Gränserna: `"key";q=<antal>;w=<sekunder>` / the limits',
        "schema": _TEXT,
    },
    "RateLimit": {
        "description": 'Hur det står: `"key";r=<kvar>;t=<sekunder>` / what is left',
        "schema": _TEXT,
    },
    "Retry-After": {
        "description": "Sekunder att vänta / seconds to wait before sending it again",
        "schema": _SECONDS,
    },
    "ETag": {
        "description": "Versionen, att sända som `If-Match` / the version, to send as `If-Match`",
        "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
    },
    "Idempotent-Replayed": {
        "description": "`true` när svaret är ett tidigare svar / when this was done before",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Link": {
        "description": "Första, föregående, nästa och sista sidan / the pages (RFC 8288)",
        "schema": _TEXT,
    },
    "Content-Disposition": {"description": "Filens namn / the file's name", "schema": _TEXT},
    "Location": {"description": "Det som gjordes / what was made", "schema": _TEXT},
    "WWW-Authenticate": {"description": "Hur man visar vem man är / how", "schema": _TEXT},
}
_ALWAYS: Final = ("X-Correlation-ID", "traceparent", "RateLimit-Policy", "RateLimit")
_OF_PROBLEMS: Final[Mapping[str, tuple[str, ...]]] = {
    "401": ("WWW-Authenticate",),
    "429": ("Retry-After",),
    "503": ("Retry-After",),
}


def named(*names: str) -> Json:
    """Headers by their names in `components`, as a route's `responses` has them."""
    return {"headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names}}


def add_headers(operation: Json, schemas: Json) -> None:
    """Name the headers of every answer; those of all answers stand in `components`."""
    for status, answer in operation["responses"].items():
        told = [*_ALWAYS, *_OF_PROBLEMS.get(status, ())]
        if status.startswith("2"):
            told += _of_success(operation, answer, schemas)
        answer["headers"] = named(*told)["headers"] | answer.get("headers", {})


def describe_versions(operation: Json) -> None:
    """Say how a version is written where one is taken."""
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == IF_MATCH:
            parameter["schema"] = {"type": "string", "pattern": WRITTEN}
            parameter["example"] = '"1"'


def takes(operation: Json, *names: str) -> bool:
    """Whether the operation takes a header of these."""
    given = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "header"}
    return not given.isdisjoint(names)


def _of_success(operation: Json, answer: Json, schemas: Json) -> Iterator[str]:
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    meant = schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)
    holds = meant.get("properties", {}).keys()
    if "version" in holds:
        yield "ETag"
    if {"items", "page"} <= holds:
        yield "Link"
    if takes(operation, IDEMPOTENCY_KEY, IF_MATCH):
        yield "Idempotent-Replayed"
