"""Kafka and MongoDB: those of the settings, else embedded ones; also alone, for development."""

import asyncio
import os
from pathlib import Path

from deploy.samlad.stack.kafka import Kafka, runtime
from deploy.samlad.stack.mongo import Mongo
from deploy.samlad.stack.part import Part
from deploy.samlad.stack.ports import Ports
from deploy.samlad.stack.state import State
from deploy.samlad.supervisor import Supervisor, end_on_term, only_one, until_told


def stores(folder: Path, ports: Ports, state: State) -> list[Part]:
    """Return the parts to start, and write the addresses of both stores down."""
    folder.mkdir(parents=True, exist_ok=True)
    return [*_mongo(folder, ports, state), *_kafka(folder, ports, state)]


def _kafka(folder: Path, ports: Ports, state: State) -> list[Part]:
    given = os.environ.get("SAMLAD_KAFKA")
    if given:
        state.kafka = given.split(",")
        return []
    kafka = Kafka(
        runtime(),
        folder=folder / "kafka",
        port=ports.of("kafka"),
        controller=ports.of("kafka-controller"),
    )
    state.kafka = kafka.bootstrap
    return [kafka.part()]


def _mongo(folder: Path, ports: Ports, state: State) -> list[Part]:
    given = os.environ.get("SAMLAD_MONGO_URL")
    if given:
        state.mongo_url = given
        return []
    mongo = Mongo(folder=folder / "mongo", port=ports.of("mongod"))
    state.mongo_url = mongo.url
    return [mongo.part()]


def run_alone(folder: Path) -> None:
    """Start Kafka and MongoDB and keep them until Ctrl-C."""
    with only_one(folder):
        asyncio.run(_run(folder))


async def _run(folder: Path) -> None:
    end_on_term()
    supervisor = Supervisor(folder, State(data=str(folder)))
    try:
        state = supervisor.state
        await supervisor.start(stores(folder, Ports(folder / "ports.json"), state))
        supervisor.say_ready()
        print(f"Kafka   {','.join(state.kafka)}")
        print(f"MongoDB {state.mongo_url}", flush=True)
        await until_told()
    finally:
        await supervisor.stop()
