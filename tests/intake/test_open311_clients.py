"""Clients we did not write for this server drive it over the wire: uvicorn and MongoDB are real."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import uvicorn
from defusedxml.ElementTree import fromstring
from georeport import GeoReport
from pymongo import AsyncMongoClient

from deploy.samlad.stack.caddy import Caddy
from services.intake.app import build
from services.intake.settings import Settings
from tests.intake.conftest import DISTRICT, Keys, rows_of_places
from tests.intake.georeport_client import Client, RefusedError
from tests.support.door import free_port, running

pytestmark = pytest.mark.stack

TEXT = "Tre lampor i rad är släckta.\r\nDet är <mörkt> & otryggt vid bron."
# What FixMyStreet sends: its cobrand's description, a truncated position, extras, a picture.
FIXMYSTREET = {
    "service_code": "ENV.LIGHTING",
    "lat": "59.340512",
    "long": "18.007804",
    "description": (
        f"Titel: Mörkt vid bron\r\n\r\nBeskrivning: {TEXT}\r\n\r\n"
        "Länk till ärendet: https://www.fixamingata.se/report/4711\r\n\r\n"
        "Skickad via FixaMinGata\r\n"
    ),
    "first_name": "Förnamn",
    "last_name": "Efternamn",
    "email": "nagon@example.org",
    "phone": "070-000 00 00",
    "media_url": "https://www.fixamingata.se/photo/4711.0.full.jpeg",
    "attribute[severity]": "2",
    "attribute[recurrence]": "REPEATED",
}


@dataclass(frozen=True, slots=True)
class Served:
    """Where the server listens, and a key of an agency."""

    host: str
    key: str

    @property
    def endpoint(self) -> str:
        return f"http://{self.host}/intake/open311/v2/"

    @property
    def with_key(self) -> str:
        return f"http://samlad:{self.key}@{self.host}/intake/open311/v2/"


@pytest.fixture
async def served(
    settings_of: Settings, mongo_url: str, without_indexes: None
) -> AsyncIterator[Served]:
    """Intake as `main` would run it, in a thread of its own."""
    keys = Keys.write(settings_of.keys_file)
    async with AsyncMongoClient[dict[str, Any]](mongo_url, tz_aware=True) as mongo:
        await mongo[settings_of.database_name]["places"].insert_many(rows_of_places())
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(build(settings_of), log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    await asyncio.to_thread(_until, lambda: server.started)
    key = next(key for (agency, _), key in keys.plain.items() if agency == "FIELD_WORKERS")
    yield Served(f"127.0.0.1:{listening.getsockname()[1]}", key)
    server.should_exit = True
    await asyncio.to_thread(thread.join)


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.02)


@pytest.mark.parametrize("form", ["json", "xml"])
async def test_georeport_lists_services_and_reads_back_what_was_posted(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """The library cannot post, and sends no key on GET: requests' netrc file gives it one."""
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine 127.0.0.1\nlogin samlad\npassword {served.key}\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    posting = Client(served.endpoint, DISTRICT.code, served.key)
    post = FIXMYSTREET | {"description": TEXT, "address_string": "Norr Mälarstrand, Kungsholmen"}

    def drive() -> None:
        city = GeoReport(served.endpoint, jurisdiction=DISTRICT.code, output_format=form)
        listed = {each["service_code"]: each for each in city.get_service_list()}
        assert listed["ENV.LIGHTING"]["metadata"] in {True, "true"}
        definition = city.get_service_definition("ENV.LIGHTING")
        assert definition["service_code"] == "ENV.LIGHTING"

        number = posting.post(post)
        read = city.get_service_request(number)
        assert read["service_request_id"] == number
        assert read["status"] == "open"
        for posted, kept in {
            "service_code": "service_code",
            "description": "description",
            "address_string": "address",
        }.items():
            assert read[kept] == post[posted]
        assert f"{float(read['lat']):.6f}" == post["lat"]
        assert f"{float(read['long']):.6f}" == post["long"]

        for query in ({"service_request_id": number}, {"status": "open"}):
            found = city.get_service_requests(**query)
            (one,) = found if isinstance(found, list) else [found]
            assert one["service_request_id"] == number
            assert one["description"] == TEXT

    await asyncio.to_thread(drive)


async def test_georeport_without_a_key_is_shown_nothing(served: Served) -> None:
    number = await asyncio.to_thread(
        Client(served.endpoint, DISTRICT.code, served.key).post, FIXMYSTREET
    )

    def drive() -> None:
        city = GeoReport(served.endpoint)
        assert city.get_service_requests() == []
        with pytest.raises(Exception, match="404"):
            city.get_service_request(number)

    await asyncio.to_thread(drive)


