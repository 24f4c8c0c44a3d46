"""Intake without its background work, asked by agencies of what they and others have there."""

import base64
import itertools
import json
import re
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid4, uuid5

import httpx
import pytest
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from services.intake import app as intake_app
from services.intake.store import Store
from shared.contracts.codes import Role
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.security.keys import digest, issue, write_records
from shared.security.roles import Principal, Via
from shared.security.session import Session, SessionSeal, opened
from shared.store.client import Client, connect
from tests.conformance.conftest import Json, built
from tests.conformance.drive import LOCAL
from tests.conformance.others import ELSEWHERE, HERE, KEY, MADE, NAMED, ODD, Asking, Thing
from tests.conformance.watching import Done, watch, watched
from tests.intake.conftest import DISTRICT, NOBODY, concern, rows_of_places

MINE, THEIRS, DISTRICT_AWAY = "FIELD_WORKERS", "LIBRARIES", "SODERMALM"
ROLES = (
    Role.REPORTER,
    Role.ACTION_OWNER,
    Role.COORDINATOR,
    Role.SSPF_COORDINATOR,
    Role.RECORDS_OFFICER,
)
TEXT = "Tre lampor är släckta."
PHONE = "Ring 070-174 06 05."
WORDS = {
    Thing.CONCERN: concern(narrative=TEXT),
    Thing.CONCERN_ELSEWHERE: concern(narrative=TEXT),
    Thing.HELD_ELSEWHERE: concern(narrative=PHONE),
}
Named = dict[str, str]


@dataclass(frozen=True, slots=True)
class Desk:
    """Asks, and tells what was done for the answer."""

    http: httpx.AsyncClient
    database: AsyncDatabase[Json]
    keys: Mapping[tuple[str, Role], str]
    seal: SessionSeal
    seen: list[Done] = field(default_factory=list)
    numbers: Callable[[], int] = field(default_factory=lambda: itertools.count().__next__)

    async def ask(
        self,
        agency: str,
        operation: str,
        asking: Asking,
        name: str = "",
        *,
        key: str = "",
        odd: str = "",
    ) -> httpx.Response:
        """The answer; what was done for it is the last of `seen`."""
        request = self.request(agency, operation, asking, name, key=key, odd=odd)
        with watched(watch()) as done:
            answer = await self.http.send(request)
        self.http.cookies.clear()
        self.seen.append(done)
        return answer

    def request(
        self,
        agency: str,
        operation: str,
        asking: Asking,
        name: str = "",
        *,
        key: str = "",
        odd: str = "",
    ) -> httpx.Request:
        """The request as this agency sends it."""
        method, _, path = operation.partition(" ")
        put = {HERE: name, KEY: str(uuid5(NAMESPACE_OID, key)), ODD: odd}
        form, headers, file = _put(asking.form, put), {"idempotency-key": put[KEY]}, None
        if asking.signed_in:
            session = self._session(agency, asking.role)
            headers |= {"cookie": f"samlad_session={self.seal.seal(session)}"}
            headers |= {"x-csrf-token": session.csrf}
            form = None if form is None else _of_page(form, agency, session, put)
        else:
            headers["authorization"] = f"Bearer {self.keys[agency, asking.role]}"
        if asking.file is not None:
            content = _replaced(asking.file, put)
            if asking.signed_in:
                packed = zlib.compress(content.encode())
                form = {**(form or {}), "content": base64.b64encode(packed).decode()}
            else:
                file = {"file": ("fil.txt", content.encode("iso-8859-1"), "text/plain")}
        body = _put(asking.body, put)
        more: Json = {"json": body} if body is not None else {"data": form, "files": file}
        query = _replaced(asking.query, put)
        address = _filled(path, name) + (f"?{query}" if query else "")
        return self.http.build_request(method, address, headers=headers, **more)

    def _session(self, agency: str, role: Role) -> Session:
        who = Principal(
            district=DistrictCode(DISTRICT.code),
            agency=AgencyCode(agency),
            role=role,
            via=Via.SESSION,
        )
        return opened(who, datetime.now(UTC))

    # Things

    async def made(self, thing: Thing, agency: str) -> str:
        """The name of a new thing of this agency."""
        number = self.numbers()
        if thing in WORDS:
            said = Asking(body=WORDS[thing])
            answer = await self.ask(agency, "POST /intake/v1/concerns", said, key=f"made {number}")
            return str(answer.json()["concern_id"])
        if thing in {Thing.CONTACT_ELSEWHERE, Thing.RECEIPT_ELSEWHERE}:
            return await self._residents(thing)
        operation = {
            Thing.REQUEST: "POST /intake/open311/v2/requests.{form}",
            Thing.OUTCOME: "POST /intake/v1/sspf-outcomes",
            Thing.IMPORT: "POST /intake/imports",
            Thing.FIGURES_ELSEWHERE: "POST /intake/statistics",
            Thing.API_KEY: "POST /intake/v1/keys",
        }[thing]
        making = MADE[operation]
        alike = thing is not Thing.FIGURES_ELSEWHERE and not making.by_content
        odd = making.differs[0] if alike else str(number)  # the same file is the same import
        answer = await self.ask(agency, operation, making.asking, key=f"made {number}", odd=odd)
        assert answer.status_code < 400, answer.text
        return await self._name(thing, answer)

    async def _name(self, thing: Thing, answer: httpx.Response) -> str:
        match thing:
            case Thing.IMPORT | Thing.FIGURES_ELSEWHERE:
                return answer.headers["location"].rpartition("/")[2]
            case Thing.API_KEY:
                return digest(answer.json()["key"])[:12]
            case Thing.OUTCOME:
                return str(answer.json()["id"])
        [number] = re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", answer.text)
        await self.database["cases"].insert_one(
            {
                "_id": number,
                "seq": 1,
                "district": DISTRICT.code,
                "triage": "LINKED",
                "moved_at": datetime.now(UTC),
            }
        )
        return str(number)

    async def _residents(self, thing: Thing) -> str:
        form = dict(MADE["POST /intake/report"].asking.form or {}) | {
            "severity": "1",
            "contact": "kanarie@example.org",
            "idempotency_key": str(uuid4()),
        }
        sent = await self.http.post("/intake/report", data=form)
        assert sent.status_code == 303, sent.text
        receipt = await self.http.get(sent.headers["location"])
        self.http.cookies.clear()
        if thing is Thing.CONTACT_ELSEWHERE:
            return str(sent.headers["location"].rpartition("/")[2])
        [reference] = re.findall(r'class="reference">([0-9A-Z]{5}-[0-9A-Z]{5})<', receipt.text)
        return str(reference)

    async def others(self, thing: Thing) -> str:
        """The name of a thing that MINE has no business with."""
        rows = self.database["imports" if thing is Thing.FIGURES_ELSEWHERE else "concerns"]
        before = {row["_id"] for row in await rows.find().to_list(None)}
        name = await self.made(thing, THEIRS)
        if thing in ELSEWHERE:
            change = {"$set": {"district": DISTRICT_AWAY}}
            await rows.update_many({"_id": {"$nin": list(before)}}, change)
        return name


