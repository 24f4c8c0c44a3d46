"""The bench of intake: concerns accepted over HTTP, against a plain endpoint that inserts them.

Intake, as it is run: keys, limits, screening, sealing, state and event in one write at w: majority,
the relay beside. The other: FastAPI and one `insert_one`. Each in a process of its own, real HTTP
over loopback, the load from a third process; rounds are interleaved, and what a round left to be
published is published before the next begins. The steady rate comes first, before the databases
have been flooded. Every accepted concern is looked for afterwards.

What an import does is measured beside, without a promise: the same concerns, many in one request.
"""

import asyncio
import json
import os
import secrets
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from deploy.samlad.bench_accepted import IN_ONE, STEADY_RATE, Result
from deploy.samlad.bench_load import Outcome, Wish
from deploy.samlad.bench_plain import PATH as PLAIN_PATH
from deploy.samlad.stack.ports import free_port
from shared.contracts.codes import Role
from shared.contracts.district import District
from shared.security.keys import issue, write_records
from shared.store.client import Document, connect
from shared.store.errors import translated
from shared.store.stream import PENDING

_PATH: Final = "/intake/v1/concerns"
_IMPORTERS: Final = 8
_STEADY_ROUNDS: Final = 3  # as long: one pause of the machine is not the whole percentile
_START_SECONDS: Final = 30.0
_PUBLISH_SECONDS: Final = 120.0
_UNLIMITED: Final = "10000000/second"


async def run(
    kafka: Sequence[str],
    mongo_url: str,
    *,
    callers: int = 64,
    seconds: float = 4.0,
    rounds: int = 5,
) -> Result:
    """Measure on these stores, in databases of its own that are dropped afterwards."""
    prefix = f"samlad_bench_{secrets.token_hex(4)}_"
    with TemporaryDirectory() as folder:
        files = _Files(Path(folder))
        try:
            async with _served(kafka, mongo_url, prefix, files) as (intake, plain):
                loads = _Loads(callers, seconds, files.key, intake, plain)
                return await loads.measured(rounds, _Stored(mongo_url, prefix))
        finally:
            await _forget(mongo_url, prefix)


class _Files:
    """The secrets of a service that lives for a bench."""

    def __init__(self, folder: Path) -> None:
        self.keys = folder / "keys.json"
        self.secret = folder / "secret"
        self.vault = folder / "vault.key"
        for file in (self.secret, self.vault):
            file.write_bytes(secrets.token_bytes(32))
        self.key, record = issue("test", "FIELD_WORKERS", Role.REPORTER, District.load().code, 1)
        write_records(self.keys, [record])


class _Loads:
    """The rounds, and what came of them."""

    def __init__(self, callers: int, seconds: float, key: str, intake: int, plain: int) -> None:
        self._callers = callers
        self._seconds = seconds
        self._key = key
        self._intake, self._plain = intake, plain

    async def measured(self, rounds: int, stored: "_Stored") -> Result:
        warm = [await self._of_intake(seconds=0.5), await self._of_plain(seconds=0.5)]
        await stored.published()
        steady = await self._of_intake(seconds=_STEADY_ROUNDS * self._seconds, rate=STEADY_RATE)
        intake, plain, batches = list[Outcome](), list[Outcome](), list[Outcome]()
        for _ in range(rounds):
            for rows, load in (
                (plain, self._of_plain),
                (intake, self._of_intake),
                (batches, self._of_batches),
            ):
                await stored.published()
                rows.append(await load())
        await stored.published()
        accepted = sum(one.accepted for one in (warm[0], *intake, *batches, steady))
        inserted = sum(one.accepted for one in (warm[1], *plain))
        stands = await stored.counts() == (accepted, inserted)
        return Result(self._callers, stands, intake, plain, batches, steady)

    async def _of_intake(self, *, seconds: float | None = None, rate: int | None = None) -> Outcome:
        return await _sent(self._wish(self._intake, _PATH, seconds=seconds, rate=rate))

    async def _of_batches(self) -> Outcome:
        wish = self._wish(self._intake, f"{_PATH}/batch", items=IN_ONE)
        return await _sent(replace(wish, callers=_IMPORTERS))

    async def _of_plain(self, *, seconds: float | None = None) -> Outcome:
        return await _sent(
            replace(self._wish(self._plain, PLAIN_PATH, seconds=seconds), headers={})
        )

    def _wish(
        self,
        port: int,
        path: str,
        *,
        seconds: float | None = None,
        rate: int | None = None,
        items: int | None = None,
    ) -> Wish:
        return Wish(
            port=port,
            path=path,
            body=json.dumps(_concern()),
            headers={"authorization": f"Bearer {self._key}"},
            callers=self._callers,
            seconds=seconds or self._seconds,
            rate=rate,
            items=items,
        )


