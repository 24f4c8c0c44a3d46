"""The doctor comes back from whatever it meets, and has a word for it."""

import contextlib
import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from deploy.samlad.doctor import Finding, Verdict, examine, keepsafe, machine
from deploy.samlad.doctor import mail as mail_looks
from deploy.samlad.doctor.finding import Look, all_of, well
from deploy.samlad.doctor.where import find
from deploy.samlad.indexes import make
from deploy.samlad.secret_files import Secrets
from deploy.samlad.stack.assets import STAMP
from deploy.samlad.stack.state import State
from deploy.samlad.topics import apply
from shared.contracts.topics import TOPICS
from shared.security.keys import write_records
from shared.store.client import connect

OK, WARN, FAIL = Verdict.OK, Verdict.WARN, Verdict.FAIL
Rows = Mapping[str, Finding]


def looked(folder: Path, **settings: str) -> Rows:
    return {each.what: each for each in examine(folder, settings)}


@contextlib.contextmanager
def listening(greeting: bytes, answer: bytes = b"") -> Iterator[int]:
    """A server that greets, answers everything alike, and says nothing where that is empty."""

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                open_ones.append(connection)
                connection.sendall(greeting)
                while answer and connection.recv(1000):
                    connection.sendall(answer)

    open_ones: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            for each in (server, *open_ones):
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()
            thread.join()


def test_secrets_are_there_whole_and_their_owners_alone(tmp_path: Path) -> None:
    files = Secrets(tmp_path)
    assert {each.verdict for each in keepsafe.secrets(files)} == {FAIL}
    files.make(demo=False)
    assert {each.verdict for each in keepsafe.secrets(files)} == {OK}
    files.session.chmod(0o640)
    files.vault.write_bytes(b"short")
    files.keys.write_text("{}")
    session, vault, keys = keepsafe.secrets(files)
    assert (session.verdict, vault.verdict, keys.verdict) == (WARN, FAIL, FAIL)
    assert f"chmod 600 {files.session}" in session.advice
    assert "backup" in vault.advice
    write_records(files.keys, [])
    files.keys.chmod(0o644)
    assert keepsafe.secrets(files)[2].verdict is WARN


def test_assets_are_well_only_when_set_up_has_stamped_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [shipped] = machine.assets()
    monkeypatch.setattr(machine, "vendor_folder", lambda: tmp_path)
    [absent] = machine.assets()
    (tmp_path / STAMP).write_text("other")
    [other] = machine.assets()
    assert [each.verdict for each in (shipped, absent, other)] == [OK, WARN, WARN]
    assert other.advice == "Run `samlad set-up`."


def test_a_mail_server_is_greeted_and_sent_nothing() -> None:
    with listening(b"220 here\r\n", b"250 yes\r\n") as port:
        [found] = mail_looks.mail("127.0.0.1", port)
    assert found.verdict is OK


@pytest.mark.parametrize("greeting", [b"554 go away\r\n", b"220 here\r\n"])
def test_a_mail_server_that_refuses_is_a_failure(greeting: bytes) -> None:
    with listening(greeting, b"500 no\r\n") as port:
        [found] = mail_looks.mail("127.0.0.1", port)
    assert found.verdict is FAIL
    assert "SAMLAD_MAIL_HOST" in found.advice


def test_a_look_that_raises_or_never_ends_is_a_finding_and_hides_no_other() -> None:
    ended = threading.Event()

    def raises() -> list[Finding]:
        raise RuntimeError

    def never_ends() -> list[Finding]:
        ended.wait(30)
        return []

    looks = [
        Look("one", raises, "Mend one."),
        Look("two", never_ends, "Mend two."),
        Look("three", lambda: [well("three", "here")], ""),
    ]
    began = time.monotonic()
    found = all_of(looks, seconds=0.3)
    ended.set()
    assert time.monotonic() - began < 3
    assert [each.verdict for each in found] == [FAIL, FAIL, OK]
    assert [each.advice for each in found] == ["Mend one.", "Mend two.", ""]


