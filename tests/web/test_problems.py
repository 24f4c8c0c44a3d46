import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import structlog

from shared.telemetry import log
from shared.web.middleware import body as body_module
from shared.web.pages import Pages
from tests.web.trial import CANARY, COORDINATOR, FAILURES

KEY = {"idempotency-key": "one"}
GOOD = {"name": "hej"}
JSON = {"content-type": "application/json"}


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    handlers = logging.getLogger().handlers[:]
    stream = io.StringIO()
    log.configure("trial", stream=stream)
    yield stream
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)
    logging.getLogger().handlers[:] = handlers


def is_problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "instance", "correlation_id"} <= set(document)
    assert document["status"] == status
    assert document["correlation_id"] == answer.headers["x-correlation-id"]
    assert document["instance"].endswith(document["correlation_id"])
    assert CANARY not in answer.text
    assert "Traceback" not in answer.text
    return document


async def send(client: httpx.AsyncClient, body: bytes, **headers: str) -> httpx.Response:
    return await client.post("/trial/v1/things", content=body, headers=KEY | JSON | headers)


@pytest.mark.parametrize("path", ["/", "/nowhere", "/trial/v1/nowhere", "/trial/static/no.css"])
async def test_unknown_paths_are_problems(client: httpx.AsyncClient, path: str) -> None:
    is_problem(await client.get(path), 404)
    is_problem(await client.post(path, json={"a": 1}), 404 if "static" not in path else 405)


async def test_an_unknown_method_is_a_problem_that_names_the_known_ones(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.delete("/trial/v1/things")
    is_problem(answer, 405)
    assert answer.headers["allow"] == "POST"
    both = await client.put("/trial/v1/who")
    is_problem(both, 405)
    assert both.headers["allow"] == "GET, HEAD, POST"
    file = await client.post("/trial/static/samlad.css")
    is_problem(file, 405)
    assert file.headers["allow"] == "GET, HEAD"


async def test_invalid_input_names_property_and_reason_and_never_the_value(
    client: httpx.AsyncClient,
) -> None:
    body = {"name": CANARY * 9, "count": CANARY, "share": [CANARY], "at": CANARY, CANARY: 1}
    answer = await client.post("/trial/v1/things", json=body, headers=KEY)
    document = is_problem(answer, 422)
    named = {p["property"]: p["reason"] for p in document["invalid-parameters"]}
    assert set(named) == {"name", "count", "share", "at", "?"}
    assert named["name"] == "för lång / too long"
    assert named["?"] == "okänd egenskap / unknown property"


async def test_a_plainly_named_unknown_property_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.post("/trial/v1/things", json=GOOD | {"namn": 1}, headers=KEY)
    assert is_problem(answer, 422)["invalid-parameters"][0]["property"] == "namn"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"1",
        b"true",
        b"{}",
        b'{"name": null}',
        b'{"name": 1}',
        b'{"name": {"a": 1}}',
        b'{"name": "a", "count": 1.5}',
        b'{"name": "a", "count": "x"}',
        b'{"name": "a", "count": 101}',
        b'{"name": "a", "at": "2026-06-01T12:00:00"}',
        b'{"name": "a", "many": [' + b"1," * 200 + b"1]}",
        b'{"name": "a", "deep": ' + b"[" * 17 + b"]" * 17 + b"}",
        b'{"name": "a", "deep": ' + b'{"a":' * 17 + b"1" + b"}" * 17 + b"}",
        b'{"name": "a\\u0000b"}',
        b'{"na\\u0000me": "a"}',
        b'{"name": "a", "count": ' + b"9" * 30 + b"}",
        b'{"name": "a", "deep": ' + b"9" * 4999 + b"}",
        b'{"name": "a", "share": 1e999}',
        b'{"name": "a", "deep": 1e300}',
    ],
)
async def test_unfitting_json_is_422(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await send(client, body)
    assert answer.status_code in {400, 422}
    is_problem(answer, answer.status_code)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'name': 1}",
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": "\xff\xfe"}',
        b'{"name": "\\ud800"}',
        b'{"name": "a"} trailing',
        b'\xef\xbb\xbf{"name": "a"}',
        b'{"name": "\x00"}',
        b"[" * 60000,
        b"<xml/>",
        b"\x1f\x8b\x08",
    ],
)
async def test_what_is_no_json_is_400(client: httpx.AsyncClient, body: bytes) -> None:
    assert is_problem(await send(client, body), 400)["code"] == "bad-json"


