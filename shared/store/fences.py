"""Fences: how far a projection has come, and who may move it on.

One document per projection and partition, `{_id: projection|topic|partition, next, lsid,
incarnation}`. It moves inside the transaction that writes the projection, by compare-and-set on
all of its fields: a batch that does not start exactly at `next`, or an owner that has been
succeeded, changes nothing.

A projector killed inside its transaction would block its successor until the server gives that
transaction up. Whoever takes a fence therefore first ends exactly the session written in it.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from pymongo import ReturnDocument
from pymongo import timeout as within

from shared.store.client import Client, Collection, Database, Document, Session, identity_of
from shared.store.errors import Conflict, DuplicateId, Unavailable, translated

COLLECTION: Final = "fences"
TAKE_ATTEMPTS: Final = 10
TAKE_SECONDS: Final = 0.5  # how long one attempt waits for a transaction holding the fence


@dataclass(frozen=True, slots=True)
class Fence:
    """The next offset to apply, of which incarnation of the topic, and the owner's session."""

    id: str
    next: int
    incarnation: str
    owner: bytes | None


def fence_id(projection: str, topic: str, partition: int) -> str:
    """The id of one projection's fence for one partition."""
    return f"{projection}|{topic}|{partition}"


class Fences:
    """The fences of one service."""

    def __init__(self, client: Client, database: Database, *, collection: str = COLLECTION) -> None:
        self._client = client
        self._fences: Collection = database[collection]

    async def load(self, ids: Iterable[str]) -> dict[str, Fence]:
        """The fences that stand, by id; those never taken are absent."""
        with translated():
            found = await self._fences.find({"_id": {"$in": list(ids)}}).to_list(None)
        return {document["_id"]: _fence(document) for document in found}

    async def take(self, id: str, session: Session, *, incarnation: str = "") -> Fence:  # noqa: A002 - the document's own word
        """Become the owner: end the previous owner's session, write ours, answer where to go on.

        Another incarnation of the topic starts over at 0. Raises Conflict when others keep taking
        the fence at the same time, Unavailable when a transaction keeps holding it.
        """
        await self._make(id, incarnation)
        for _ in range(TAKE_ATTEMPTS):
            standing = (await self.load([id]))[id]
            mine = identity_of(session)
            if standing.owner is not None and standing.owner != mine:
                await self._client.kill_session(standing.owner)
            try:
                taken = await self._claim(standing, mine, incarnation)
            except Unavailable:
                continue  # a transaction holds the fence: end its session again
            if taken is not None:
                return taken
        raise Conflict("FENCE_CONTENDED")

    async def take_all(
        self, ids: Iterable[str], session: Session, *, incarnation: str = ""
    ) -> dict[str, Fence]:
        """Become the owner of several fences with few questions; the contended ones singly."""
        wanted, mine = list(ids), identity_of(session)
        standing = await self.load(wanted)
        await self._make_owned([each for each in wanted if each not in standing], mine, incarnation)
        await self._claim_all(standing.values(), mine, incarnation)
        now = await self.load(wanted)
        taken = {each: fence for each, fence in now.items() if fence.owner == mine}
        for each in wanted:
            if each not in taken or taken[each].incarnation != incarnation:
                taken[each] = await self.take(each, session, incarnation=incarnation)
        return taken

    async def _make_owned(self, ids: Iterable[str], mine: bytes, incarnation: str) -> None:
        fresh: Document = {"next": 0, "incarnation": incarnation, "lsid": mine}
        documents = [{"_id": each, **fresh} for each in ids]
        if documents:
            with suppress(DuplicateId), translated():
                await self._fences.insert_many(documents, ordered=False)

    async def _claim_all(self, standing: Iterable[Fence], mine: bytes, incarnation: str) -> None:
        same = [fence for fence in standing if fence.incarnation == incarnation]
        owners = {fence.owner for fence in same}
        for owner in owners:
            if owner is not None and owner != mine:
                await self._client.kill_session(owner)
        expected = {
            "_id": {"$in": [fence.id for fence in same]},
            "lsid": {"$in": list(owners)},
            "incarnation": incarnation,
        }
        with suppress(Unavailable), translated(), within(TAKE_SECONDS):
            await self._fences.update_many(expected, {"$set": {"lsid": mine}})

    async def release(self, session: Session) -> None:
        """Give up everything this session owns, so that nobody ends it afterwards.

        The driver lends an ended session's id to whatever it does next; a successor ending that
        session would interrupt a stranger.
        """
        with translated(), within(TAKE_SECONDS):
            await self._fences.update_many({"lsid": identity_of(session)}, {"$set": {"lsid": None}})

    async def advance(self, fence: Fence, next_offset: int, session: Session) -> Fence:
        """Move the fence inside the session's transaction; raises Conflict when it is not ours."""
        with translated():
            done = await self._fences.update_one(
                _exactly(fence), {"$set": {"next": next_offset}}, session=session
            )
        if done.matched_count != 1:
            raise Conflict("FENCE_MOVED")
        return replace(fence, next=next_offset)

    async def set(self, fence: Fence, next_offset: int) -> Fence:
        """Move the fence by hand outside a transaction (rebuild, replay): compare-and-set too."""
        with translated():
            done = await self._fences.update_one(_exactly(fence), {"$set": {"next": next_offset}})
        if done.matched_count != 1:
            raise Conflict("FENCE_MOVED")
        return replace(fence, next=next_offset)

    async def _make(self, id: str, incarnation: str) -> None:  # noqa: A002 - as above
        fresh: Document = {"next": 0, "incarnation": incarnation, "lsid": None}
        try:
            with translated():
                await self._fences.update_one({"_id": id}, {"$setOnInsert": fresh}, upsert=True)
        except DuplicateId:
            return  # somebody made it in the same moment

    async def _claim(self, standing: Fence, mine: bytes, incarnation: str) -> Fence | None:
        change: Document = {"lsid": mine, "incarnation": incarnation}
        if standing.incarnation != incarnation:
            change["next"] = 0
        expected = {"_id": standing.id, "lsid": standing.owner, "incarnation": standing.incarnation}
        with translated(), within(TAKE_SECONDS):
            found = await self._fences.find_one_and_update(
                expected, {"$set": change}, return_document=ReturnDocument.AFTER
            )
        return None if found is None else _fence(found)


def _fence(document: Document) -> Fence:
    owner = document["lsid"]
    return Fence(
        id=document["_id"],
        next=document["next"],
        incarnation=document["incarnation"],
        owner=None if owner is None else bytes(owner),
    )


def _exactly(fence: Fence) -> Document:
    return {
        "_id": fence.id,
        "next": fence.next,
        "lsid": fence.owner,
        "incarnation": fence.incarnation,
    }
