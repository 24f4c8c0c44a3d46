"""Kafka and MongoDB alone: for development and for tests."""

import asyncio
from pathlib import Path

from deploy.samlad.stack.kafka import Kafka, runtime
from deploy.samlad.stack.mongo import Mongo
from deploy.samlad.stack.part import Part
from deploy.samlad.stack.ports import Ports
from deploy.samlad.stack.state import State
from deploy.samlad.supervisor import Supervisor, only_one, until_told


def stores(folder: Path, state: State) -> list[Part]:
    """Return Kafka and mongod of a data folder as parts, and write their addresses down."""
    folder.mkdir(parents=True, exist_ok=True)
    ports = Ports(folder / "ports.json")
    kafka = Kafka(
        runtime(),
        folder=folder / "kafka",
        port=ports.of("kafka"),
        controller=ports.of("kafka-controller"),
    )
    mongo = Mongo(folder=folder / "mongo", port=ports.of("mongod"))
    state.kafka, state.mongo_url = kafka.bootstrap, mongo.url
    for sentence in ports.moved:
        print(f"samlad: {sentence}")
    return [mongo.part(), kafka.part()]


def run(folder: Path) -> None:
    """Start Kafka and MongoDB and keep them until Ctrl-C."""
    with only_one(folder):
        asyncio.run(_run(folder))


async def _run(folder: Path) -> None:
    supervisor = Supervisor(folder, State(data=str(folder)))
    try:
        await supervisor.start(stores(folder, supervisor.state))
        supervisor.say_ready()
        print(f"Kafka   {','.join(supervisor.state.kafka)}")
        print(f"MongoDB {supervisor.state.mongo_url}", flush=True)
        await until_told()
    finally:
        await supervisor.stop()