async def test_text_is_composed_before_anybody_sees_it(client: httpx.AsyncClient) -> None:
    answer = await client.post("/trial/v1/things", json={"name": "a\u030a"}, headers=KEY)
    assert answer.json()["name"] == "å"


async def test_a_body_up_to_64_kib_is_taken_and_a_larger_one_is_not(
    client: httpx.AsyncClient,
) -> None:
    just = json.dumps("x" * (64 * 1024 - 2)).encode()
    assert len(just) == 64 * 1024
    assert (await client.post("/trial/v1/text", content=just, headers=JSON)).status_code == 200
    answer = await client.post("/trial/v1/text", content=just + b" ", headers=JSON)
    is_problem(answer, 413)
    assert answer.headers["connection"] == "close"


async def test_a_chunked_body_is_counted_as_it_comes(client: httpx.AsyncClient) -> None:
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"x" * 1024

    answer = await client.post("/trial/v1/text", content=chunks(), headers=JSON)
    is_problem(answer, 413)
    assert sent <= 9 * 1024


@pytest.mark.parametrize("declared", [True, False])
async def test_what_is_refused_as_too_large_is_taken_in_first(
    client: httpx.AsyncClient, *, declared: bool
) -> None:
    """Closed upon what has not been read, the connection is reset and the answer is gone."""
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 1
            yield b"x" * 1024

    length = {"Content-Length": str(1000 * 1024)} if declared else {}
    answer = await client.post("/trial/v1/text", content=chunks(), headers=JSON | length)
    is_problem(answer, 413)
    assert sent == 1000


async def test_a_length_beyond_all_bounds_is_answered_at_once(client: httpx.AsyncClient) -> None:
    async def nothing() -> AsyncIterator[bytes]:
        await asyncio.sleep(60)
        yield b""

    headers = JSON | {"Content-Length": str(10**9)}
    async with asyncio.timeout(2):
        answer = await client.post("/trial/v1/text", content=nothing(), headers=headers)
    is_problem(answer, 413)


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_that_stalls_is_given_up(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, *, declared: bool
) -> None:
    monkeypatch.setattr(body_module, "_STALLED_SECONDS", 0.2)

    async def stalling() -> AsyncIterator[bytes]:
        yield b'{"'
        await asyncio.sleep(60)

    length = {"Content-Length": "100"} if declared else {}
    async with asyncio.timeout(5):
        answer = await client.post("/trial/v1/text", content=stalling(), headers=JSON | length)
    is_problem(answer, 408)
    assert answer.headers["connection"] == "close"


async def test_a_body_that_trickles_for_ever_is_given_up(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body_module, "_WHOLE_SECONDS", 0.5)

    async def trickling() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.05)

    async with asyncio.timeout(5):
        answer = await client.post("/trial/v1/text", content=trickling(), headers=JSON)
    is_problem(answer, 408)


async def test_a_slow_body_that_goes_on_is_taken(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body_module, "_STALLED_SECONDS", 0.4)

    async def slowly() -> AsyncIterator[bytes]:
        for part in (b'"', *[b"x"] * 8, b'"'):
            await asyncio.sleep(0.1)
            yield part

    answer = await client.post("/trial/v1/text", content=slowly(), headers=JSON)
    assert answer.status_code == 200


async def test_a_path_may_have_larger_limits(client: httpx.AsyncClient) -> None:
    body = {"name": "a", "many": list(range(1000)), "deep": "x" * 100_000}
    assert (await client.post("/trial/v1/batches", json=body)).json() == {"many": 1000}
    body["many"] = list(range(1001))
    is_problem(await client.post("/trial/v1/batches", json=body), 422)


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "", "application/jsonp", "x"])
async def test_other_media_types_are_refused(client: httpx.AsyncClient, kind: str) -> None:
    is_problem(await send(client, b'{"name": "a"}', **{"content-type": kind}), 415)


async def test_a_form_where_json_belongs_is_refused(client: httpx.AsyncClient) -> None:
    is_problem(await client.post("/trial/v1/things", data=GOOD, headers=KEY), 415)


async def test_a_compressed_body_is_refused(client: httpx.AsyncClient) -> None:
    is_problem(await send(client, b"\x1f\x8b", **{"content-encoding": "gzip"}), 415)


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/ld+json"])
async def test_json_by_other_names_is_taken(client: httpx.AsyncClient, kind: str) -> None:
    answer = await send(client, b'{"name": "a"}', **{"content-type": kind})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/trial/v1/list?limit=%00", "/trial/v1/fail/a%00b"])