def test_servers_that_take_a_call_and_stay_silent_do_not_hold_it_up(tmp_path: Path) -> None:
    began = time.monotonic()
    with listening(b"") as port:
        rows = looked(
            tmp_path,
            SAMLAD_KAFKA=f"127.0.0.1:{port}",
            SAMLAD_MONGO_URL=f"mongodb://127.0.0.1:{port}/?replicaSet=rs0",
            SAMLAD_MAIL_HOST="127.0.0.1",
            SAMLAD_MAIL_PORT=str(port),
        )
        assert time.monotonic() - began < 8
    assert {rows[what].verdict for what in ("Kafka", "MongoDB", "mail")} == {FAIL}
    assert "topics" not in rows
    assert "indexes" not in rows


@pytest.mark.parametrize(
    "settings",
    [
        {"SAMLAD_KAFKA": "nonsense:x", "SAMLAD_MONGO_URL": "nonsense"},
        {"SAMLAD_KAFKA": ",", "SAMLAD_MONGO_URL": "mongodb://", "SAMLAD_MAIL_HOST": "no such"},
    ],
)
def test_addresses_that_are_none_are_failures(settings: dict[str, str], tmp_path: Path) -> None:
    rows = looked(tmp_path, **settings)
    assert {rows["Kafka"].verdict, rows["MongoDB"].verdict} == {FAIL}


def test_what_the_settings_do_not_name_is_said_to_be_unseen(tmp_path: Path) -> None:
    rows = looked(tmp_path, SAMLAD_MAIL_HOST="127.0.0.1", SAMLAD_MAIL_PORT="1")
    assert rows["mail"].verdict is FAIL
    assert (rows["Kafka"].verdict, rows["MongoDB"].verdict) == (WARN, WARN)
    assert "SAMLAD_MONGO_URL" in rows["MongoDB"].advice
    assert "system" not in rows
    assert "mongod program" not in rows


def test_the_settings_come_before_the_system_of_the_folder(tmp_path: Path) -> None:
    state = State(kafka=["k:1"], mongo_url="mongodb://m", smtp="127.0.0.1:25", services={"a": "b"})
    state.write(tmp_path)
    ours = find(tmp_path, {})
    assert (ours.kafka, ours.mail, ours.prefix) == (["k:1"], ("127.0.0.1", 25), "samlad_")
    named = find(tmp_path, {"SAMLAD_KAFKA": "x:1, y:2", "SAMLAD_MONGO_URL": "mongodb://n"})
    assert (named.kafka, named.mongo_url) == (["x:1", "y:2"], "mongodb://n")
    assert named.mail is None


def test_every_finding_that_is_not_well_says_what_to_do(tmp_path: Path) -> None:
    for each in examine(tmp_path, {"SAMLAD_KAFKA": "127.0.0.1:1"}):
        assert set(each.row()) == {"what", "verdict", "found", "do"}
        if each.verdict is OK:
            assert not each.advice
        else:
            assert re.fullmatch(r"[A-Z].+\.", each.advice), each.what


@pytest.mark.stack
async def test_a_real_kafka_and_mongodb_are_well_once_prepared(
    kafka_bootstrap: list[str], mongo_url: str, database_name: str, tmp_path: Path
) -> None:
    await apply(kafka_bootstrap, topics=TOPICS)
    settings = {
        "SAMLAD_KAFKA": ",".join(kafka_bootstrap),
        "SAMLAD_MONGO_URL": mongo_url,
        "SAMLAD_DATABASE_PREFIX": f"{database_name}_",
    }
    before = looked(tmp_path, **settings)
    assert (before["Kafka"].verdict, before["topics"].verdict) == (WARN, OK)
    assert "1 broker" in before["Kafka"].found
    assert (before["MongoDB"].verdict, before["clock"].verdict) == (WARN, OK)
    assert before["indexes"].verdict is FAIL
    client = connect(mongo_url)
    await make(client, f"{database_name}_")
    await client.close()
    assert looked(tmp_path, **settings)["indexes"].verdict is OK
