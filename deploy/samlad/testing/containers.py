"""Kafka and MongoDB from their official images, as testcontainers starts them."""

import asyncio
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy.samlad import topics
from deploy.samlad.testing.docker import KAFKA_IMAGE, MONGO_IMAGE

if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer

KAFKA_PORT, MONGO_PORT = 9092, 27017
READY_WITHIN = 90.0
START = "/tmp/samlad-start.sh"  # noqa: S108 - inside a container of our own
INITIATE = (
    "try { rs.status() } catch { rs.initiate({_id: 'rs0', members: [{_id: 0, "
    "host: 'localhost:27017'}]}) }; quit(db.hello().isWritablePrimary ? 0 : 1)"
)


@contextmanager
def stack(folder: Path, environment: Mapping[str, str]) -> Iterator[Mapping[str, str]]:  # noqa: ARG001 - a backing's form
    """A Kafka with the topics and a MongoDB, in containers."""
    with _kafka() as kafka, _mongo() as mongo:
        bootstrap = _address(kafka, KAFKA_PORT)
        asyncio.run(topics.apply([bootstrap]))
        yield {
            "SAMLAD_TEST_KAFKA": bootstrap,
            "SAMLAD_TEST_MONGO": f"mongodb://{_address(mongo, MONGO_PORT)}/?directConnection=true",
        }


@contextmanager
def _kafka() -> Iterator["DockerContainer"]:
    from testcontainers.core.container import DockerContainer

    container = DockerContainer(KAFKA_IMAGE).with_exposed_ports(KAFKA_PORT)
    for name, value in _kafka_settings().items():
        container = container.with_env(name, value)
    # The port it is reached by is known once it runs: it waits for its start script.
    waiting = f"while [ ! -f {START} ]; do sleep 0.1; done; exec bash {START}"
    container = container.with_kwargs(entrypoint=["bash", "-c", waiting])
    with container:
        address = _address(container, KAFKA_PORT)
        advertised = f"PLAINTEXT://{address},BROKER://localhost:19092"
        _put(container, START, _start_script(advertised))
        _until(container, ["bash", "-c", f"exec 3<> /dev/tcp/localhost/{KAFKA_PORT}"])
        yield container


def _kafka_settings() -> dict[str, str]:
    return {
        "CLUSTER_ID": "4L6g3nShT-eMCtK--X86sw",
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_LISTENERS": "PLAINTEXT://:9092,BROKER://:19092,CONTROLLER://:9093",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_INTER_BROKER_LISTENER_NAME": "BROKER",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": (
            "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,BROKER:PLAINTEXT"
        ),
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS": "4",
        "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        "KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS": "1000",
        "KAFKA_HEAP_OPTS": "-Xms256m -Xmx512m",
    }


def _start_script(advertised: str) -> str:
    """The official image's own start, with a writable copy of the defaults it insists on."""
    return "\n".join((
        f"export KAFKA_ADVERTISED_LISTENERS={advertised}",
        "for file in log4j2.yaml tools-log4j2.yaml; do",
        '  cat "/etc/kafka/docker/$file" > "/mnt/shared/config/$file"',
        "done",
        "rm -f /opt/kafka/config/log4j2.yaml",
        "cat /etc/kafka/docker/server.properties > /tmp/server.properties",
        "rm -f /opt/kafka/config/server.properties",
        "cat /tmp/server.properties > /opt/kafka/config/server.properties",
        "exec /etc/kafka/docker/run",
    ))  # fmt: skip


@contextmanager
def _mongo() -> Iterator["DockerContainer"]:
    from testcontainers.core.container import DockerContainer

    container = (
        DockerContainer(MONGO_IMAGE)
        .with_exposed_ports(MONGO_PORT)
        .with_command(
            "mongod --replSet rs0 --bind_ip_all --wiredTigerCacheSizeGB 0.5 "
            "--setParameter transactionLifetimeLimitSeconds=10"
        )
    )
    with container:
        _until(container, ["mongosh", "--quiet", "--eval", INITIATE])
        yield container


def _address(container: "DockerContainer", port: int) -> str:
    host = container.get_container_host_ip().replace("localhost", "127.0.0.1")
    return f"{host}:{container.get_exposed_port(port)}"


def _put(container: "DockerContainer", path: str, text: str) -> None:
    content, packed = text.encode(), BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        entry = tarfile.TarInfo(path.lstrip("/"))
        entry.size, entry.mode = len(content), 0o755
        archive.addfile(entry, BytesIO(content))
    _wrapped(container).put_archive("/", packed.getvalue())


def _until(container: "DockerContainer", command: list[str]) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while container.exec(command).exit_code:
        if time.monotonic() > deadline:
            out, err = container.get_logs()
            raise TimeoutError((out + err)[-2000:].decode(errors="replace"))
        time.sleep(0.3)


def _wrapped(container: "DockerContainer") -> Any:  # noqa: ANN401 - docker's own, without types
    return container.get_wrapped_container()
