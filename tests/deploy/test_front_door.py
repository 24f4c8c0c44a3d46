"""What the front door answers by itself is a problem like any service's."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import DEVNULL, Popen
from uuid import UUID

import httpx
import pytest

from deploy.samlad.stack.caddy import Caddy
from shared.web.middleware.headers import STRICT_CSP

pytestmark = pytest.mark.stack

OWN_ID = "5a0c3f0e-5f0a-4f1e-9a58-0f6b3f1c2d4e"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port


class Stub(BaseHTTPRequestHandler):
    """A service that reads every body to its end and tells which correlation id it was given."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path.endswith("/cut"):
            self.close_connection = True
            return
        given = self.headers["X-Correlation-ID"].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(given)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(given)

    do_HEAD = do_GET  # noqa: N815 - as http.server has it

    def do_POST(self) -> None:
        while size := int(self.rfile.readline() or b"0", 16):
            self.rfile.read(size + 2)
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class QuietServer(ThreadingHTTPServer):
    """Requests that break off are the point of these tests."""

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def stub() -> Iterator[str]:
    server = QuietServer(("127.0.0.1", 0), Stub)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The front door; a stub stands behind intake, nobody behind the others."""
    folder = tmp_path_factory.mktemp("door")
    nobody = f"http://127.0.0.1:{free_port()}"
    with stub() as intake:
        names = dict.fromkeys(("coordination", "notify", "reporting"), nobody)
        caddy = Caddy(folder=folder, port=free_port(), services={"intake": intake, **names})
        with running(caddy):
            yield caddy.url


@contextmanager
def running(caddy: Caddy, **more: str) -> Iterator[None]:
    part = caddy.part()
    environment = {"HOME": str(caddy.folder), **part.environment, **more}
    process = Popen(part.command, env=environment, stdout=DEVNULL, stderr=DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", caddy.port)) == 0:
                    break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)


def asked(door: str, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    return httpx.request(method, door + path, headers=headers, timeout=20, trust_env=False)


def is_problem(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == STRICT_CSP
    told = answer.json()
    correlation = answer.headers["x-correlation-id"]
    assert told["status"] == status
    assert told["type"] == f"tag:samlad.se,2026:problem/{told['code']}"
    assert told["title"]
    assert told["detail"].startswith(told["title"])
    assert told["instance"] == f"tag:samlad.se,2026:occurrence/{correlation}"
    assert told["correlation_id"] == correlation


def test_an_unknown_path_is_a_problem(door: str) -> None:
    answer = asked(door, "/nowhere/v1")
    is_problem(answer, 404)
    assert UUID(answer.headers["x-correlation-id"])


def test_an_own_correlation_id_comes_back(door: str) -> None:
    named = {"X-Correlation-ID": OWN_ID}
    answer = asked(door, "/nowhere", **named)
    is_problem(answer, 404)
    assert answer.headers["x-correlation-id"] == OWN_ID
    assert asked(door, "/intake/x", **named).text == OWN_ID


@pytest.mark.parametrize("other", ['a"b', "19121212-1212", "mitt-anrop.1", "{env.HOME}"])
def test_other_text_than_a_uuid_does_not_come_back(door: str, other: str) -> None:
    named = {"X-Correlation-ID": other}
    answer = asked(door, "/nowhere", **named)
    is_problem(answer, 404)
    assert UUID(answer.headers["x-correlation-id"])
    assert asked(door, "/intake/x", **named).text == other


def test_a_service_is_told_the_id_of_a_request_without_one(door: str) -> None:
    assert UUID(asked(door, "/intake/x").text)


@pytest.mark.parametrize("path", ["/reporting/", "/intake/cut"])
def test_a_service_that_is_away_is_a_problem_to_try_again(door: str, path: str) -> None:
    answer = asked(door, path)
    is_problem(answer, 503)
    assert int(answer.headers["retry-after"]) > 0


def test_a_chunked_body_that_is_too_large_is_a_problem(door: str) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(8):
            yield b"x" * 1024 * 1024

    with httpx.Client(trust_env=False, timeout=20) as client:
        answer = client.post(f"{door}/intake/v1/concerns", content=chunks())
    is_problem(answer, 413)


def test_head_reaches_the_service_and_problems_have_no_body(door: str) -> None:
    there = asked(door, "/intake/x", "HEAD")
    assert (there.status_code, there.headers["content-length"], there.content) == (200, "36", b"")
    absent = asked(door, "/nowhere", "HEAD")
    assert (absent.status_code, absent.content) == (404, b"")
    assert absent.headers["content-type"] == "application/problem+json"


def test_the_root_leads_to_the_public_start_page(door: str) -> None:
    answer = asked(door, "/")
    assert (answer.status_code, answer.headers["location"]) == (302, "/reporting/")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_gauges_and_the_demos_clock_are_not_for_others(tmp_path: Path) -> None:
    with stub() as intake:
        caddy = Caddy(folder=tmp_path, port=free_port(), services={"intake": intake})
        with running(caddy, SAMLAD_TRUSTED="192.0.2.1/32"):
            is_problem(asked(caddy.url, "/intake/metrics"), 404)
            is_problem(asked(caddy.url, "/intake/v1/demo/tick", "POST"), 404)
