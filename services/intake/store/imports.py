"""Imports of concerns by file: what became of each row is kept, never what stood in it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from shared.store.client import ASCENDING, DESCENDING, Collection, Document
from shared.store.errors import DuplicateId, translated


@dataclass(frozen=True, slots=True)
class KeptRow:
    """What became of one row: its line, a code, the reference, and columns that are wrong."""

    row: int
    outcome: str
    concern_id: str | None = None
    reason: str | None = None
    columns: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptImport:
    """One import of an agency."""

    id: str
    agency: str
    district: str
    role: str
    at: datetime
    counts: Mapping[str, int]
    rows: Sequence[KeptRow] = ()


class ConcernImports:
    """The imports agencies made on the page."""

    def __init__(self, collection: Collection) -> None:
        self._imports = collection

    async def prepare(self) -> None:
        """Make the index; harmless to repeat."""
        with translated():
            await self._imports.create_index(
                [("agency", ASCENDING), ("district", ASCENDING), ("at", DESCENDING)], name="own"
            )

    async def keep(self, made: KeptImport) -> None:
        """Keep an import; a second time it replaces only one that did not end whole."""
        document = asdict(made)
        mine = {"_id": document.pop("id")}
        try:
            with translated():
                await self._imports.insert_one(mine | document)
        except DuplicateId:
            with translated():
                await self._imports.update_one(
                    mine | {"counts.UNAVAILABLE": {"$gt": 0}}, {"$set": document}
                )

    async def one(self, import_id: str, agency: str, district: str) -> KeptImport | None:
        """An import of this agency and district; nobody else's exists."""
        mine = {"_id": import_id, "agency": agency, "district": district}
        with translated():
            found = await self._imports.find_one(mine)
        return None if found is None else _kept(found)

    async def latest(self, agency: str, district: str, *, most: int) -> list[KeptImport]:
        """The agency's imports, newest first, without their rows."""
        mine = {"agency": agency, "district": district}
        with translated():
            rows = self._imports.find(mine, {"rows": 0}).sort([("at", DESCENDING)]).limit(most)
            found = await rows.to_list(None)
        return [_kept(row) for row in found]


def _kept(document: Document) -> KeptImport:
    rows = [KeptRow(**row) for row in document.pop("rows", ())]
    return KeptImport(id=document.pop("_id"), rows=rows, **document)