async def test_a_client_of_the_specification_goes_all_the_way(served: Served) -> None:
    def drive() -> None:
        client = Client(served.with_key, DISTRICT.code)
        endpoints = client.discovery().getElementsByTagName("endpoint")
        assert len(endpoints) == 2

        codes = {each["service_code"] for each in client.services()}
        asked = {row["code"]: (row, keys) for row, keys in client.definition("ENV.LIGHTING")}
        assert FIXMYSTREET["service_code"] in codes
        assert FIXMYSTREET["attribute[severity]"] in asked["severity"][1]

        number = client.post(FIXMYSTREET)
        assert client.post(FIXMYSTREET) == number
        assert client.by_token(number) == number

        read = client.request(number)
        assert read["description"] == FIXMYSTREET["description"]
        assert (read["lat"], read["long"]) == (FIXMYSTREET["lat"], FIXMYSTREET["long"])
        assert [row["service_request_id"] for row in client.requests()] == [number]
        assert client.updates() == []
        assert not any(served.key in url for url in client.asked)

        listed = httpx.get(f"{served.endpoint}requests.json", headers={"api_key": served.key})
        assert [row["service_request_id"] for row in listed.json()] == [number]

    await asyncio.to_thread(drive)


async def test_a_client_reads_what_is_wrong(served: Served) -> None:
    def drive() -> None:
        with pytest.raises(RefusedError) as refused:
            Client(served.endpoint, "elsewhere.org", served.key).post(FIXMYSTREET)
        assert refused.value.status == 404
        assert refused.value.errors[0][0] == "404"
        with pytest.raises(RefusedError) as refused:
            Client(served.endpoint, api_key="sml_live_nobody").post(FIXMYSTREET)
        assert refused.value.status == 403
        with pytest.raises(RefusedError) as refused:
            Client(served.endpoint, api_key=served.key).post(FIXMYSTREET | {"lat": "0"})
        assert refused.value.status == 400
        with pytest.raises(RefusedError) as refused:
            Client(served.endpoint, api_key=served.key).post(
                FIXMYSTREET | {"description": "a" * 200_000}
            )
        assert refused.value.status == 400

    await asyncio.to_thread(drive)


@pytest.fixture
def through_the_door(served: Served, tmp_path: Path) -> Iterator[Served]:
    """The same, behind the front door."""
    nobody = dict.fromkeys(("coordination", "notify", "reporting"), "http://127.0.0.1:1")
    services = {"intake": f"http://{served.host}", **nobody}
    caddy = Caddy(folder=tmp_path / "caddy", port=free_port(), services=services)
    caddy.folder.mkdir()
    with running(caddy):
        yield Served(f"127.0.0.1:{caddy.port}", served.key)


@pytest.mark.parametrize("name", ["api_key", "X-Api-Key"])
def test_the_header_of_a_key_passes_the_front_door(through_the_door: Served, name: str) -> None:
    answer = httpx.post(
        f"{through_the_door.endpoint}requests.xml",
        data=FIXMYSTREET,
        headers={name: through_the_door.key},
        trust_env=False,
    )
    assert answer.status_code == 201, answer.text


def test_a_thousand_requests_are_asked_for_by_their_ids(through_the_door: Served) -> None:
    """FixMyStreet names every report it knows in one address."""
    asked = {"service_request_id": ",".join(str(uuid4()) for _ in range(1000))}
    for query in (asked, asked | {"service_request_id": asked["service_request_id"] + ",more"}):
        answer = httpx.get(
            f"{through_the_door.endpoint}requests.xml",
            params=query,
            headers={"X-Api-Key": through_the_door.key},
            trust_env=False,
        )
        assert answer.status_code == (200 if query is asked else 400), answer.text[:200]


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("size", [30_000, 70_000, 5_000_000, 6_700_000, 9_000_000, 25_000_000])
def test_a_photo_of_any_size_is_told_that_pictures_are_not_taken_in(
    through_the_door: Served, form: str, size: int
) -> None:
    """Through the front door, as a phone sends it."""
    answer = httpx.post(
        f"{through_the_door.endpoint}requests.{form}",
        data={"api_key": through_the_door.key, **FIXMYSTREET},
        files={"media": ("photo.jpeg", b"x" * size, "image/jpeg")},
        trust_env=False,
        timeout=30,
    )
    assert answer.status_code == 400
    kind = "application/json" if form == "json" else "text/xml"
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    assert "Bilder tas inte emot" in answer.text
    if form == "json":
        assert [each["code"] for each in answer.json()] == [400]
    else:
        assert [each.findtext("code") for each in fromstring(answer.content)] == ["400"]


@pytest.mark.parametrize("path", ["v1/concerns", "open311/v2/requests.xml"])
def test_a_post_that_stalls_is_told_so_and_let_go(
    through_the_door: Served, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Through the front door: the connection ends, with an answer."""
    monkeypatch.setattr("shared.web.middleware.body._STALLED_SECONDS", 0.5)
    said = (
        f"POST /intake/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\nabc"
    )
    host, _, port = through_the_door.host.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as one:
        one.sendall(said.encode())
        told = b""
        while more := one.recv(65536):
            told += more
    status, kind = (400, b"text/xml") if "open311" in path else (408, b"application/problem+json")
    assert told.startswith(b"HTTP/1.1 %d " % status)
    assert b"content-type: " + kind in told.lower()
    assert "Innehållet kom inte fram i tid".encode() in told
