"""Intake's own documents: concerns, diversions, SSPF outcomes, statistics, and the vault's keys."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from services.intake.store.api_keys import ApiKeys
from services.intake.store.audit import AuditLines
from services.intake.store.cases import Cases
from services.intake.store.contacts import SealedContacts
from services.intake.store.data_keys import DataKeys
from services.intake.store.disposal import Disposals
from services.intake.store.erasures import Erasures
from services.intake.store.figures import Figures
from services.intake.store.imports import ConcernImports
from services.intake.store.outcomes import OwnOutcomes
from services.intake.store.own import OwnConcerns
from services.intake.store.places import Places
from services.intake.store.quarantine import Quarantined
from services.intake.store.receipts import Receipts
from services.intake.store.service_requests import ServiceRequests
from services.intake.store.statistics_imports import StatisticsImports
from services.intake.store.traces import Traces
from services.intake.store.wrapped import WrappedKeys
from shared.store.client import ASCENDING, DESCENDING, Client, Database, Document, UpdateOne
from shared.store.errors import translated
from shared.store.group_commit import GroupCommit
from shared.store.stream import Loaded, Stream

SOURCE: Final = "/intake"
MANY: Final = 1000


class Store:
    """Intake's own documents: concerns, diversions, SSPF outcomes, statistics; and the keys."""

    def __init__(self, client: Client, *, database: Database, keys: Database) -> None:
        self._client = client
        self.concerns = Stream(database["concerns"], source=SOURCE)
        self.diversions = Stream(database["diversions"], source=SOURCE)
        self.outcomes = Stream(database["sspf_outcomes"], source=SOURCE)
        self.terms = Stream(database["sspf_terms"], source=SOURCE)
        self.imports = Stream(database["imports"], source=SOURCE)
        self.statistics = Stream(database["statistics"], source=SOURCE)
        self.figures = Figures(self.statistics)
        self.places, self.cases = Places(database), Cases(database)
        self.api_keys = ApiKeys(database)
        self.audit = AuditLines(client, database=database, keys=keys)
        self.traces = Traces(database)
        self.wrapped, self.disposals = WrappedKeys(keys), Disposals.of(database, keys)
        self.erasures, self.data_keys = Erasures(self.concerns), DataKeys(self.concerns, keys)
        self.quarantined = Quarantined(self.concerns)
        self.own_outcomes, self.own = OwnOutcomes(self.outcomes), OwnConcerns(database["concerns"])
        self.statistics_imports = StatisticsImports(self.imports)
        self.concern_imports = ConcernImports(database["concern_imports"])
        self.receipts = Receipts(self.concerns.collection)
        self.contacts = SealedContacts(keys["contacts"], self.concerns.collection)
        self.service_requests = ServiceRequests(self.concerns, database)
        self._labels, self._used_keys = database["labels"], database["used_keys"]
        self._new_concerns = GroupCommit(self.data_keys.stream, self.concerns)
        self._new_statistics = GroupCommit(self.statistics)

    @property
    def streams(self) -> tuple[Stream, ...]:
        """What the relay publishes from."""
        return (
            self.concerns,
            self.diversions,
            self.outcomes,
            self.terms,
            self.imports,
            self.statistics,
        )

    async def prepare(self) -> None:
        """Make the indexes; harmless to repeat."""
        for stream in self.streams:
            await stream.prepare()
        await self.audit.prepare()
        await self.disposals.prepare()
        await self.service_requests.prepare()
        with translated():
            await self.concerns.collection.create_index(
                [("agency", ASCENDING), ("registered_at", DESCENDING), ("_id", ASCENDING)],
                name="own",
                partialFilterExpression={"agency": {"$exists": True}},
            )
            await self.concern_imports.prepare()
            await self.concerns.collection.create_index("expires", name="expires", sparse=True)
        await self.data_keys.prepare()
        await self.quarantined.prepare()
        await self.own_outcomes.prepare()
        await self.statistics_imports.prepare()
        await self.receipts.prepare()
        await self.contacts.prepare()

    async def ping(self) -> None:
        """Ask MongoDB for a sign of life."""
        await self._client.ping()

    async def stop(self) -> None:
        """Finish what is being written and let go."""
        for group in (self.data_keys, self._new_concerns, self._new_statistics):
            await group.stop()
        await self._client.close()

    # Concerns

    async def take_in(self, document: Document, key: Document | None = None) -> None:
        """A new concern, or the mark of a diverted one; the key of its texts stands before it.

        DuplicateId when the concern's id stands already, or its key's.
        """
        await self._new_concerns.insert(key, document)

    async def own_concern(self, concern_id: str, agency: str, district: str) -> Loaded | None:
        """A concern of this agency and district; nobody else's exists."""
        with translated():
            found = await self.concerns.collection.find_one(
                {"_id": concern_id, "agency": agency, "district": district}, {"outbox": 0}
            )
        return None if found is None else Loaded.of(found)

    async def forget_diverted(self, now: datetime) -> int:
        """Remove the marks of diverted reports that are past their day."""
        with translated():
            done = await self.concerns.collection.delete_many({"expires": {"$lte": now}})
        return int(done.deleted_count)

    # Statistics

    async def standing(self, stream: Stream, ids: Sequence[str]) -> dict[str, Loaded]:
        """The aggregates among these ids that stand."""
        with translated():
            rows = await stream.collection.find({"_id": {"$in": list(ids)}}, {"outbox": 0}).to_list(
                None
            )
        return {row["_id"]: Loaded.of(row) for row in rows}

    async def add_figure(self, document: Document) -> None:
        """A new figure, in one write with others of the moment; DuplicateId when one stands."""
        await self._new_statistics.insert(document)

    async def name(self, labels: Mapping[str, str]) -> None:
        """Remember what publishers print for our slugs."""
        writes = [
            UpdateOne({"_id": slug}, {"$set": {"label": label}}, upsert=True)
            for slug, label in labels.items()
        ]
        for start in range(0, len(writes), MANY):
            with translated():
                await self._labels.bulk_write(writes[start : start + MANY], ordered=False)

    # Idempotency keys whose request made no document of that id

    async def claim(self, key_id: str, digest: str) -> str:
        """Take a key for this content; answers the content it stands for, ours or another."""
        with translated():
            found = await self._used_keys.find_one_and_update(
                {"_id": key_id}, {"$setOnInsert": {"digest": digest}}, upsert=True
            )
        return digest if found is None else str(found["digest"])

    async def claimed(self, key_id: str) -> str | None:
        """The content a key stands for, once it was taken."""
        with translated():
            found = await self._used_keys.find_one({"_id": key_id}, {"digest": 1})
        return None if found is None else str(found["digest"])

    async def settle(self, key_ids: Sequence[str], version: int) -> None:
        """Remember that the requests of these keys are done, and which version they made."""
        with translated():
            await self._used_keys.update_many(
                {"_id": {"$in": list(key_ids)}, "version": {"$exists": False}},
                {"$set": {"version": version}},
            )

    async def settled(self, key_id: str) -> int | None:
        """The version the request of this key made, if it is settled."""
        with translated():
            found = await self._used_keys.find_one({"_id": key_id}, {"version": 1})
        return None if found is None else found.get("version")
