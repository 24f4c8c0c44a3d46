"""How an API describes itself: OpenAPI 3.1 with everything a stranger needs to know."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from shared.web.answered_headers import HEADERS, add_headers, describe_versions
from shared.web.expected import EXAMPLE, add_examples, add_problems, ask_for_keys
from shared.web.site import Site

LICENCE = {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}
LIMITS = """
**Gränser.** Kropp högst 64 KiB (importer och satser 5 MiB), djup 16, listor högst 200 (satser
1 000). Okända egenskaper avvisas. Skapande POST kräver `Idempotency-Key`. Fel är
`application/problem+json` (RFC 9457).
Sidor: `limit` (20, högst 200) och `page` (från 1). Tider enligt RFC 3339, svar i UTC. Anrop räknas
per nyckel och per adress: `RateLimit-Policy` och `RateLimit` säger hur det står till, 429 med
`Retry-After` att det blev för många.

Okända eller upprepade parametrar i adressen avvisas. Svar som har en version bär den som `ETag`;
den som ändrar efter att ha läst sänder den som `If-Match` och får 412 om någon hann före.

**Version.** `v1` i adressen är huvudversionen. Det som läggs till bryter inget; det som bryter
kommer som `v2`, och `v1` finns kvar under övergången. `api-info` säger version och läge.

**Servicenivå.** Den som driver systemet (se kontakt) svarar för tillgängligheten; programmet lovar
ingen. Det som är tillfälligt borta svarar 503 med `Retry-After` och får sändas igen.

**Limits.** Body at most 64 KiB (imports and batches 5 MiB), depth 16, lists at most 200
(batches 1,000). Unknown properties are refused. Creating POSTs need `Idempotency-Key`. Errors are
`application/problem+json` (RFC 9457). Pages: `limit` (20, at most 200) and `page` (from 1). Times
by RFC 3339, answered in UTC. Requests are counted per key and per address: `RateLimit-Policy` and
`RateLimit` tell how it stands, 429 with `Retry-After` that there were too many.

Unknown or repeated query parameters are refused. An answer that has a version carries it as `ETag`;
who changes what was read sends it as `If-Match` and gets 412 where somebody was first.

**Version.** `v1` in the address is the major version. What is added breaks nothing; what would
comes as `v2`, and `v1` stays during the change. `api-info` tells version and status.

**Service level.** Whoever runs the system (see contact) answers for its availability; the software
promises none. What is away for the moment answers 503 with `Retry-After` and may be sent again.
"""

PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457. `invalid-parameters` enligt Diggs profil, aldrig värdet självt. / "
    "`invalid-parameters` as in Digg's profile, never the value itself.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "code", "correlation_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri"},
        "code": {"type": "string"},
        "correlation_id": {"type": "string"},
        "invalid-parameters": {
            "type": "array",
            "maxItems": 50,
            "items": {
                "type": "object",
                "required": ["property", "reason"],
                "properties": {"property": {"type": "string"}, "reason": {"type": "string"}},
            },
        },
    },
    "examples": [
        {
            "type": "tag:samlad.se,2026:problem/invalid",
            "title": "Uppgifterna är inte giltiga",
            "status": 422,
            "detail": "Uppgifterna är inte giltiga. / The input is not valid.",
            "instance": "tag:samlad.se,2026:occurrence/5a0c3f0e-5f0a-4f1e-9a58-0f6b3f1c2d4e",
            "code": "invalid",
            "correlation_id": "5a0c3f0e-5f0a-4f1e-9a58-0f6b3f1c2d4e",
            "invalid-parameters": [{"property": "category", "reason": "saknas / is missing"}],
        }
    ],
}
_NO_WORDS = "Successful Response"  # what FastAPI writes where nobody wrote anything

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class SamladApi(FastAPI):
    """A FastAPI whose document tells that every error is a problem."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = with_words(with_problems(_plain(self)))
        return self.openapi_schema


def described(site: Site, *, lifespan: Lifespan) -> SamladApi:
    """An app with its description; documents are served by `docs`, not by FastAPI."""
    service = site.service
    return SamladApi(
        title=f"Samlad {service.name}: {service.title_sv} / {service.title_en}",
        summary=f"{service.title_sv} / {service.title_en}",
        description=f"{service.description_sv}\n\n{service.description_en}\n{LIMITS}",
        version=service.version,
        contact=_contact(site),
        license_info=LICENCE,
        terms_of_service=site.settings.terms_url or None,
        servers=[{"url": site.settings.public_url, "description": "Denna driftsättning / this"}],
        openapi_external_docs={
            "description": "Dokumentation / documentation",
            "url": f"{site.settings.public_url.rstrip('/')}/{service.name}/docs",
        },
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        lifespan=lifespan,
    )


def _contact(site: Site) -> dict[str, str]:
    settings = site.settings
    told = {
        "name": settings.contact_name or site.district.name.sv,
        "url": settings.contact_url,
        "email": settings.contact_email,
    }
    return {name: value for name, value in told.items() if value}


def with_problems(document: dict[str, Any]) -> dict[str, Any]:
    """The document with our problem in place of FastAPI's own error shape."""
    components = document.setdefault("components", {})
    components["headers"] = dict(HEADERS)
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = PROBLEM_SCHEMA
    for path, operations in document["paths"].items():
        for operation in operations.values():
            if _is_fastapis(operation["responses"].get("422")):
                del operation["responses"]["422"]
            add_problems(operation, path)
            ask_for_keys(operation)
            describe_versions(operation)
            add_headers(operation, schemas)
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    return document


def with_words(document: dict[str, Any]) -> dict[str, Any]:
    """The document with what an operation does as its answer's words, and with examples."""
    schemas = document["components"]["schemas"]
    for path in document["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                if status.startswith("2") and answer["description"] == _NO_WORDS:
                    answer["description"] = operation["summary"]
            for media in operation.get("requestBody", {}).get("content", {}).values():
                _with_example(media, schemas)
            add_examples(operation, schemas)
    return document


def _with_example(media: dict[str, Any], schemas: dict[str, Any]) -> None:
    for schema in (media["schema"], *media["schema"].get("anyOf", ())):
        named = schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)
        if named.get("examples") and "examples" not in media:
            media["examples"] = {EXAMPLE: {"value": named["examples"][0]}}


def _is_fastapis(answer: dict[str, Any] | None) -> bool:
    return "HTTPValidationError" in str((answer or {}).get("content", ""))


def _plain(app: FastAPI) -> dict[str, Any]:
    return get_openapi(
        title=app.title,
        external_docs=app.openapi_external_docs,
        version=app.version,
        openapi_version="3.1.0",
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        servers=app.servers,
        contact=app.contact,
        license_info=app.license_info,
        terms_of_service=app.terms_of_service,
    )