def absent(thing: Thing) -> str:
    """A name of nothing, written as those of such things are."""
    if thing is Thing.API_KEY:
        return "0" * 12
    return "22222-22222" if thing is Thing.RECEIPT_ELSEWHERE else str(uuid4())


def _filled(path: str, name: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: "xml" if found[1] == "form" else name, path)


def _replaced(text: str, put: Named) -> str:
    for mark, value in put.items():
        text = text.replace(mark, value)
    return text


def _put(said: Mapping[str, Any] | None, put: Named) -> Json | None:
    """What is said with the name, the key and the odd value in their places."""
    if said is None:
        return None
    text = _replaced(json.dumps(said, ensure_ascii=False), put)
    filled: Json = json.loads(re.sub(r'("severity": )"(\d)"', r"\1\2", text))
    return filled


def _of_page(form: Json, agency: str, session: Session, put: Named) -> Json:
    hidden = {"csrf": session.csrf, "idempotency_key": put[KEY], "agency": agency}
    asked = form.keys() or hidden.keys()
    return form | {n: value for n, value in hidden.items() if n != "agency" or n in asked}


@asynccontextmanager
async def quiet(
    folder: Path, mongo_url: str, prefix: str, *, indexed: bool = False
) -> AsyncIterator[Desk]:
    """Intake without its background work, so that every command is an answer's."""
    watch()
    issued = {
        (agency, role): issue("test", agency, role, DISTRICT.code, 1)
        for agency in (MINE, THEIRS)
        for role in ROLES
    }
    write_records(folder / "keys.json", [record for _, record in issued.values()])
    where: Json = {"mongo_url": mongo_url, "database_prefix": prefix, "kafka": NOBODY}
    client = connect(mongo_url)
    with pytest.MonkeyPatch.context() as one_client:
        one_client.setattr(intake_app, "connect", lambda _: client)
        app = built("intake", folder, public_url=LOCAL, **where)
    async with (
        aclosing(_Closing(client)),
        AsyncMongoClient[Json](mongo_url) as mongo,
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=LOCAL) as http,
    ):
        database = mongo[f"{prefix}intake"]
        await database["places"].insert_many(rows_of_places())
        if indexed:
            names = (f"{prefix}intake", f"{prefix}vault_keys")
            own, vault = (client.database(name) for name in names)
            await Store(client, database=own, keys=vault).prepare()
        keys = {who: plain for who, (plain, _) in issued.items()}
        yield Desk(http, database, keys, app.state.site.seal)


@dataclass(frozen=True, slots=True)
class _Closing:
    """A client that is closed as an async generator is."""

    client: Client

    async def aclose(self) -> None:
        await self.client.close()


ASKINGS = [
    (operation, number, asking)
    for operation, askings in NAMED.items()
    for number, asking in enumerate(askings)
]
