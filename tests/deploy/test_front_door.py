"""What the front door answers by itself is a problem like any service's."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from defusedxml.ElementTree import fromstring

from deploy.samlad.places import root
from deploy.samlad.stack.caddy import Caddy
from shared.web.middleware.headers import STRICT_CSP
from tests.support.door import free_port, running

pytestmark = pytest.mark.stack

OWN_ID = "5a0c3f0e-5f0a-4f1e-9a58-0f6b3f1c2d4e"


class Stub(BaseHTTPRequestHandler):
    """A service that reads every body to its end and tells which correlation id it was given."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path.endswith("/cut"):
            self.close_connection = True
            return
        if self.path.endswith("/unread"):
            self.said(400, "text/plain; charset=utf-8", b"Invalid HTTP request received.")
            return
        if self.path.endswith("/refused"):
            self.said(400, "application/problem+json", b'{"status":400}')
            return
        if self.path.endswith("/stream"):
            self.streamed()
            return
        if self.path.endswith("/connection"):
            self.said(200, "text/plain", str(self.client_address[1]).encode())
            return
        given = self.headers["X-Correlation-ID"].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(given)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(given)

    do_HEAD = do_GET  # noqa: N815 - as http.server has it

    def do_POST(self) -> None:
        if self.path.endswith("/slow"):
            self.rfile.read(3)
            self.said(408, "application/problem+json", b'{"status":408}')
            self.close_connection = True
            return
        while size := int(self.rfile.readline() or b"0", 16):
            self.rfile.read(size + 2)
        self.rfile.readline()  # left there, it ends the connection while the door uses it again
        self.do_GET()

    def said(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def streamed(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for _ in range(6):
            self.wfile.write(b": still here\n\n")
            time.sleep(0.5)
        self.wfile.write(b"data: late\n\n")
        self.close_connection = True

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


def test_a_connection_is_left_before_its_service_ends_it(door: str) -> None:
    # The services' server ends one after 5 s of rest; a report sent at that very moment is lost.
    at_once = {asked(door, "/intake/connection").text for _ in range(3)}
    time.sleep(3.5)
    assert len(at_once) == 1
    assert asked(door, "/intake/connection").text not in at_once


def test_a_chunked_body_that_is_too_large_is_a_problem(door: str) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(8):
            yield b"x" * 1024 * 1024

    with httpx.Client(trust_env=False, timeout=20) as client:
        answer = client.post(f"{door}/intake/v1/concerns", content=chunks())
    is_problem(answer, 413)


@pytest.mark.parametrize("path", ["/intake/imports", "/intake/statistics"])
def test_a_file_that_is_too_large_for_a_page_is_told_on_a_page(door: str, path: str) -> None:
    def megabytes(count: int) -> Iterator[bytes]:
        for _ in range(count):
            yield b"x" * 1024 * 1024

    headers = {"accept": "text/html,*/*;q=0.8"}
    with httpx.Client(trust_env=False, timeout=20, headers=headers) as client:
        through = client.post(door + path, content=megabytes(6))
        answer = client.post(door + path, content=megabytes(9))
        other = client.post(f"{door}/intake/v1/concerns", content=megabytes(9))
    assert through.status_code == 200
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == STRICT_CSP
    assert "Innehållet är för stort" in answer.text
    assert 'href="/intake/"' in answer.text
    is_problem(other, 413)


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


# What cannot be read

LOCAL = b"Host: 127.0.0.1\r\n"
CHUNKED = LOCAL + b"Transfer-Encoding: chunked\r\n\r\n"
BROKEN = {
    "no length of a chunk": b"5\r\nabcde\r\nZZ\r\nxx\r\n0\r\n\r\n",
    "a chunk longer than it says": b"5\r\nabcdefgh\r\n0\r\n\r\n",
    "a length beyond all bounds": b"1" * 40 + b"\r\nabc\r\n0\r\n\r\n",
}


def spoken(door: str, said: bytes, *, ends: bool = False, patience: float = 10) -> bytes:
    """Everything that comes back until the door closes the connection."""
    address = httpx.URL(door)
    with socket.create_connection((address.host, address.port or 80)) as one:
        one.settimeout(patience)
        one.sendall(said)
        if ends:
            one.shutdown(socket.SHUT_WR)
        told = b""
        while more := one.recv(65536):
            told += more
        return told


def heard(door: str, said: bytes, last: bytes, patience: float = 10) -> bytes:
    """What comes back until its last words, whether or not the connection is closed then."""
    address = httpx.URL(door)
    with socket.create_connection((address.host, address.port or 80)) as one:
        one.settimeout(patience)
        one.sendall(said)
        told = b""
        while not told.endswith(last):
            more = one.recv(65536)
            assert more, told
            told += more
        return told


def read(told: bytes) -> httpx.Response:
    """The only answer that came."""
    head, _, body = told.partition(b"\r\n\r\n")
    assert told.count(b"HTTP/1.1 ") == 1, told
    first, *rest = head.decode().split("\r\n")
    headers = [(name, value) for name, _, value in (line.partition(": ") for line in rest)]
    return httpx.Response(int(first.split()[1]), headers=headers, content=body)


@pytest.mark.parametrize("broken", BROKEN)
def test_a_chunked_body_that_cannot_be_read_is_400_once(door: str, broken: str) -> None:
    said = b"POST /intake/v1/concerns HTTP/1.1\r\n" + CHUNKED + BROKEN[broken]
    is_problem(read(spoken(door, said)), 400)


def test_a_body_that_breaks_off_is_never_taken(door: str) -> None:
    """Whoever ends their side is told 400, or a bare 499 where Caddy saw them leave first."""
    said = b"POST /intake/v1/concerns HTTP/1.1\r\n" + CHUNKED + b"5\r\nab"
    for _ in range(10):
        answer = read(spoken(door, said, ends=True))
        if answer.status_code == 499:
            assert answer.content == b""
        else:
            is_problem(answer, 400)


@pytest.mark.parametrize("form", ["xml", "json"])
def test_open311_is_told_in_its_own_form_what_cannot_be_read(door: str, form: str) -> None:
    path = f"/intake/open311/v2/requests.{form}".encode()
    broken = BROKEN["no length of a chunk"]
    answer = read(spoken(door, b"POST " + path + b" HTTP/1.1\r\n" + CHUNKED + broken))
    is_fault(answer, 400, form)


def is_fault(answer: httpx.Response, status: int, form: str) -> str:
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert UUID(answer.headers["x-correlation-id"])
    kind = "application/json" if form == "json" else "text/xml"
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    if form == "json":
        (told,) = answer.json()
        assert told["code"] == status
        return str(told["description"])
    top = fromstring(answer.content)
    (error,) = top
    assert (top.tag, error.tag, error.findtext("code")) == ("errors", "error", str(status))
    words: str = error.findtext("description", "")
    return words


@pytest.mark.parametrize("form", ["xml", "json"])
def test_open311_is_told_in_its_own_form_that_a_body_is_too_large(door: str, form: str) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(33):
            yield b"x" * 1024 * 1024

    with httpx.Client(trust_env=False, timeout=20) as client:
        answer = client.post(f"{door}/intake/open311/v2/requests.{form}", content=chunks())
    assert "Bilder tas inte emot" in is_fault(answer, 400, form)


@pytest.mark.parametrize("form", ["xml", "json"])
def test_open311_is_told_in_its_own_form_that_its_service_is_away(
    tmp_path: Path, form: str
) -> None:
    services = {"intake": f"http://127.0.0.1:{free_port()}"}
    caddy = Caddy(folder=tmp_path, port=free_port(), services=services)
    with running(caddy):
        answer = asked(caddy.url, f"/intake/open311/v2/requests.{form}")
    assert is_fault(answer, 503, form)
    assert int(answer.headers["retry-after"]) > 0


def test_what_a_services_server_could_not_read_is_a_problem(door: str) -> None:
    is_problem(asked(door, "/intake/unread"), 400)
    own = asked(door, "/intake/refused")
    assert (own.status_code, own.json()) == (400, {"status": 400})


def test_a_host_that_is_not_served_is_a_problem(door: str) -> None:
    for path in ("/intake/x", "/", "/nowhere"):
        is_problem(asked(door, path, Host="trygg.example.org"), 421)
    for host in ("localhost", "127.0.0.1"):
        assert asked(door, "/intake/x", Host=host).status_code == 200


def test_without_a_setting_every_host_is_served_as_compose_does(tmp_path: Path) -> None:
    with stub() as intake:
        caddy = Caddy(folder=tmp_path, port=free_port(), services={"intake": intake})
        with running(caddy, SAMLAD_HOSTS=None, SAMLAD_FRONT=f":{caddy.port}"):
            assert asked(caddy.url, "/intake/x", Host="trygg.example.org").status_code == 200


# What stalls


def test_a_service_that_gives_up_a_stalled_body_is_heard_at_once(door: str) -> None:
    said = b"POST /intake/slow HTTP/1.1\r\n" + LOCAL + b"Content-Length: 100\r\n\r\nabc"
    # Heard, not ended: the door may look at a connection that is to be closed once more, later.
    answer = read(heard(door, said, b'{"status":408}'))
    assert (answer.status_code, answer.json()) == (408, {"status": 408})
    assert answer.headers["connection"] == "close"


def test_only_reading_has_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Heads that stall are given up; what is sent may take as long as it takes."""
    text = (root() / "deploy/caddy/Caddyfile").read_text("utf-8")
    shortened, bounds = re.subn(r"(read_header|read_body_idle) \d+s", r"\1 1s", text)
    assert bounds == 2
    (tmp_path / "deploy/caddy").mkdir(parents=True)
    (tmp_path / "deploy/caddy/Caddyfile").write_text(shortened, "utf-8")
    monkeypatch.setattr("deploy.samlad.stack.caddy.root", lambda: tmp_path)
    with stub() as intake:
        caddy = Caddy(folder=tmp_path, port=free_port(), services={"intake": intake})
        with running(caddy):
            assert spoken(caddy.url, b"GET /intake/x HTTP/1.1\r\n" + LOCAL + b"Accept: ") == b""
            assert asked(caddy.url, "/intake/stream").text.endswith("data: late\n\n")
