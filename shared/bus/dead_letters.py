"""Where records end that are no events or that nobody can act on: never skipped silently.

One document per reader and record, `{_id: reader|topic|partition|offset, ...}` in the service's
`dead_letters`: which record and a reason code, nothing of its content. A record met again leaves
the document as it stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.bus.codec import Record
from shared.store.client import Database, Document, Session, UpdateOne
from shared.store.errors import translated

COLLECTION = "dead_letters"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One record that `reader` (a consumer group) had to put aside, and why."""

    reader: str
    record: Record
    reason: str

    def document(self) -> Document:
        """How it is stored; `at` is the record's own time in milliseconds."""
        record = self.record
        return {
            "_id": f"{self.reader}|{record.topic}|{record.partition}|{record.offset}",
            "reader": self.reader,
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "at": record.timestamp,
            "reason": self.reason,
        }


class DeadLetters:
    """The dead letters of one service."""

    def __init__(self, database: Database) -> None:
        self._letters = database[COLLECTION]

    async def keep(self, letters: Iterable[DeadLetter], session: Session | None = None) -> None:
        """Store them, inside the session's transaction where one is given."""
        writes = [_once(letter.document()) for letter in letters]
        if writes:
            with translated():
                await self._letters.bulk_write(writes, ordered=False, session=session)


def _once(document: Document) -> UpdateOne:
    return UpdateOne({"_id": document["_id"]}, {"$setOnInsert": document}, upsert=True)
