import asyncio
import io
import json
import logging
import random
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from shared.telemetry import context, log

CANARIES = ("19121212-1212", "anna@example.org", "070-123 45 67", "Anna Andersson")


class BrokenError(Exception):
    """Says what it must not."""


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    log.configure("trial", stream=stream)
    yield stream
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def no_canary(out: io.StringIO) -> bool:
    return not any(canary in out.getvalue() for canary in CANARIES)


def test_a_line_says_who_when_and_in_which_trace(out: io.StringIO) -> None:
    with context.bind() as trace:
        log.get("here").info("batch applied", topic="intake.concerns", offset=7, applied=200)
    (line,) = lines(out)
    assert line["service"] == "trial"
    assert line["level"] == "info"
    assert line["correlation_id"] == trace.correlation_id
    assert line["timestamp"].endswith("+00:00")
    assert (line["topic"], line["offset"], line["applied"]) == ("intake.concerns", 7, 200)


def test_fields_not_on_the_list_are_dropped_and_counted(out: io.StringIO) -> None:
    log.get("here").info("hello", narrative=CANARIES[0], body=CANARIES[1], state="OPEN")
    (line,) = lines(out)
    assert line["dropped_fields"] == 2
    assert line["state"] == "OPEN"
    assert no_canary(out)


@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize("field", ["code", "reason", "correlation_id", "topic", "event"])
def test_a_listed_field_tells_only_what_looks_like_a_code(
    out: io.StringIO, canary: str, field: str
) -> None:
    if field == "event" and canary.startswith("Anna"):
        pytest.skip("words of our own may hold words")
    if field == "event":
        log.get("here").info(f"seen {canary}")
    else:
        log.get("here").info("hello", **{field: canary})
    assert no_canary(out)
    assert "[withheld]" in out.getvalue()


@pytest.mark.parametrize("value", [{"a": CANARIES[0]}, object(), [CANARIES[3]], b"19121212-1212"])
def test_structures_are_withheld(out: io.StringIO, value: object) -> None:
    log.get("here").info("hello", code=value)
    assert no_canary(out)
    assert "withheld" in out.getvalue()


def test_an_exception_is_told_by_type_cause_and_place(out: io.StringIO) -> None:
    secret = CANARIES[0]
    try:
        try:
            int(secret)
        except ValueError as error:
            raise BrokenError(f"{secret} {CANARIES[1]}") from error
    except BrokenError:
        log.get("here").exception("it broke", code="X")
    (line,) = lines(out)
    assert line["error_type"][0].endswith("BrokenError")
    assert line["error_type"][1] == "builtins.ValueError"
    assert any("tests/telemetry/test_log.py" in place for place in line["error_at"])
    assert no_canary(out)
    assert "secret" not in out.getvalue()


@pytest.mark.parametrize("name", ["faststream", "aiokafka.consumer", "asyncio", "motor", "uvicorn"])
def test_libraries_tell_their_place_and_never_their_arguments(out: io.StringIO, name: str) -> None:
    received = f"Received {CANARIES[0]} {CANARIES[2]}"
    error = BrokenError(CANARIES[1])
    logging.getLogger(name).error("Got %s from %s", *CANARIES[2:], exc_info=error)
    logging.getLogger(name).warning(received)
    assert no_canary(out)
    first, second = lines(out)
    assert first["error_type"][0].endswith("BrokenError")
    assert second["logger"] == name
    assert second["line"].startswith("test_log:")


def test_requests_are_not_logged_one_by_one(out: io.StringIO) -> None:
    logging.getLogger("uvicorn.access").info('127.0.0.1 - "GET /x?pnr=191212121212"')
    logging.getLogger("httpx").info("HTTP Request: GET http://x/191212121212")
    assert out.getvalue() == ""


def test_levels_below_the_configured_one_are_silent() -> None:
    stream = io.StringIO()
    log.configure("trial", level="WARNING", stream=stream)
    log.get("here").info("quiet")
    log.get("here").warning("loud")
    structlog.reset_defaults()
    assert [line["event"] for line in lines(stream)] == ["loud"]


def test_a_logger_made_before_configuring_follows_it(out: io.StringIO) -> None:
    assert MADE_EARLY is not None
    MADE_EARLY.info("hello")
    assert lines(out)[0]["module"] == "early"


def test_a_background_task_that_breaks_does_not_spill(out: io.StringIO) -> None:
    async def main() -> None:
        async def broken() -> None:
            raise BrokenError(CANARIES[0])

        task = asyncio.create_task(broken())
        await asyncio.sleep(0)
        loop = asyncio.get_running_loop()
        loop.call_exception_handler({"message": CANARIES[1], "exception": task.exception()})

    asyncio.run(main())
    assert no_canary(out)
    assert "BrokenError" in out.getvalue()


def test_a_closed_stream_does_not_break_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    handler = log.LibraryHandler("trial", stream)
    stream.close()
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    handler.emit(logging.LogRecord("x", logging.INFO, __file__, 1, "m", (), None))


MADE_EARLY = log.get("early")


def test_no_random_trace_id_is_withheld(out: io.StringIO) -> None:
    seeded = random.Random(5)  # noqa: S311 - the same ids in every run
    ids = [f"{seeded.getrandbits(128):032x}" for _ in range(10_000)]
    for trace_id in ids:
        log.get("here").info("hello", trace_id=trace_id)
    assert [line["trace_id"] for line in lines(out)] == ids


@pytest.mark.parametrize("odd", ["191212121212", "a" * 20 + "191212121212 "])
def test_only_a_whole_trace_id_may_hold_such_digits(out: io.StringIO, odd: str) -> None:
    log.get("here").info("hello", trace_id=odd)
    log.get("here").info("hello", code="a" * 20 + "191212121212")
    assert "191212121212" not in out.getvalue()
