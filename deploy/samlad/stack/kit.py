"""Set-up after the environment: everything the embedded system needs that is not in a wheel."""

import asyncio
import os
import sys
import time
from collections.abc import Callable

from deploy.samlad.stack import assets, caddy, kafka, mongo


def set_up() -> float:
    """Fetch and prepare what is missing, with a line for each thing done; returns the seconds."""
    began = time.monotonic()
    if not os.environ.get("SAMLAD_KAFKA"):
        runtime = kafka.runtime(counted("Kafka", 45))
        if runtime.cache and not runtime.cache.is_file():
            _say("Kafka: prepares quick starts")
            asyncio.run(kafka.make_cache(runtime))
    if not os.environ.get("SAMLAD_MONGO_URL"):
        mongo.program()
        mongo.libraries()
    caddy.program()
    assets.unpack_assets(counted("browser assets", 3))
    return time.monotonic() - began


def counted(what: str, total: int) -> Callable[[int], None]:
    """Return what shows progress: a line that moves on a terminal, one at the end elsewhere."""
    shown = sys.stderr.isatty()

    def at(count: int) -> None:
        if shown:
            end = "\n" if count == total else ""
            print(f"\rsamlad: {what}: {count} of {total} files", end=end, file=sys.stderr)
        elif count == total:
            _say(f"{what}: {total} files fetched and checked")

    return at


def _say(sentence: str) -> None:
    print(f"samlad: {sentence}", file=sys.stderr, flush=True)
