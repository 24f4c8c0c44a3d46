"""The facade's own OpenAPI document: GeoReport's dots in paths have no place in the other one."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from services.intake.domain.open311.posted import CONTACT, LONGEST, MEDIA
from shared.web.openapi import LICENCE
from shared.web.site import Site

Schema = dict[str, Any]
DESCRIPTION: Final = """
Open311 GeoReport v2 för stadsdelens rapporter. XML först, JSON vid sidan av. Personliga uppgifter
(namn, e-post, telefon, konto, enhet) och bilder sparas aldrig; fri text är högst 500 tecken, läses
av granskningen, förseglas och läses tillbaka bara av den egna nyckelns myndighet. Nyckel i
huvudet `Authorization` (Bearer, eller Basic med nyckeln som lösenord), i huvudet `api_key` (eller
`X-Api-Key`, där ett led släpper namn med understreck) eller i formulärfältet `api_key`; aldrig i
adressen. Fel är listor av `{code, description}`.

Open311 GeoReport v2 for the district's reports. XML first, JSON beside it. Personal details (name,
e-mail, phone, account, device) and pictures are never kept; free text is at most 500 characters, is
screened, sealed, and read back only by the agency of the key that posted it. The key in the header
`Authorization` (Bearer, or Basic with the key as the password), in the header `api_key` (or
`X-Api-Key`, where something on the way drops names with an underscore) or in the form field
`api_key`; never in the address. Errors are lists of `{code, description}`.
"""
_TEXT: Final[Schema] = {"type": "string"}
_MAYBE: Final[Schema] = {"type": ["string", "null"]}
_NUMBER: Final[Schema] = {"type": ["number", "null"]}
_BOOLEAN: Final[Schema] = {"type": "boolean"}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "required": sorted(properties), "properties": properties}


def _list(root: str, item: str, schema: Schema) -> Schema:
    """A list as JSON has it; `xml` names the root and what it wraps."""
    named = {**schema, "xml": {"name": item}}
    return {"type": "array", "items": named, "xml": {"name": root, "wrapped": True}}


def _with(schema: Schema, **more: Schema) -> Schema:
    return {**schema, "properties": {**schema["properties"], **more}}


_VALUE = _object(key=_TEXT, name=_TEXT)
_ATTRIBUTE = _with(
    _object(
        variable=_BOOLEAN,
        code=_TEXT,
        datatype={"type": "string", "enum": ["datetime", "singlevaluelist", "multivaluelist"]},
        required=_BOOLEAN,
        datatype_description=_TEXT,
        order={"type": "integer", "minimum": 1},
        description=_TEXT,
    ),
    values=_list("values", "value", _VALUE),
)
_STATUS: Schema = {"type": "string", "enum": ["open", "closed"]}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_REQUEST = _with(
    _object(
        service_request_id=_TEXT,
        status=_STATUS,
        status_notes=_MAYBE,
        service_name=_TEXT,
        service_code=_TEXT,
        description=_MAYBE,
        agency_responsible=_MAYBE,
        service_notice=_MAYBE,
        requested_datetime=_MOMENT,
        updated_datetime=_MOMENT,
        expected_datetime=_MAYBE,
        address=_MAYBE,
        address_id=_MAYBE,
        zipcode=_MAYBE,
        lat=_NUMBER,
        long=_NUMBER,
        media_url=_MAYBE,
    ),
    extended_attributes=_object(
        detailed_status=_TEXT,
        answers=_list("answers", "answer", _object(code=_TEXT, value=_TEXT)),
    ),
)
_ENDPOINT = _object(
    specification=_TEXT,
    url=_TEXT,
    changeset=_TEXT,
    type={"type": "string", "enum": ["production", "test"]},
    formats=_list("formats", "format", _TEXT),
)
SCHEMAS: Final[Mapping[str, Schema]] = {
    "Discovery": _object(
        changeset=_TEXT,
        contact=_TEXT,
        key_service=_TEXT,
        endpoints=_list("endpoints", "endpoint", _ENDPOINT),
    )
    | {"xml": {"name": "discovery"}},
    "Services": _list(
        "services",
        "service",
        _object(
            service_code=_TEXT,
            service_name=_TEXT,
            description=_TEXT,
            metadata=_BOOLEAN,
            type={"type": "string", "enum": ["realtime"]},
            keywords=_TEXT,
            group=_TEXT,
        ),
    ),
    "ServiceDefinition": _object(
        service_code=_TEXT, attributes=_list("attributes", "attribute", _ATTRIBUTE)
    )
    | {"xml": {"name": "service_definition"}},
    "Receipt": _list(
        "service_requests",
        "request",
        _object(service_request_id=_TEXT, service_notice=_TEXT, account_id=_MAYBE),
    ),
    "Token": _list("service_requests", "request", _object(service_request_id=_TEXT, token=_TEXT)),
    "ServiceRequests": _list("service_requests", "request", _REQUEST),
    "Updates": _list(
        "service_request_updates",
        "request_update",
        _object(
            update_id=_TEXT,
            service_request_id=_TEXT,
            status=_TEXT,
            updated_datetime=_MOMENT,
            description=_TEXT,
            media_url=_MAYBE,
        ),
    ),
    "Errors": _list("errors", "error", _object(code={"type": "integer"}, description=_TEXT)),
}


def answers(schema: str, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """What a route answers, in both forms; errors in their own shape."""
    return {
        status: {"description": f"{schema}: XML eller/or JSON", "content": _both(schema)},
        "default": {"description": "Fel / errors", "content": _both("Errors")},
    }


def _both(schema: str) -> dict[str, Any]:
    named = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    return {"text/xml": named, "application/json": named}


_WORDS: Final[Mapping[str, str]] = {
    "service_code": "Tjänst / service, see services",
    "lat": "Latitud, WGS 84; med long / with long",
    "long": "Longitud, WGS 84; med lat / with lat",
    "address_string": "Adress eller beskrivning av platsen / address or description of the place",
    "address_id": "En plats / a place of /intake/v1/places",
    "description": "Vad som setts, högst 500 tecken / what was seen, at most 500 characters",
    "api_key": "Nyckel, om inte i ett huvud / the key, unless in a header",
    "jurisdiction_id": "Stadsdelens kod / the district's code; may be left out",
}
_FIELDS: Final[Schema] = {
    name: {"type": "string", "description": words}
    | ({"maxLength": LONGEST[name]} if name in LONGEST else {})
    for name, words in _WORDS.items()
} | {
    name: {"type": "string", "description": "Sparas aldrig / never kept"}
    for name in sorted({*CONTACT, MEDIA})
}
POSTED: Final[Schema] = {
    "security": [{"Bearer": []}, {"Basic": []}, {"Header": []}, {}],
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["service_code"],
                    "properties": _FIELDS,
                    "patternProperties": {
                        r"^attribute\[[a-z_]+\](\[[0-9]{0,3}\])?$": {"type": "string"}
                    },
                },
                "examples": {
                    "exempel": {
                        "value": {
                            "service_code": "ENV.LIGHTING",
                            "lat": "59.340512",
                            "long": "18.007804",
                            "description": "Tre lampor i rad är släckta.",
                            "attribute[severity]": "1",
                        }
                    }
                },
            }
        },
    },
}


def document(site: Site, routes: Sequence[BaseRoute], *servers: str) -> dict[str, Any]:
    """The OpenAPI document of these routes, served at each of these paths."""
    public = site.settings.public_url.rstrip("/")
    described = get_openapi(
        title="Samlad Open311 GeoReport v2",
        version=site.service.version,
        openapi_version="3.1.0",
        description=DESCRIPTION,
        routes=routes,
        servers=[{"url": f"{public}{path}", "description": path} for path in servers],
        license_info=LICENCE,
        terms_of_service=site.settings.terms_url or None,
        contact={"name": site.settings.contact_name or site.district.name.sv},
    )
    for path in described["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
    described["components"] = {
        "schemas": dict(SCHEMAS),
        "securitySchemes": {
            "Bearer": {"type": "http", "scheme": "bearer"},
            "Basic": {"type": "http", "scheme": "basic", "description": "Nyckeln som lösenord"},
            "Header": {"type": "apiKey", "in": "header", "name": "api_key"},
        },
    }
    return described
