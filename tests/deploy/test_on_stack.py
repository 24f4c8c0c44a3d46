"""What the operator's package does with a real Kafka, a real MongoDB and a real mail server."""

import asyncio
import os
import signal
import smtplib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from deploy.samlad.reconciling import Stores, reconcile_all, stores_of, streams_of
from deploy.samlad.refusal import CannotError
from deploy.samlad.stack.kafka import WARM_UP_TOPIC, Kafka, runtime
from deploy.samlad.stack.mail import MailSink
from deploy.samlad.stack.part import Child
from deploy.samlad.stack.ports import free_port
from deploy.samlad.stack.state import State
from shared.store.client import connect
from tests.support.waiting import eventually

pytestmark = pytest.mark.stack


async def test_the_streams_of_a_service_are_found_by_their_logs(
    mongo_url: str, database_name: str
) -> None:
    client = connect(mongo_url)
    database = client.database(f"{database_name}_intake")
    for name in ("concerns", "concerns_log", "labels"):
        await database[name].insert_one({"_id": "1"})
    [stream] = await streams_of(client, f"{database_name}_", "intake")
    assert stream is not None
    await client.close()


def test_services_without_streams_have_nothing_to_reconcile(
    kafka_bootstrap: list[str], mongo_url: str, database_name: str
) -> None:
    stores = Stores(kafka_bootstrap, mongo_url, f"{database_name}_")
    assert reconcile_all(stores, dry_run=True) == []


def test_a_store_that_is_away_is_one_sentence(database_name: str) -> None:
    away = Stores(["127.0.0.1:1"], "mongodb://127.0.0.1:1/?directConnection=true", database_name)
    with pytest.raises(CannotError, match="run it again later"):
        reconcile_all(away, dry_run=True)


def test_the_stores_are_those_of_the_settings_else_of_the_running_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SAMLAD_KAFKA", raising=False)
    State(data=str(tmp_path), kafka=["here:1"], mongo_url="mongodb://here").write(tmp_path)
    assert stores_of(tmp_path) == Stores(["here:1"], "mongodb://here", "samlad_")
    monkeypatch.setenv("SAMLAD_KAFKA", "a:1,b:2")
    monkeypatch.setenv("SAMLAD_MONGO_URL", "mongodb://there")
    assert stores_of(tmp_path) == Stores(["a:1", "b:2"], "mongodb://there", "samlad_")


@pytest.fixture
async def own_kafka(tmp_path: Path) -> AsyncIterator[tuple[Kafka, Child]]:
    kafka = Kafka(runtime(), folder=tmp_path, port=free_port(), controller=free_port())
    child = Child(kafka.part(), log=tmp_path / "kafka.log", changed=lambda: None)
    await child.start()
    yield kafka, child
    await child.stop()


async def _written(bootstrap: list[str]) -> bool:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True)
    try:
        await producer.start()
        async with asyncio.timeout(5):
            await producer.send_and_wait(WARM_UP_TOPIC, b"again")
    except Exception:  # noqa: BLE001 - away has many faces
        return False
    finally:
        await producer.stop()
    return True


async def test_kafka_is_back_and_writable_soon_after_it_was_killed(
    own_kafka: tuple[Kafka, Child],
) -> None:
    kafka, child = own_kafka
    assert child.pid
    os.kill(child.pid, signal.SIGKILL)
    assert await eventually(lambda: _written(kafka.bootstrap), within=30)
    assert child.restarts == 1


async def test_a_half_written_format_is_made_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kafka = Kafka(runtime(), folder=tmp_path, port=free_port(), controller=free_port())
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "bootstrap.checkpoint").write_bytes(b"half")
    await kafka.format()
    assert "half-written" in capsys.readouterr().err
    assert (tmp_path / "logs" / "meta.properties").exists()
    before = (tmp_path / "logs" / "meta.properties").read_text()
    await kafka.format()
    assert (tmp_path / "logs" / "meta.properties").read_text() == before


async def test_every_mail_is_kept_as_a_file_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    sink = MailSink(folder=folder, port=free_port())
    child = Child(sink.part(), log=tmp_path / "mail.log", changed=lambda: None)
    await child.start()
    for number in range(3):
        await asyncio.to_thread(_send, sink.port, f"Ärende {number}")
    await child.stop()
    kept = sorted(path.read_text("utf-8") for path in folder.glob("*.eml"))
    assert [f"Ärende {number}" in text for number, text in enumerate(kept)] == [True] * 3
    assert "X-RcptTo: b@example.org" in kept[0]


def _send(port: int, subject: str) -> None:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as server:
        text = f"Subject: {subject}\r\n\r\nHej\r\n".encode()
        server.sendmail("a@example.org", ["b@example.org"], text)
