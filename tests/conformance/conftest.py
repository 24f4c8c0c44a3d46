"""The four services as their developers' tools see them: the document, and answers in process."""

import importlib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from deploy.samlad.documents import SERVICES
from shared.contracts.codes import Role
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.security.roles import Principal, Via
from shared.security.session import SessionSeal, opened
from tests.intake.conftest import intake, settings_of

__all__ = ["intake", "settings_of"]

Json = dict[str, Any]
PUBLIC = "https://samlad.example.org"
SECRET = bytes(range(32))
UNLIMITED = dict.fromkeys(
    ("rate_per_key", "rate_per_address", "rate_of_open_forms", "rate_of_wrong_keys"),
    "1000000/second",
)
METHODS = ("get", "post", "put", "patch", "delete")
SAMPLES = {
    "place_id": "PL-HORN",
    "": "7b0c3f0e-5f0a-5f1e-9a58-0f6b3f1c2d4e",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document."""

    service: str
    method: str
    path: str
    said: Json

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def url(self) -> str:
        """The path with something that is not there in place of what it names."""
        return re.sub(r"\{(\w+)\}", lambda m: SAMPLES.get(m[1], SAMPLES[""]), self.path)

    def parameters(self, where: str) -> list[Json]:
        return [each for each in self.said.get("parameters", ()) if each["in"] == where]


@dataclass(frozen=True, slots=True)
class Api:
    """A service's app and its document."""

    name: str
    app: FastAPI
    document: Json = field(repr=False)

    def operations(self) -> Iterator[Operation]:
        for path, methods in self.document["paths"].items():
            assert methods.keys() <= set(METHODS), path
            for method, said in methods.items():
                yield Operation(self.name, method, path, said)

    def schemas(self) -> dict[str, Json]:
        found: dict[str, Json] = self.document["components"]["schemas"]
        return found

    def properties(self) -> Iterator[tuple[str, str, Json]]:
        """Every field: the schema it is in, its name, what is said of it."""
        for name, schema in self.schemas().items():
            for field_name, said in schema.get("properties", {}).items():
                yield name, field_name, said


def built(service: str, folder: Path, **given: object) -> FastAPI:
    """The app of a service with default settings but these; nothing is started."""
    kind = importlib.import_module(f"services.{service}.settings").Settings
    files = {}
    for name in kind.model_fields.keys() & {"secret_file", "vault_key_file"}:
        files[name] = folder / f"{service}-{name}"
        files[name].write_bytes(SECRET)
    usual = {"public_url": PUBLIC, "keys_file": folder / "keys.json", **UNLIMITED}
    settings = kind(**(usual | files | given))
    app: FastAPI = importlib.import_module(f"services.{service}.app").build(settings)
    return app


def signed_in(
    seal: SessionSeal, role: Role, district: str, cookie: str = "samlad_session"
) -> dict[str, str]:
    """The headers of the browser of somebody in this role."""
    who = Principal(
        district=DistrictCode(district),
        agency=AgencyCode("DISTRICT_COORD"),
        role=role,
        via=Via.SESSION,
    )
    session = opened(who, datetime.now(UTC))
    return {"cookie": f"{cookie}={seal.seal(session)}", "x-csrf-token": session.csrf}


@pytest.fixture(scope="session", params=SERVICES)
def api(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Api:
    app = built(request.param, tmp_path_factory.mktemp("app"))
    return Api(request.param, app, app.openapi())


@pytest.fixture
async def client(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=api.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
        yield client
