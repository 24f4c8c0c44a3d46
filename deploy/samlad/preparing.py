"""What has to be there before the services start: secrets, topics, indexes. Harmless to repeat."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from deploy.samlad import indexes, topics
from deploy.samlad.reconciling import Stores, stores_of
from deploy.samlad.refusal import CannotError, Exit
from deploy.samlad.secret_files import Secrets
from shared.store.client import connect
from shared.store.errors import StoreError


def prepare(folder: Path, *, replication: int, say: Callable[[str], None]) -> None:
    """Make what is missing and say so step by step. Raises CannotError."""
    demo = os.environ.get("SAMLAD_DEMO", "").lower() in {"1", "true", "yes", "on"}
    try:
        Secrets(folder, os.environ).make(demo=demo)
    except OSError as error:
        raise CannotError(f"The secrets cannot be written: {error}.", Exit.REFUSED) from error
    say("secrets are in place")
    asyncio.run(_stores(stores_of(folder), replication, say))


async def _stores(stores: Stores, replication: int, say: Callable[[str], None]) -> None:
    outcomes = await topics.apply(stores.kafka, replication=replication)
    left = [f"{each.topic}: {each.result}" for each in outcomes if not each.well]
    if left:
        raise CannotError(f"Topics are not as described: {'; '.join(left)}.", Exit.REFUSED)
    made = sum(each.result != topics.THERE for each in outcomes)
    say(f"{len(outcomes)} topics are as described, {made} of them made or changed now")
    client = connect(stores.mongo_url)
    try:
        await indexes.make(client, stores.prefix)
    except StoreError as error:
        raise CannotError(
            f"MongoDB does not take the indexes ({error.code}): is it a replica set, and up?",
            Exit.NOT_RUNNING,
        ) from error
    finally:
        await client.close()
    say("indexes are in place")
