"""The indexes of every service's database: made, or compared with what is there."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Final, cast

from shared.store.client import Client, Database
from shared.store.errors import translated

Keys = str | Sequence[tuple[str, int]]
Prepare = Callable[[Client, Callable[[str], Database]], Awaitable[None]]


async def _intake(client: Client, database: Callable[[str], Database]) -> None:
    from services.intake.store import Store

    await Store(client, database=database("intake"), keys=database("vault_keys")).prepare()


async def _coordination(client: Client, database: Callable[[str], Database]) -> None:
    from services.coordination.store import Store

    await Store(client, database("coordination")).prepare()


async def _notify(client: Client, database: Callable[[str], Database]) -> None:
    from services.notify.store import Store

    await Store(client, database("notify")).prepare()


async def _reporting(client: Client, database: Callable[[str], Database]) -> None:
    from services.reporting.store import Store
    from shared.store.stream import Stream

    store = Store(client, database("reporting"))
    await store.prepare()
    await Stream(store.reports, source="/reporting").prepare()


PREPARING: Final[Mapping[str, Prepare]] = {
    "intake": _intake,
    "coordination": _coordination,
    "notify": _notify,
    "reporting": _reporting,
}


async def make(client: Client, prefix: str) -> None:
    """Make every service's indexes; harmless to repeat. Raises StoreError."""
    for prepare in PREPARING.values():
        await prepare(client, lambda name: client.database(f"{prefix}{name}"))


async def missing(client: Client, prefix: str) -> list[str]:
    """Name what is missing, as `database.collection.index`. Raises StoreError."""
    absent = []
    for service, prepare in PREPARING.items():
        noted = _Noted()
        await prepare(client, noted.database)
        for database, collection, index in noted.indexes:
            if index not in await _there(client, f"{prefix}{database}", collection):
                absent.append(f"{database}.{collection}.{index}")
        if not noted.indexes:
            absent.append(f"{service}: declares no index")
    return absent


async def _there(client: Client, database: str, collection: str) -> set[str]:
    with translated():
        return set(await client.database(database)[collection].index_information())


def _named(keys: Keys) -> str:
    """The name MongoDB's drivers give an index."""
    pairs = [(keys, 1)] if isinstance(keys, str) else keys
    return "_".join(f"{field}_{way}" for field, way in pairs)


@dataclass
class _Noted:
    """Stands in for databases and notes which indexes would be made."""

    indexes: list[tuple[str, str, str]] = field(default_factory=list)

    def database(self, name: str) -> Database:
        noted = self.indexes

        class _Collections:
            def __getitem__(self, collection: str) -> Any:  # noqa: ANN401 - stands in for motor's
                async def create_index(keys: Keys, **options: object) -> None:
                    noted.append((name, collection, str(options.get("name") or _named(keys))))

                return SimpleNamespace(name=collection, create_index=create_index, database=self)

        return cast("Database", _Collections())
