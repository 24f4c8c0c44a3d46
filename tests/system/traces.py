"""Searches everything a system has written or shows for values that must not be there."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO

import httpx
from aiokafka.admin import AIOKafkaAdminClient
from pymongo import MongoClient
from pypdf import PdfReader

from tests.support.running import System
from tests.support.topics import read_all

#: Pages and answers anybody or a coordinator can see.
SHOWN = (
    "/reporting/",
    "/reporting/v1/situation",
    "/coordination/",
    "/coordination/v1/triage?limit=200",
    "/notify/outbox",
    "/notify/v1/deliveries?limit=200",
    "/reporting/v1/effects",
    "/reporting/v1/reports",
)


@dataclass(slots=True)
class Traces:
    """Where was searched, and where which value was found."""

    searched: list[str] = field(default_factory=list)
    found: dict[str, list[str]] = field(default_factory=dict)

    def search(self, place: str, content: bytes, values: Sequence[str]) -> None:
        """Looks for every value, as text and without its separators."""
        self.searched.append(place)
        hits = [value for value in values if any(form in content for form in _forms(value))]
        if hits:
            self.found[place] = hits


def _forms(value: str) -> set[bytes]:
    return {value.encode(), value.replace("-", "").encode()}


def traces_of(system: System, values: Sequence[str]) -> Traces:
    """Everything outside the vault: topics, databases, logs, mails, metrics, pages and answers."""
    traces = Traces()
    for place, content in _everything(system):
        traces.search(place, content, values)
    return traces


def _everything(system: System) -> Iterator[tuple[str, bytes]]:
    yield from asyncio.run(_topics(system.state.kafka))
    yield from _databases(system.state.mongo_url)
    yield from system.written()
    yield from _shown(system)


def _words_of(pdf: bytes) -> bytes:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).encode()


async def _topics(bootstrap: Sequence[str]) -> list[tuple[str, bytes]]:
    found = []
    for topic in await _names(bootstrap):
        content = bytearray()
        for record in await read_all(list(bootstrap), topic):
            content += b"\0".join((record.key or b"", record.value or b"", b""))
            content += b"\0".join(value or b"" for _, value in record.headers)
        found.append((topic, bytes(content)))
    return found


async def _names(bootstrap: Sequence[str]) -> list[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=list(bootstrap))
    await admin.start()
    try:
        return sorted(await admin.list_topics())
    finally:
        await admin.close()


def _databases(url: str) -> Iterator[tuple[str, bytes]]:
    """Every document of every database; the vault's content is encrypted and searched like all."""
    with MongoClient[dict[str, object]](url) as client:
        for name in client.list_database_names():
            for collection in client[name].list_collection_names():
                content = repr(list(client[name][collection].find())).encode()
                yield f"{name}.{collection}", content


def _shown(system: System) -> Iterator[tuple[str, bytes]]:
    with httpx.Client(base_url=system.state.front, trust_env=False) as http:
        who = {"part": "DISTRICT_COORD:COORDINATOR"}
        assert http.post("/coordination/sign-in", data=who).status_code == 303
        for path in SHOWN:
            answer = http.get(path)
            assert answer.status_code == 200, (path, answer.status_code)
            yield path, answer.content
        for report in http.get("/reporting/v1/reports").json()["items"]:
            path = f"/reporting/situation/{report['period']}.pdf"
            yield path, _words_of(http.get(path).content)
    for name, address in system.state.services.items():
        answer = httpx.get(f"{address}/{name}/metrics", trust_env=False)
        assert answer.status_code == 200, name
        yield f"{name} metrics", answer.content
