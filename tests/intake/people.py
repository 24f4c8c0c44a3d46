"""People who are signed in, as their browsers ask."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import httpx

from shared.contracts.codes import Role
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.security.roles import Principal, Via
from shared.security.session import SessionSeal, opened
from tests.intake.conftest import DISTRICT, NOW, Intake


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody signed in, as their browser asks."""

    intake: Intake
    headers: dict[str, str]
    csrf: str

    async def post(self, path: str, body: object = None, **more: str) -> httpx.Response:
        headers = self.headers | {"Idempotency-Key": str(uuid4()), "X-CSRF-Token": self.csrf} | more
        return await self.intake.http.post(path, json=body, headers=headers)

    async def send(self, path: str, **fields: object) -> httpx.Response:
        """A form, with its token."""
        data = {"csrf": self.csrf, "idempotency_key": str(uuid4())} | fields
        return await self.intake.http.post(path, data=data, headers=self.headers)

    async def get(self, path: str) -> httpx.Response:
        return await self.intake.http.get(path, headers=self.headers)


def signed_in(intake: Intake, agency: str, role: Role, district: str = DISTRICT.code) -> Person:
    who = Principal(
        district=DistrictCode(district),
        agency=AgencyCode(agency),
        role=role,
        via=Via.SESSION,
    )
    session = opened(who, datetime.now(UTC))
    seal = SessionSeal(intake.settings.secret_file.read_bytes())
    cookie = f"samlad_session={seal.seal(session)}"
    headers = {"Cookie": cookie, "X-Samlad-Now": NOW.isoformat(), "Accept": "text/html"}
    return Person(intake, headers, session.csrf)
