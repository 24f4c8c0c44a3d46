"""Compares what every service stored with the topics, and publishes what is missing."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.samlad.refusal import CannotError, Exit
from deploy.samlad.stack.state import State
from deploy.samlad.system import SERVICES
from shared.bus.producer import KafkaAway
from shared.bus.reconcile import Reconciliation
from shared.store.client import Client, connect
from shared.store.errors import StoreError, translated
from shared.store.stream import Stream

LOG = "_log"


@dataclass(frozen=True, slots=True)
class Stores:
    """Where Kafka and MongoDB are, and how the services name their databases."""

    kafka: list[str]
    mongo_url: str
    prefix: str


def stores_of(folder: Path) -> Stores:
    """Return the stores of the settings, else those of the system that runs in the folder."""
    prefix = os.environ.get("SAMLAD_DATABASE_PREFIX", "samlad_")
    kafka, mongo = os.environ.get("SAMLAD_KAFKA"), os.environ.get("SAMLAD_MONGO_URL")
    if kafka and mongo:
        return Stores(kafka.split(","), mongo, prefix)
    state = State.read(folder)
    if state is None or not state.alive():
        raise CannotError(
            "No system runs here; start one, or set SAMLAD_KAFKA and SAMLAD_MONGO_URL.",
            Exit.NOT_RUNNING,
        )
    return Stores(state.kafka, state.mongo_url, prefix)


def reconcile_all(stores: Stores, *, dry_run: bool) -> list[dict[str, object]]:
    """Return a row per stream and topic. Raises CannotError when a store does not answer."""
    try:
        return asyncio.run(_reconcile_all(stores, dry_run=dry_run))
    except (KafkaAway, StoreError) as error:
        raise CannotError(f"{type(error).__name__}: run it again later.") from error


async def _reconcile_all(stores: Stores, *, dry_run: bool) -> list[dict[str, object]]:
    client = connect(stores.mongo_url)
    rows: list[dict[str, object]] = []
    try:
        for service in SERVICES:
            streams = await streams_of(client, stores.prefix, service)
            this = Reconciliation(streams, bootstrap=stores.kafka, client="samlad-reconcile")
            reports = await this.run(dry_run=dry_run)
            rows += [{"service": service, **asdict(report)} for report in reports]
    finally:
        await client.close()
    return rows


async def streams_of(client: Client, prefix: str, service: str) -> list[Stream]:
    """Return the streams of a service: the collections that have a log beside them."""
    database = client.database(f"{prefix}{service}")
    with translated():
        names = set(await database.list_collection_names())
    return [Stream(database[name], source=f"/{service}") for name in sorted(_with_log(names))]


def _with_log(names: set[str]) -> Iterator[str]:
    return (name for name in names if f"{name}{LOG}" in names)
