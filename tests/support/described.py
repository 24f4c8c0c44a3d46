"""Holds what a service answers to its OpenAPI document: statuses and headers."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx

from shared.web.middleware.headers import HEADERS as SECURITY

Json = dict[str, Any]
OF_HTTP: Final = frozenset(SECURITY) | {
    "allow", "connection", "content-language", "content-length", "content-type", "date", "vary",
    "strict-transport-security",
}  # fmt: skip
UNEXPECTED: Final = 500
NO_METHOD: Final = 405


def held_to(document: Json, answer: httpx.Response) -> None:
    """AssertionError where an answer to a described operation is not as it is described."""
    asked = answer.request
    for operation in operations_at(document, asked.url.path, asked.method):
        if answer.status_code in {UNEXPECTED, NO_METHOD}:
            return
        name = f"{asked.method} {asked.url.path}: {answer.status_code}"
        said = operation["responses"].get(str(answer.status_code))
        assert said is not None, f"{name} is not described"
        told = {header.lower() for header in said["headers"]}
        untold = answer.headers.keys() - OF_HTTP - told
        assert not untold, f"{name} has headers that are not described: {sorted(untold)}"
        for header, value in answer.headers.items():
            _fits(document, said["headers"], header, value)
        return


def operations_at(document: Json, path: str, method: str) -> Iterator[Json]:
    """The operations described at this path; one without names in it comes first."""
    sought = "get" if method == "HEAD" else method.lower()
    for described in sorted(document["paths"], key=lambda each: each.count("{")):
        operation = document["paths"][described].get(sought)
        if operation and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", described), path):
            yield operation


def _fits(document: Json, told: Mapping[str, Json], header: str, value: str) -> None:
    said = next((each for name, each in told.items() if name.lower() == header), None)
    if said is None:
        return
    meant = document["components"]["headers"].get(said.get("$ref", "").rpartition("/")[2], said)
    schema = meant["schema"]
    assert re.search(schema.get("pattern", ""), value), header
    assert value in schema.get("enum", [value]), header
    assert schema["type"] != "integer" or value.isdecimal(), header
