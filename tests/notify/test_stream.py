"""The live stream over HTTP: numbered, resumable, filtered, and alive when nothing happens."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

import httpx
import pytest
import uvicorn

from services.notify import app as notify
from services.notify.commands.upkeep import Upkeep
from services.notify.commands.watching import Beat, Missed, Watching
from services.notify.domain.live import Row, row_of
from services.notify.settings import Settings
from services.notify.store import Store, Told
from shared.contracts.assignments import AssignmentAccepted
from shared.contracts.codes import DeliveryState, Role
from shared.contracts.ids import aggregate_id
from shared.security.keys import issue, write_records
from shared.store.errors import Unavailable
from tests.notify.given import NOW, pending, received

pytestmark = pytest.mark.stack
KEYS = {
    "coordinator": issue("test", "DISTRICT_COORD", Role.COORDINATOR, "KUNGSHOLMEN", 1),
    "port": issue("test", "PORT", Role.ACTION_OWNER, "KUNGSHOLMEN", 1),
    "library": issue("test", "LIBRARIES", Role.REPORTER, "KUNGSHOLMEN", 1),
    "elsewhere": issue("test", "DISTRICT_COORD", Role.COORDINATOR, "SKARPNACK", 1),
}
MAIL = b"""Subject: =?utf-8?q?Nytt_uppdrag=3A_b=C3=A5gar?=\r\nTo: kajer@hamnen.example.org\r
Date: Fri, 05 Jun 2026 08:30:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\n\r
Ni har f\xc3\xa5tt <b>ett</b> uppdrag.\r\n\r\nPlats: kajen\r\n"""


def key(who: str) -> dict[str, str]:
    return {"authorization": f"Bearer {KEYS[who][0]}"}


@pytest.fixture
def settings(tmp_path: Path, mongo_url: str, database_name: str) -> Settings:
    write_records(tmp_path / "keys.json", [record for _, record in KEYS.values()])
    (tmp_path / "secret").write_bytes(b"s" * 32)
    (tmp_path / "mail").mkdir()
    return Settings(
        mongo_url=mongo_url,
        database_prefix=f"{database_name}_",
        kafka=["127.0.0.1:1"],
        keys_file=tmp_path / "keys.json",
        secret_file=tmp_path / "secret",
        mail_folder=tmp_path / "mail",
        mail_port=1,
        demo=True,
    )


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    config = uvicorn.Config(
        notify.build(settings), port=0, log_config=None, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    config.load()
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
        yield client
    server.should_exit = True
    await task


@pytest.fixture
async def http(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(settings) as client:
        yield client


def accepted(number: int, agency: str = "DISTRICT_COORD") -> Row:
    subject = aggregate_id("assignment", "DISTRICT_COORD", str(number))
    return row_of(received(AssignmentAccepted(), subject=subject, agency=agency))


@asynccontextmanager
async def reading(
    client: httpx.AsyncClient, who: str, last: str | None = None
) -> AsyncIterator[AsyncIterator[tuple[int, dict[str, Any]]]]:
    headers = key(who) | ({} if last is None else {"last-event-id": last})
    async with client.stream("GET", "/notify/v1/stream", headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = response.aiter_lines()
        while not (await anext(lines)).startswith("id:") and last is None:
            pass
        yield _messages(lines)


async def _messages(lines: AsyncIterator[str]) -> AsyncIterator[tuple[int, dict[str, Any]]]:
    number = 0
    async for line in lines:
        if line.startswith("id: "):
            number = int(line[4:])
        elif line.startswith("data: "):
            yield number, json.loads(line[6:])


async def test_what_happens_is_seen_at_once_with_growing_numbers(
    http: httpx.AsyncClient, store: Store
) -> None:
    async with reading(http, "coordinator") as messages:
        await Watching(store).tell([accepted(1), accepted(2)])
        first, one = await anext(messages)
        second, two = await anext(messages)
    assert second == first + 1
    assert one == accepted(1).glimpse.model_dump()
    assert two["subject"] == accepted(2).glimpse.subject


async def test_a_reader_goes_on_where_it_was(http: httpx.AsyncClient, store: Store) -> None:
    watching = Watching(store)
    await watching.tell([accepted(n) for n in range(1, 4)])
    async with reading(http, "coordinator", "1") as messages:
        assert [(await anext(messages))[0], (await anext(messages))[0]] == [2, 3]


@pytest.mark.parametrize("last", ["99", "1", "nonsense"])
async def test_a_reader_whose_number_is_unknown_is_told_to_read_everything_again(
    http: httpx.AsyncClient, store: Store, last: str
) -> None:
    watching = Watching(store, kept=2)
    for n in range(1, 6):
        await watching.tell([accepted(n)])
    async with reading(http, "coordinator", last) as messages:
        assert await anext(messages) == (5, {"type": "samlad.missed"})


async def test_a_reader_sees_its_district_and_what_concerns_it(
    http: httpx.AsyncClient, store: Store
) -> None:
    await Watching(store).tell([accepted(1), accepted(2, "PORT"), accepted(3), accepted(4, "PORT")])
    async with reading(http, "port", "0") as messages:
        assert [(await anext(messages))[0], (await anext(messages))[0]] == [2, 4]
    async with reading(http, "elsewhere", "0") as messages:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(messages), 0.5)


async def test_the_stream_is_for_those_who_may(http: httpx.AsyncClient) -> None:
    assert (await http.get("/notify/v1/stream")).status_code == 401
    assert (await http.get("/notify/v1/stream", headers=key("library"))).status_code == 403


async def test_an_event_told_twice_has_one_number(store: Store) -> None:
    watching = Watching(store)
    await watching.tell([accepted(1), accepted(1)])
    await watching.tell([accepted(1), accepted(2)])
    assert [line.number for line in await store.told_after(0, 10)] == [1, 2]
    assert await store.tell([accepted(1)]) is None


async def test_two_processes_give_no_number_twice_and_hide_none(store: Store) -> None:
    async def tell(row: Row) -> None:
        while True:
            with suppress(Unavailable):
                await store.tell([row])
                return

    await asyncio.gather(*(tell(accepted(n)) for n in range(12)))
    assert [line.number for line in await store.told_after(0, 20)] == list(range(1, 13))


async def test_silence_has_a_heartbeat_with_the_number_to_go_on_from(store: Store) -> None:
    watching = Watching(store, heartbeat=0.05)
    await watching.tell([accepted(1)])
    lines = watching.follow(None)
    assert [await anext(lines), await anext(lines)] == [Beat(1), Beat(1)]
    await lines.aclose()  # type: ignore[attr-defined]


async def test_a_stream_ends_after_its_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.notify.commands.watching.LONGEST_SECONDS", 0.01)
    await Watching(store).tell([accepted(1)])
    lines = [line async for line in Watching(store).follow(0)]
    assert [type(line) for line in lines] == [Beat, Told]
    assert [type(line) async for line in Watching(store).follow(7)] == [Missed]


async def test_a_stream_ends_when_the_service_does(store: Store) -> None:
    lines = [line async for line in Watching(store).follow(0, lambda: True)]
    assert [type(line) for line in lines] == [Beat]


async def test_when_the_store_is_away_the_stream_ends_and_the_reader_comes_again(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_given: object) -> NoReturn:
        raise Unavailable("AWAY")

    monkeypatch.setattr(Store, "told_span", away)
    answer = await http.get("/notify/v1/stream", headers=key("coordinator"))
    assert answer.text == "retry: 2000\n\n"


async def test_deliveries_are_listed_with_totals_and_without_addresses(
    http: httpx.AsyncClient, store: Store
) -> None:
    await store.add("4c0f6b1e-7a2d-5f1b-9c3e-2d4a6b8c0e1f", pending(), [], NOW)
    answer = await http.get("/notify/v1/deliveries?limit=1", headers=key("coordinator"))
    body = answer.json()
    assert body["totals"]
    assert sum(body["totals"].values()) == body["total"] == 1
    assert body["items"][0]["recipient_agency"] == "DISTRICT_PARKS"
    assert "@" not in answer.text
    none = await http.get(
        "/notify/v1/deliveries",
        params={"state": DeliveryState.EXPIRED},
        headers=key("coordinator"),
    )
    assert (none.json()["items"], none.json()["total"]) == ([], 0)
    other = await http.get("/notify/v1/deliveries", headers=key("elsewhere"))
    assert other.json()["total"] == 0
    assert (await http.get("/notify/v1/deliveries", headers=key("port"))).status_code == 403
    assert (await http.get("/notify/v1/deliveries")).status_code == 401


async def test_the_outbox_shows_the_sinks_mails_as_text(
    http: httpx.AsyncClient, settings: Settings
) -> None:
    assert "Inga brev än" in (await http.get("/notify/outbox")).text
    assert settings.mail_folder is not None
    (settings.mail_folder / "20260605T083000.1-000001.eml").write_bytes(MAIL)
    shown = (await http.get("/notify/outbox")).text
    assert "Nytt uppdrag: bågar" in shown
    letter = await http.get("/notify/outbox/20260605T083000.1-000001.eml")
    assert "Ni har fått &lt;b&gt;ett&lt;/b&gt; uppdrag." in letter.text
    assert "5 juni 2026 kl." in letter.text
    for absent in ("gone.eml", "..%2Fsecret", "keys.json"):
        assert (await http.get(f"/notify/outbox/{absent}")).status_code == 404


async def test_a_mail_without_anything_is_still_listed(
    http: httpx.AsyncClient, settings: Settings
) -> None:
    assert settings.mail_folder is not None
    (settings.mail_folder / "bare.eml").write_bytes(b"Content-Type: image/png\r\n\r\n")
    assert "(utan ämne)" in (await http.get("/notify/outbox")).text
    assert (await http.get("/notify/outbox/bare.eml")).status_code == 200


async def test_readiness_asks_the_store(http: httpx.AsyncClient) -> None:
    checks = (await http.get("/notify/health/ready")).json()["checks"]
    assert checks["store"]["ok"]


async def test_the_indexes_are_made_as_soon_as_the_store_is_there(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared, errors = asyncio.Event(), [Unavailable("AWAY")]

    async def prepare() -> None:
        if errors:
            raise errors.pop()
        prepared.set()

    monkeypatch.setattr(store, "prepare", prepare)
    monkeypatch.setattr("services.notify.commands.upkeep.AGAIN_SECONDS", 0.01)
    upkeep = Upkeep(store)
    await upkeep.stop()
    await upkeep.start()
    await asyncio.wait_for(prepared.wait(), 5)
    await upkeep.stop()


def test_the_service_runs_from_its_environment(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    served: list[uvicorn.Server] = []
    monkeypatch.setattr(uvicorn.Server, "run", lambda server: served.append(server))  # noqa: PLW0108 - a plain function becomes a method, append does not
    monkeypatch.setattr("shared.telemetry.log.configure", lambda *_told: None)
    for name in ("mongo_url", "keys_file", "secret_file"):
        monkeypatch.setenv(f"SAMLAD_{name.upper()}", str(getattr(settings, name)))
    monkeypatch.setenv("SAMLAD_PORT", "8093")
    notify.main()
    [server] = served
    assert server.config.port == 8093
    assert server.config.app.state.ending() is False  # type: ignore[union-attr]


async def test_only_a_demo_has_an_outbox(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"demo": False})) as client:
        assert (await client.get("/notify/outbox")).status_code == 404
        info = (await client.get("/notify/v1/api-info")).json()
        assert info["apiName"] == "notify"
        described = (await client.get("/notify/openapi.json")).json()
        assert {"/notify/v1/deliveries", "/notify/v1/stream"} <= set(described["paths"])
        assert (await client.get("/notify/asyncapi")).status_code == 200


@pytest.mark.parametrize("last", ["9" * 19, "9" * 5000, "x" * 5000])
async def test_a_number_too_long_to_be_ours_is_a_problem(
    http: httpx.AsyncClient, last: str
) -> None:
    answer = await http.get(
        "/notify/v1/stream", headers=key("coordinator") | {"last-event-id": last}
    )
    assert answer.status_code == 400
    assert answer.json()["invalid-parameters"][0]["property"] == "Last-Event-ID"
