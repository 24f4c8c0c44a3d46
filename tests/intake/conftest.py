"""A whole intake service in this process, on a real MongoDB."""

import functools
import hmac
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from pymongo import AsyncMongoClient

from deploy.samlad.documents import openapi
from deploy.samlad.topics import apply
from services.intake.app import build
from services.intake.settings import Settings
from shared.contracts.codes import Role
from shared.contracts.district import District
from shared.contracts.ids import ConcernId, concern_id
from shared.security.keys import KeyRecord, issue, write_records
from tests.support.described import held_to

DISTRICT = District.load()
NOBODY = ["127.0.0.1:9"]  # no Kafka lives at the discard port
NOW = datetime(2026, 6, 5, 21, 40, tzinfo=UTC)
Json = dict[str, Any]
Documents = AsyncMongoClient[Json]


def concern(**changes: object) -> Json:
    """A report that is in order, with these changes."""
    body: Json = {
        "category": "ENV.LIGHTING",
        "place_id": "PL-HORN",
        "place_type": "OUTDOOR",
        "observed_from": "2026-06-05T22:10:00+02:00",
        "certainty": "SEEN",
        "recurrence": "REPEATED",
        "severity": 1,
    }
    return {name: value for name, value in (body | changes).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys of made-up agencies in the file a service reads."""

    file: Path
    plain: dict[tuple[str, Role], str]

    @classmethod
    def write(cls, file: Path) -> "Keys":
        wanted = [
            ("FIELD_WORKERS", Role.REPORTER, DISTRICT.code),
            ("LIBRARIES", Role.REPORTER, DISTRICT.code),
            ("DISTRICT_COORD", Role.COORDINATOR, DISTRICT.code),
            ("DISTRICT_PREVENTION", Role.SSPF_COORDINATOR, DISTRICT.code),
            ("RECORDS", Role.RECORDS_OFFICER, DISTRICT.code),
            ("ELSEWHERE", Role.REPORTER, "SODERMALM"),
        ]
        plain: dict[tuple[str, Role], str] = {}
        records: list[KeyRecord] = []
        for agency, role, district in wanted:
            plain[agency, role], record = issue("test", agency, role, district, 30)
            records.append(record)
        write_records(file, records)
        return cls(file, plain)


@dataclass(frozen=True, slots=True)
class Intake:
    """A running service, and MongoDB beside it."""

    app: FastAPI
    http: httpx.AsyncClient
    keys: Keys
    settings: Settings
    mongo: Documents

    async def post(
        self, path: str, body: object, *, agency: str = "FIELD_WORKERS", key: str | None = None
    ) -> httpx.Response:
        return await self.http.post(
            path, json=body, headers=self.headers(agency, key or str(uuid4()))
        )

    async def get(self, path: str, *, agency: str = "FIELD_WORKERS") -> httpx.Response:
        return await self.http.get(path, headers=self.headers(agency))

    async def report(self, key: str | None = None, /, **changes: object) -> httpx.Response:
        return await self.post("/intake/v1/concerns", concern(**changes), key=key)

    def headers(self, agency: str, key: str | None = None) -> dict[str, str]:
        plain = next(key for (name, _), key in self.keys.plain.items() if name == agency)
        headers = {"Authorization": f"Bearer {plain}", "X-Samlad-Now": NOW.isoformat()}
        return headers | ({"Idempotency-Key": key} if key else {})

    def concern_id(self, key: str, agency: str = "FIELD_WORKERS") -> ConcernId:
        """The id of what this agency sends under this key."""
        hashed = self.settings.vault_keys().derived(b"samlad intake keys of requests 1\x00")
        return concern_id(agency, hmac.digest(hashed, key.encode(), "sha256").hex())

    async def all(self, collection: str) -> list[Json]:
        return await self.mongo[self.settings.database_name][collection].find().to_list(None)

    async def keys_of_vault(self) -> list[Json]:
        return await self.mongo[self.settings.keys_database_name]["data_keys"].find().to_list(None)


@pytest.fixture
def settings_of(tmp_path: Path, mongo_url: str, database_name: str) -> Settings:
    (tmp_path / "vault.key").write_bytes(os.urandom(32))
    (tmp_path / "secret").write_bytes(os.urandom(32))
    return Settings(
        kafka=NOBODY,
        mongo_url=mongo_url,
        database_prefix=f"{database_name}_",
        secret_file=tmp_path / "secret",
        vault_key_file=tmp_path / "vault.key",
        keys_file=tmp_path / "keys.json",
        demo=True,
    )


@functools.cache
def document() -> Json:
    """Intake's own description, to which every answer of these tests is held."""
    return openapi("intake")


@asynccontextmanager
async def running(settings: Settings, mongo_url: str) -> AsyncIterator[Intake]:
    """The service with its lifespan, as uvicorn would run it."""
    app, keys = build(settings), Keys.write(settings.keys_file)
    transport = httpx.ASGITransport(app=app)

    async def as_described(answer: httpx.Response) -> None:
        held_to(document(), answer)

    async with (
        AsyncMongoClient[Json](mongo_url, tz_aware=True) as mongo,
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=transport,
            base_url="http://127.0.0.1:8080",
            event_hooks={"response": [as_described]},
        ) as http,
    ):
        yield Intake(app, http, keys, settings, mongo)


@pytest.fixture
async def intake(
    settings_of: Settings, mongo_url: str, without_indexes: None
) -> AsyncIterator[Intake]:
    """Intake without Kafka."""
    async with running(settings_of, mongo_url) as service:
        await know_places(service)
        yield service


@pytest.fixture
async def on_kafka(
    settings_of: Settings, mongo_url: str, kafka_bootstrap: list[str]
) -> AsyncIterator[Intake]:
    """Intake on a real Kafka that has the topics."""
    await apply(kafka_bootstrap)
    settings = settings_of.model_copy(update={"kafka": kafka_bootstrap})
    async with running(settings, mongo_url) as service:
        yield service


async def know_places(service: Intake) -> None:
    """What the projection of coordination's places would have written."""
    places = service.mongo[service.settings.database_name]["places"]
    await places.insert_many(rows_of_places())


def rows_of_places() -> list[Json]:
    """The district's places as intake's view has them."""
    return [
        {
            "_id": place.id,
            "seq": 1,
            "district": DISTRICT.code,
            "name": place.name,
            "lat": place.lat,
            "lon": place.lon,
            "part": place.part,
            "custodians": list(place.custodians),
            "prioritised": False,
            "retired": False,
        }
        for place in DISTRICT.places
    ]
