"""A small GeoReport client, written after the specification's text alone.

It knows what the specification says and nothing of the server: forms, elements, errors, tokens.
"""

import time
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit, urlunsplit
from urllib.request import Request, urlopen
from xml.dom.minidom import Element

from defusedxml.minidom import parseString

TIMEOUT = 10
TRIES = 5
PAUSE = 2.0

Row = dict[str, str]


class RefusedError(Exception):
    """The server's errors: (code, description) each, and the status they came with."""

    def __init__(self, status: int, errors: Sequence[tuple[str, str]]) -> None:
        super().__init__(status, errors)
        self.status = status
        self.errors = list(errors)


@dataclass
class Client:
    """`endpoint` may carry name and password; they are sent as HTTP's Basic scheme, as LWP does."""

    endpoint: str
    jurisdiction_id: str = ""
    api_key: str = ""
    pause: float = PAUSE
    asked: list[str] = field(default_factory=list)

    def discovery(self) -> Element:
        return self._get("discovery.xml")

    def services(self) -> list[Row]:
        return _rows(self._get("services.xml"), "services", "service")

    def definition(self, service_code: str) -> list[tuple[Row, list[str]]]:
        """Each attribute, and the keys one may answer it with."""
        top = self._get(f"services/{quote(service_code)}.xml")
        assert top.tagName == "service_definition"
        assert _text(top, "service_code") == service_code
        return [
            (_row(each), [_text(value, "key") for value in each.getElementsByTagName("value")])
            for each in top.getElementsByTagName("attribute")
        ]

    def post(self, fields: Mapping[str, str | Sequence[str]]) -> str:
        """The service_request_id, at once or after asking for it with a token."""
        known = {"jurisdiction_id": self.jurisdiction_id, "api_key": self.api_key}
        body = urlencode({**known, **fields}, doseq=True).encode("ascii")
        kind = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        (row,) = _rows(self._ask("requests.xml", body, kind), "service_requests", "request")
        return row.get("service_request_id") or self.by_token(row["token"])

    def by_token(self, token: str) -> str:
        for attempt in range(TRIES):
            if attempt:
                time.sleep(self.pause)
            top = self._get(f"tokens/{quote(token)}.xml")
            (row,) = _rows(top, "service_requests", "request")
            if row.get("service_request_id"):
                return row["service_request_id"]
        return ""

    def requests(self, **query: str) -> list[Row]:
        return _rows(self._get("requests.xml", **query), "service_requests", "request")

    def request(self, service_request_id: str) -> Row:
        top = self._get(f"requests/{quote(service_request_id)}.xml")
        (row,) = _rows(top, "service_requests", "request")
        return row

    def updates(self, **query: str) -> list[Row]:
        """FixMyStreet's extension."""
        top = self._get("servicerequestupdates.xml", api_key="", **query)
        return _rows(top, "service_request_updates", "request_update")

    def _get(self, path: str, **query: str) -> Element:
        known = {"jurisdiction_id": self.jurisdiction_id} if self.jurisdiction_id else {}
        return self._ask(f"{path}?{urlencode({**known, **query})}")

    def _ask(
        self, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Element:
        parts = urlsplit(self.endpoint)
        host = parts.netloc.rpartition("@")[2]
        url = urlunsplit((parts.scheme, host, f"{parts.path.rstrip('/')}/", "", "")) + path
        self.asked.append(url)
        request = Request(url, body, dict(headers or {}))  # noqa: S310 - http on loopback
        if parts.password:
            known = b64encode(f"{parts.username}:{parts.password}".encode()).decode()
            request.add_header("Authorization", f"Basic {known}")
        try:
            with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - http on loopback
                assert answer.headers["content-type"] == "text/xml; charset=utf-8"
                return _parsed(answer.read())
        except HTTPError as error:
            rows = _rows(_parsed(error.read()), "errors", "error")
            errors = [(row["code"], row["description"]) for row in rows]
            raise RefusedError(error.code, errors) from error


def _parsed(body: bytes) -> Element:
    top = parseString(body.decode("utf-8")).documentElement
    assert top is not None
    return top


def _rows(top: Element, root: str, item: str) -> list[Row]:
    assert top.tagName == root
    assert all(child.nodeName == item for child in top.childNodes)
    return [_row(child) for child in top.childNodes if isinstance(child, Element)]


def _row(element: Element) -> Row:
    return {
        child.tagName: _content(child) for child in element.childNodes if isinstance(child, Element)
    }


def _text(element: Element, name: str) -> str:
    return _content(element.getElementsByTagName(name)[0])


def _content(element: Element) -> str:
    return "".join(node.data for node in element.childNodes if node.nodeType == node.TEXT_NODE)
