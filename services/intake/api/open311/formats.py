"""XML first, JSON second: one tree of values becomes either, by GeoReport's (Spark) convention.

A list's items are named in XML and nameless in JSON; the root is named in XML and left out in
JSON. `Decimal` is a number written as it was sent.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

import orjson
from fastapi import Depends, Path
from fastapi.responses import Response

from shared.web.problem import Problem

XML: Final = "xml"
JSON: Final = "json"
TYPES: Final[Mapping[str, str]] = {
    XML: "text/xml; charset=utf-8",
    JSON: "application/json; charset=utf-8",
}
ITEMS: Final[Mapping[str, str]] = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
    "answers": "answer",
}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Tree = Mapping[str, Any] | Sequence[Any]


async def _asked(
    form: Annotated[
        str, Path(description="xml eller/or json", json_schema_extra={"enum": [XML, JSON]})
    ],
) -> str:
    if form not in TYPES:
        raise Problem(404, "unknown-format", ("Formatet finns inte", "No such format"))
    return form


Asked = Annotated[str, Depends(_asked)]


def answer(root: str, tree: Tree, form: str, status: int = 200) -> Response:
    """The tree in the form that was asked for."""
    body = orjson.dumps(tree, default=_number) if form == JSON else _xml(root, tree)
    return Response(body, status, {"content-type": TYPES[form]})


def form_of(path: str) -> str:
    """The form a path asks for by how it ends; XML unless it is JSON."""
    return JSON if path.endswith(f".{JSON}") else XML


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value).__name__)


def _xml(root: str, tree: Tree) -> bytes:
    top = Element(root)
    _fill(top, tree)
    written: bytes = tostring(top, encoding="utf-8", xml_declaration=True)
    # A bare carriage return would come back as a line feed; ElementTree writes none of its own.
    return written.replace(b"\r", b"&#13;")


def _fill(element: Element, value: Any) -> None:  # noqa: ANN401 - any tree
    match value:
        case None:
            return
        case bool():
            element.text = "true" if value else "false"
        case Mapping():
            for name, child in value.items():
                _fill(SubElement(element, name), child)
        case list() | tuple():
            for child in value:
                _fill(SubElement(element, ITEMS[element.tag]), child)
        case _:
            element.text = _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", str(value))