async def _sent(wish: Wish) -> Outcome:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.samlad.bench_load"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate(json.dumps(asdict(wish)).encode())
    return Outcome(**json.loads(told))


def _concern() -> dict[str, Any]:
    seen = datetime.now(UTC) - timedelta(days=1)
    return {
        "category": "ENV.LIGHTING",
        "point": {"lat": 59.3326, "lon": 18.0302},
        "place_type": "OUTDOOR",
        "observed_from": seen.isoformat(),
        "certainty": "SEEN",
        "recurrence": "REPEATED",
        "severity": 1,
        "wants_feedback": True,
        "narrative": "Tre lampor i rad är släckta längs gångvägen mot vattnet, sedan i måndags. "
        "Buskarna har vuxit över räcket och skymmer sikten mot bron; det är mörkt efter klockan "
        "sjutton.",
        "synthetic": True,
    }


@asynccontextmanager
async def _served(
    kafka: Sequence[str], mongo_url: str, prefix: str, files: _Files
) -> AsyncIterator[tuple[int, int]]:
    intake, plain = free_port(), free_port()
    environment = {
        "SAMLAD_PORT": str(intake),
        "SAMLAD_KAFKA": ",".join(kafka),
        "SAMLAD_MONGO_URL": mongo_url,
        "SAMLAD_DATABASE_PREFIX": prefix,
        "SAMLAD_KEYS_FILE": str(files.keys),
        "SAMLAD_SECRET_FILE": str(files.secret),
        "SAMLAD_VAULT_KEY_FILE": str(files.vault),
        "SAMLAD_RATE_PER_KEY": _UNLIMITED,
        "SAMLAD_RATE_PER_ADDRESS": _UNLIMITED,
        "SAMLAD_LOG_LEVEL": "CRITICAL",
    }
    arguments = [str(plain), mongo_url, f"{prefix}plain"]
    async with (
        _process("services.intake.app", [], environment, intake),
        _process("deploy.samlad.bench_plain", arguments, {}, plain),
    ):
        yield intake, plain


@asynccontextmanager
async def _process(
    module: str, arguments: Sequence[str], environment: Mapping[str, str], port: int
) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments), env={**os.environ, **environment}
    )
    try:
        async with asyncio.timeout(_START_SECONDS):
            while not await _listens(port):
                await asyncio.sleep(0.1)
        yield
    finally:
        process.terminate()
        await process.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


@dataclass(frozen=True, slots=True)
class _Stored:
    """What stands in the databases of a bench."""

    mongo_url: str
    prefix: str

    async def counts(self) -> tuple[int, int]:
        """How many concerns stand in intake, and how many in the plain collection."""
        kept = await self._counted("intake", {})
        return kept, await self._counted("plain", {})

    async def published(self) -> None:
        """Wait until nothing that was accepted waits for Kafka."""
        async with asyncio.timeout(_PUBLISH_SECONDS):
            while await self._counted("intake", PENDING):
                await asyncio.sleep(0.2)

    async def _counted(self, database: str, wanted: Document) -> int:
        client = connect(self.mongo_url)
        try:
            with translated():
                rows = client.database(f"{self.prefix}{database}")["concerns"]
                return int(await rows.count_documents(wanted))
        finally:
            await client.close()


async def _forget(mongo_url: str, prefix: str) -> None:
    client = connect(mongo_url)
    for name in ("intake", "vault_keys", "plain"):
        await client.drop(f"{prefix}{name}")
    await client.close()
