"""A whole coordination service in this process, with everything its tests do to it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI

from services.coordination.app import build
from services.coordination.commands import commands_of
from services.coordination.handlers import MOVES, Handlers
from services.coordination.settings import Settings
from services.coordination.store import Store
from shared.contracts.codes import Role
from shared.contracts.deliveries import FeedbackDelivered
from shared.contracts.district import District
from shared.contracts.envelope import Event, Provenance, Received, meta_of
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.security.keys import KeyRecord, issue, write_records
from shared.store.client import Client, connect
from shared.store.entries import to_event

DISTRICT = District.load()
HERE = DISTRICT.code
NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
USED_PLACES = {"PL-HORN", "PL-KRIS", "PL-KRON"}
ADDRESS = "http://127.0.0.1:8080"
Json = dict[str, Any]

COORDINATOR = ("DISTRICT_COORD", Role.COORDINATOR)
POLICE = ("POLICE_NORRMALM", Role.COMMUNITY_POLICE)
ANALYST = ("DISTRICT_PREVENTION", Role.ANALYST)
PARKS = ("DISTRICT_PARKS", Role.ACTION_OWNER)
TRAFFIC = ("TRAFFIC_OFFICE", Role.ACTION_OWNER)
REPORTER = ("FIELD_WORKERS", Role.REPORTER)
ELSEWHERE = ("ELSEWHERE", Role.COORDINATOR)
Actor = tuple[str, Role]


def write_keys(file: Path) -> dict[Actor, str]:
    """Write a key for everybody; return them in plain."""
    plain: dict[Actor, str] = {}
    records: list[KeyRecord] = []
    for actor in (COORDINATOR, POLICE, ANALYST, PARKS, TRAFFIC, REPORTER, ELSEWHERE):
        district = "SODERMALM" if actor == ELSEWHERE else HERE
        plain[actor], record = issue("test", actor[0], actor[1], district, 30)
        records.append(record)
    write_records(file, records)
    return plain


@dataclass(slots=True)
class Desk:
    """A running service; `now` is the demo's time, moved by the tests."""

    app: FastAPI
    http: httpx.AsyncClient
    keys: Mapping[Actor, str]
    client: Client
    store: Store
    handlers: Handlers
    now: datetime = NOW
    carried: set[str] = field(default_factory=set)

    def headers(self, actor: Actor) -> dict[str, str]:
        """Return who asks, and when."""
        key = {"Authorization": f"Bearer {self.keys[actor]}"}
        return key | {"X-Samlad-Now": self.now.isoformat()}

    async def post(
        self,
        path: str,
        body: object = None,
        *,
        actor: Actor = COORDINATOR,
        key: str | None = None,
        read: int | None = None,
    ) -> httpx.Response:
        """Send a command, meant for the version `read`; the key is a new one unless given."""
        told = self.headers(actor) | {"Idempotency-Key": key or str(uuid4())}
        if read is not None:
            told["If-Match"] = f'"{read}"'
        return await self.http.post(f"/coordination/v1/{path}", json=body or {}, headers=told)

    async def done(self, path: str, body: object = None, *, actor: Actor = COORDINATOR) -> Json:
        """Send a command that is carried out; return its answer."""
        answer = await self.post(path, body, actor=actor)
        assert answer.is_success, answer.text
        outcome: Json = answer.json()
        return outcome

    async def get(
        self, path: str, *, actor: Actor = COORDINATOR, **query: str | int
    ) -> httpx.Response:
        """Read something."""
        address = f"/coordination/v1/{path}"
        return await self.http.get(address, params=query, headers=self.headers(actor))

    async def read(self, path: str, *, actor: Actor = COORDINATOR, **query: str | int) -> Json:
        """Read something that is there."""
        answer = await self.get(path, actor=actor, **query)
        assert answer.is_success, answer.text
        found: Json = answer.json()
        return found

    async def comes_in(self, **fields: object) -> str:
        """Write what the projection of intake's concerns would have written; return its id."""
        row = row_of(self.now, **fields)
        await self.store.incoming.rows.insert_one(row)
        return str(row["_id"])

    async def places(self) -> None:
        """Register the places the tests use."""
        for place in (one for one in DISTRICT.places if one.id in USED_PLACES):
            body = place.model_dump(mode="json")
            await self.done("places", {"place_id": body.pop("id"), **body})

    async def carry(self, *, again: bool = False) -> None:
        """Bring every event not carried yet to the handlers, as the topics would.

        `again` brings all of them once more, the old ones too.
        """
        while True:
            waiting = [
                one for one in await self.events() if again or one.meta.id not in self.carried
            ]
            if not waiting:
                return
            for one in waiting:
                self.carried.add(one.meta.id)
                await self._bring(one)
            if again:
                return

    async def events(self) -> Sequence[Received[Event]]:
        """Return every event in the outboxes (nothing is published here), in time's order."""
        told: list[Received[Event]] = []
        for stream in self.store.streams:
            async for document in stream.collection.find({}):
                told += [to_event(document["_id"], entry) for entry in document["outbox"]]
        return sorted(told, key=lambda one: one.meta.time)

    async def names_of_events(self, subject: str) -> list[str]:
        """Return the names of an aggregate's events, in order."""
        for stream in self.store.streams:
            found = await stream.events_of([subject])
            if found:
                return [type(one.event).__name__ for one in found]
        return []

    async def tell_delivered(self, concern_id: str) -> None:
        """Tell what notify tells when an answer has reached the reporter."""
        event = FeedbackDelivered(concern_id=concern_id)
        why = Provenance(
            time=self.now,
            district=DistrictCode(HERE),
            agency=AgencyCode("FIELD_WORKERS"),
            actor_role=Role.SYSTEM,
            correlation_id="test",
        )
        meta = meta_of(event, source="/notify", subject=str(uuid4()), sequence=1, why=why)
        await self.handlers.on_feedback_delivered(Received(meta, event))

    async def _bring(self, one: Received[Event]) -> None:
        handler = self.handlers.of_est.get(type(one.event))
        if handler is None and type(one.event) in MOVES:
            handler = self.handlers.on_assignment_moved
        if handler is not None:
            await handler(one)


def row_of(now: datetime, **fields: object) -> Json:
    """Return a row of the read model of incoming concerns."""
    row: Json = {
        "_id": str(uuid4()),
        "seq": 1,
        "district": HERE,
        "category": "ENV.LITTER",
        "place_id": "PL-HORN",
        "cell": None,
        "lat": None,
        "lon": None,
        "place_type": "OUTDOOR",
        "observed_from": now - timedelta(days=1),
        "registered_at": now - timedelta(hours=20),
        "certainty": "SEEN",
        "recurrence": "REPEATED",
        "severity": 1,
        "source_agency": "FIELD_WORKERS",
        "wants_feedback": True,
        "has_narrative": False,
        "synthetic": True,
    }
    return row | fields


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Desk]:
    """The service with its lifespan, as uvicorn would run it."""
    keys = write_keys(settings.keys_file)
    app = build(settings)
    client = connect(settings.mongo_url)
    store = Store(client, client.database(settings.database_name))
    handlers = Handlers(store, commands_of(store, DISTRICT).consequences)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=ADDRESS) as http,
    ):
        yield Desk(app, http, keys, client, store, handlers)
    await client.close()
