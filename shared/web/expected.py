"""What an operation may answer, and examples of it, as its OpenAPI document tells a stranger.

Both follow from what the operation is: whether it asks who one is, takes a body, names something.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from shared.web.answered_headers import IDEMPOTENCY_KEY, takes
from shared.web.conditional import NAME as IF_MATCH
from shared.web.problem import MEDIA_TYPE, WORDS

Json = dict[str, Any]
EXAMPLE: Final = "exempel"
PROBLEM: Final[Json] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
KEY_SCHEMA: Final[Json] = {
    "type": "string",
    "minLength": 1,
    "maxLength": 200,
    "pattern": "^[!-~]([ -~]{0,198}[!-~])?$",
}
_ALWAYS: Final = (422, 429, 503)  # 422: an undeclared parameter
_SAMPLES: Final = (
    "7b0c3f0e-5f0a-5f1e-9a58-0f6b3f1c2d4e",
    "PL-HORN",
    "SA-NORR",
    "ENV.LIGHTING",
    "8908866c0d3ffff",
    "2026-W23",
    "2026-06",
    "2026-VT",
    "FIELD_WORKERS",
    "intake",
    "text",
)
_OF_FORMAT: Final[Mapping[str, str]] = {
    "date-time": "2026-06-05T21:40:00Z",
    "date": "2026-06-05",
    "uri": "https://samlad.example.org/",
}


def add_problems(operation: Json, path: str) -> None:
    """Name every problem the operation may answer; `default` stands for the rest."""
    answers = operation["responses"]
    for status in sorted({*_ALWAYS, *_problems(operation, path)}):
        answers.setdefault(str(status), _problem(status))
    answers.setdefault(
        "default", {"description": "Ett problem / a problem (RFC 9457)", "content": PROBLEM}
    )


def also(*statuses: int) -> dict[int | str, Json]:
    """Problems that do not follow from what an operation is, as a route's `responses`."""
    return {status: _problem(status) for status in statuses}


def ask_for_keys(operation: Json) -> None:
    """Say that the idempotency key is mandatory, and what it is made of."""
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == IDEMPOTENCY_KEY:
            parameter |= {"required": True, "schema": KEY_SCHEMA}


def add_examples(operation: Json, schemas: Json) -> None:
    """Give the body and every answer of success an example, where they have none."""
    media = [*operation.get("requestBody", {}).get("content", {}).values()]
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            media += [m for kind, m in answer.get("content", {}).items() if kind.endswith("json")]
    for each in media:
        if not {"example", "examples"} & each.keys():
            each["examples"] = {EXAMPLE: {"value": example_of(each["schema"], schemas)}}


def example_of(schema: Json, schemas: Json) -> Any:  # noqa: ANN401 - any JSON
    """A value the schema allows: its own example where it has one."""
    schema = _meant(schema, schemas)
    for key in ("examples", "enum"):
        if schema.get(key):
            return schema[key][0]
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    return _made(schema, schemas)


def _made(schema: Json, schemas: Json) -> Any:  # noqa: ANN401 - any JSON
    match schema.get("type"):
        case "object":
            return _object(schema, schemas)
        case "array":
            return _array(schema, schemas)
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return False
        case _:
            return _text(schema)


def _problems(operation: Json, path: str) -> Iterable[int]:
    parameters = operation.get("parameters", ())
    body = "requestBody" in operation
    if operation.get("security"):
        yield from (400, 401, 403)  # 400: two keys
    if "{" in path:
        yield 404
    if body or any(each["in"] == "header" for each in parameters):
        yield 400
    if body or takes(operation, IF_MATCH, IDEMPOTENCY_KEY):
        yield 409
    if takes(operation, IF_MATCH):
        yield 412
    if body:
        yield from (413, 415)


def _problem(status: int) -> Json:
    return {"description": _words(status), "content": PROBLEM}


def _words(status: int) -> str:
    _, swedish, english = WORDS[status]
    return f"{swedish} / {english}"


def _meant(schema: Json, schemas: Json) -> Json:
    """The schema a reference or a choice leads to first."""
    while True:
        if "$ref" in schema:
            schema = schemas[schema["$ref"].rpartition("/")[2]]
        elif "anyOf" in schema or "oneOf" in schema:
            choices: Sequence[Json] = schema.get("anyOf") or schema["oneOf"]
            schema = choices[0]
        elif "allOf" in schema:
            schema = schema["allOf"][0]
        else:
            return schema


def _object(schema: Json, schemas: Json) -> Json:
    further = schema.get("additionalProperties")
    if not schema.get("properties") and isinstance(further, dict):
        name = example_of(schema["propertyNames"], schemas) if "propertyNames" in schema else "sv"
        return {name: example_of(further, schemas)}
    wanted = schema.get("properties", {})
    return {name: example_of(each, schemas) for name, each in wanted.items()}


def _array(schema: Json, schemas: Json) -> list[Any]:
    if "prefixItems" in schema:
        return [example_of(each, schemas) for each in schema["prefixItems"]]
    return [example_of(schema["items"], schemas)] if schema.get("items") else []


def _text(schema: Json) -> str:
    known = _OF_FORMAT.get(schema.get("format", ""))
    fits = re.compile(schema.get("pattern", ""))
    return known or next(sample for sample in _SAMPLES[::-1] if fits.search(sample))