async def test_nul_in_an_address_is_refused(client: httpx.AsyncClient, path: str) -> None:
    is_problem(await client.get(path), 400)


async def test_nul_in_a_form_is_refused(client: httpx.AsyncClient) -> None:
    kind = {"content-type": "application/x-www-form-urlencoded"}
    is_problem(await client.post("/trial/form", content=b"a=%00", headers=kind), 400)


@pytest.mark.parametrize("length", ["-1", "x", "1e3", ""])
async def test_an_impossible_length_is_never_our_fault(
    client: httpx.AsyncClient, length: str
) -> None:
    answer = await send(client, b'{"name": "a"}', **{"content-length": length})
    assert answer.status_code < 500


@pytest.mark.parametrize("key", [None, "", "x" * 201, "å".encode().decode("latin-1"), " a"])
async def test_a_missing_or_unprintable_idempotency_key_is_400(
    client: httpx.AsyncClient, key: str | None
) -> None:
    headers = {} if key is None else {b"idempotency-key": key.encode("latin-1")}
    answer = await client.post("/trial/v1/things", json=GOOD, headers=headers)
    document = is_problem(answer, 400)
    assert document["invalid-parameters"][0]["property"] == "Idempotency-Key"


async def test_an_idempotency_key_of_200_characters_is_taken(client: httpx.AsyncClient) -> None:
    headers = {"idempotency-key": "x" * 200}
    assert (await client.post("/trial/v1/things", json=GOOD, headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("refused", 409, "NOT_NOW"),
        ("refused-input", 422, "NOT_SO"),
        ("unavailable", 503, "unavailable"),
        ("conflict", 409, "concurrent-change"),
        ("duplicate", 409, "concurrent-change"),
        ("rejected", 422, "invalid"),
        ("broken", 500, "internal"),
    ],
)
async def test_every_failure_has_its_answer(
    client: httpx.AsyncClient, how: str, status: int, code: str
) -> None:
    assert how in FAILURES
    answer = await client.get(f"/trial/v1/fail/{how}")
    assert is_problem(answer, status)["code"] == code
    assert ("retry-after" in answer.headers) == (status == 503)


async def test_what_nobody_expected_is_logged_by_type_and_place(
    client: httpx.AsyncClient, out: io.StringIO
) -> None:
    answer = await client.get("/trial/v1/fail/broken")
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    broke = next(line for line in lines if line["event"] == "request broke")
    assert broke["error_type"] == ["builtins.ValueError"]
    assert broke["correlation_id"] == answer.json()["correlation_id"]
    assert CANARY not in out.getvalue()


async def test_words_follow_the_readers_language(client: httpx.AsyncClient) -> None:
    swedish = await client.get("/nowhere")
    english = await client.get("/nowhere", headers={"accept-language": "en-GB,sv;q=0.5"})
    assert swedish.json()["title"] == "Det som söktes finns inte"
    assert english.json()["title"] == "What was asked for does not exist"


async def test_a_browser_looking_at_a_page_gets_a_page(client: httpx.AsyncClient) -> None:
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    answer = await client.get("/nowhere", headers=browser)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["x-correlation-id"] in answer.text
    is_problem(await client.get("/trial/v1/nowhere", headers=browser), 404)


async def test_a_signed_in_role_is_not_needed_to_read_a_problem(client: httpx.AsyncClient) -> None:
    headers = {"authorization": f"Bearer {COORDINATOR}"}
    is_problem(await client.get("/nowhere", headers=headers), 404)


async def test_a_browser_gets_a_page_also_of_what_is_refused_before_the_page_is_asked(
    client: httpx.AsyncClient,
) -> None:
    """A file that is too large, and what nobody expected: words, not JSON."""
    browser = {"accept": "text/html"}
    large = await client.post("/trial/leave", content=b"x" * 65 * 1024, headers=browser)
    broken = await client.get("/trial/page/fail/broken", headers=browser)

    for answer, status in (large, 413), (broken, 500):
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.text.count("<h1>") == 1
        assert answer.headers["x-correlation-id"] in answer.text
        assert CANARY not in answer.text
    assert large.headers["connection"] == "close"


async def test_a_page_of_a_problem_that_breaks_itself_leaves_the_problem(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise FAILURES["broken"]

    monkeypatch.setattr(Pages, "render", breaks)
    answer = await client.get("/trial/page/fail/broken", headers={"accept": "text/html"})
    is_problem(answer, 500)
