"""The lines of the audit trail, and their head in the database of the keys."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.store.client import ASCENDING, DESCENDING, Client, Database, Document, Session
from shared.store.errors import Conflict, DuplicateId, Unavailable, translated, was_in_the_way

LINES: Final = "audit"
HEAD: Final = "audit_head"
_HEAD_ID: Final = "intake"
_BASE_ID: Final = "base"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines: of this district, about this subject, since this moment, up to this number."""

    district: str
    subject: str | None = None
    since: datetime | None = None
    until: int | None = None

    @property
    def filter(self) -> Document:
        """The same for MongoDB."""
        wanted: Document = {"district": self.district}
        if self.subject is not None:
            wanted["subject"] = self.subject
        if self.since is not None:
            wanted["at"] = {"$gte": self.since}
        if self.until is not None:
            wanted["_id"] = {"$lte": self.until}
        return wanted


class AuditLines:
    """One document per line, `{_id: number, …}`; lines are only ever added."""

    def __init__(self, client: Client, *, database: Database, keys: Database) -> None:
        self._client = client
        self._lines = database[LINES]
        self._heads = keys[HEAD]

    async def prepare(self) -> None:
        """Make the indexes; harmless to repeat."""
        with translated():
            await self._lines.create_index([("subject", ASCENDING), ("_id", ASCENDING)])
            await self._lines.create_index([("at", ASCENDING), ("_id", ASCENDING)])

    async def head(self) -> Document | None:
        """The head as it is kept."""
        with translated():
            return await self._heads.find_one({"_id": _HEAD_ID})

    async def base(self) -> Document | None:
        """Where the lines begin, as it is kept, once lines were disposed of."""
        with translated():
            return await self._heads.find_one({"_id": _BASE_ID})

    async def move_base(self, standing: Document | None, base: Document) -> None:
        """Put the base in place of the standing one; Conflict when that has moved."""
        with translated():
            if standing is None:
                await self._heads.insert_one({"_id": _BASE_ID, **base})
                return
            done = await self._heads.replace_one(standing, base)
        if done.matched_count != 1:
            raise Conflict("BASE_MOVED")

    async def forget_until(self, number: int) -> int:
        """Remove the lines up to this number; how many there were."""
        with translated():
            done = await self._lines.delete_many({"_id": {"$lte": number, "$type": "number"}})
        return int(done.deleted_count)

    async def after(self, number: int, *, limit: int) -> list[Document]:
        """The next lines."""
        with translated():
            found = self._lines.find({"_id": {"$gt": number}}).sort("_id", ASCENDING)
            return await found.limit(limit).to_list(limit)

    async def count_until(self, before: datetime) -> int:
        """How many lines were written until then."""
        with translated():
            return await self._lines.count_documents({"at": {"$lte": before}})

    async def last(self) -> Document | None:
        """The line of the highest number."""
        with translated():
            found = self._lines.find({"_id": {"$type": "number"}}).sort("_id", DESCENDING)
            rows = await found.limit(1).to_list(1)
        return rows[0] if rows else None

    async def add(
        self, rows: Sequence[Document], *, standing: Document | None, head: Document | None
    ) -> None:
        """Add the lines, and move the standing head on with them; without `head` leave it.

        Raises Conflict when somebody else added lines meanwhile, or was in the way: nothing stands.
        """
        try:
            async with self._client.transaction() as session:
                await self._lines.insert_many(rows, session=session)
                if head is not None:
                    await self._move(standing, head, session)
        except DuplicateId as error:
            raise Conflict("LINE_TAKEN") from error
        except Unavailable as error:
            if was_in_the_way(error):
                raise Conflict("LINE_TAKEN") from error
            raise

    async def _move(self, standing: Document | None, head: Document, session: Session) -> None:
        if standing is None:
            await self._heads.insert_one({"_id": _HEAD_ID, **head}, session=session)
            return
        done = await self._heads.replace_one(standing, head, session=session)
        if done.matched_count != 1:
            raise Conflict("HEAD_MOVED")

    async def all(self) -> AsyncIterator[Document]:
        """Every line in the order of the numbers."""
        with translated():
            async for row in self._lines.find().sort("_id", ASCENDING):
                yield row

    async def some(self, asked: Asked, *, skip: int = 0, limit: int) -> tuple[list[Document], int]:
        """A page of the lines that were asked for, newest first, and how many there are."""
        with translated():
            found = self._lines.find(asked.filter).sort("_id", DESCENDING)
            rows = await found.skip(skip).limit(limit).to_list(limit)
            total = await self._lines.count_documents(asked.filter)
        return rows, total
