"""The sender when something is broken: no letter stops the others, no claim strands a row."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from services.notify.commands import upkeep
from services.notify.commands.smtp import Envelope, Outcome, Smtp
from services.notify.commands.upkeep import Upkeep
from services.notify.domain.delivery import LEASE, Template
from services.notify.store import Store
from shared.contracts.codes import DeliveryState
from shared.store.client import Database, Document
from shared.store.errors import Rejected, StoreError, Unavailable, WriteUncertain
from shared.store.stream import Loaded, Stream
from shared.telemetry.health import Status
from tests.notify.given import Sink
from tests.notify.test_sending import Wall, ask, fate, sender
from tests.support.waiting import eventually

pytestmark = pytest.mark.stack


@pytest.fixture
def wall() -> Wall:
    return Wall()


class Trying(Stream):
    """Stores what it is given and then, as long as there are errors, says it may not have."""

    def __init__(self, store: Store, *, stores: bool = True) -> None:
        super().__init__(store.deliveries.collection, source="/notify")
        self.stores = stores
        self.replacing: Iterator[StoreError] = iter(())
        self.loading: Iterator[StoreError] = iter(())

    async def _replace(self, document: Document, expected: Loaded) -> None:
        error = next(self.replacing, None)
        if error is None or self.stores:
            await super()._replace(document, expected)
        if error is not None:
            raise error

    async def load(self, id: str) -> Loaded | None:  # noqa: A002 - as in the parent
        if error := next(self.loading, None):
            raise error
        return await super().load(id)


@pytest.mark.parametrize("template", [Template.ASSIGNMENT_ASSIGNED, Template.FEEDBACK])
async def test_a_claim_nobody_could_read_back_is_given_back_and_the_mail_sent_once(
    store: Store, mail: Sink, wall: Wall, template: Template
) -> None:
    await ask(store, template)
    store.deliveries = trying = Trying(store)
    trying.replacing = iter([WriteUncertain("LOST")])
    trying.loading = iter([Unavailable("AWAY")])
    sending = sender(store, mail.port, wall)
    with pytest.raises(Unavailable):
        await sending.send_due()
    assert (await fate(store)).status is DeliveryState.SENDING
    assert mail.taken == []

    await sending.send_due()
    assert ((await fate(store)).status, (await fate(store)).reason) == ("RETRYING", "NOT_SENT")
    wall.pass_by(timedelta(minutes=1))
    await sending.send_due()
    assert (await fate(store)).status is DeliveryState.DELIVERED
    assert len(mail.taken) == 1


async def test_a_claim_that_never_stood_leaves_nothing_behind(
    store: Store, mail: Sink, wall: Wall
) -> None:
    await ask(store)
    store.deliveries = trying = Trying(store, stores=False)
    trying.replacing = iter([Unavailable("AWAY")])
    sending = sender(store, mail.port, wall)
    with pytest.raises(Unavailable):
        await sending.send_due()
    while await sending.send_due():
        pass
    assert ((await fate(store)).status, (await fate(store)).attempts) == ("DELIVERED", 1)
    assert len(mail.taken) == 1


async def test_a_claim_is_known_from_its_own_write_without_reading_it_back(
    store: Store, mail: Sink, wall: Wall
) -> None:
    await ask(store)
    store.deliveries = trying = Trying(store)
    trying.loading = iter([Unavailable("AWAY")] * 9)
    await sender(store, mail.port, wall).send_due()
    assert (await fate(store)).status is DeliveryState.DELIVERED


async def test_a_write_is_known_again_though_mongodb_keeps_milliseconds(
    store: Store, mail: Sink, wall: Wall
) -> None:
    await ask(store)
    wall.pass_by(timedelta(microseconds=123_456))
    store.deliveries = trying = Trying(store)
    trying.replacing = iter([WriteUncertain("LOST")])
    await sender(store, mail.port, wall).send_due()
    assert ((await fate(store)).status, (await fate(store)).attempts) == ("DELIVERED", 1)


async def test_a_fate_known_here_outlives_an_outage_longer_than_the_lease(
    store: Store, mail: Sink, wall: Wall
) -> None:
    await ask(store, Template.FEEDBACK)
    store.deliveries = trying = Trying(store, stores=False)
    sending = sender(store, mail.port, wall)

    def away() -> None:
        wall.pass_by(LEASE)
        trying.replacing = iter([Unavailable("AWAY")])

    mail.on_taken = away
    with pytest.raises(Unavailable):
        await sending.send_due()
    assert (await fate(store)).status is DeliveryState.SENDING
    await sending.send_due()
    assert (await fate(store)).status is DeliveryState.DELIVERED
    assert len(mail.taken) == 1


@pytest.mark.parametrize("name", ["Kajen\u2028norra", "Kajen\x85norra", "Kajen\nnorra"])
async def test_a_name_with_line_breaks_is_one_line_in_the_subject(
    store: Store, database: Database, mail: Sink, wall: Wall, name: str
) -> None:
    await database["places"].insert_one({"_id": "PL-HORN", "name": name})
    await ask(store)
    await sender(store, mail.port, wall).send_due()
    assert mail.taken[0]["subject"].endswith("Kajen norra")
    assert (await fate(store)).status is DeliveryState.DELIVERED


class Bursting:
    """A channel that breaks in a way nobody foresaw."""

    async def send(self, mail: Envelope) -> Outcome:
        raise UnicodeError(mail.recipient)

    async def close(self) -> None:
        return


async def test_a_fault_after_the_claim_settles_the_claimed_row(store: Store, wall: Wall) -> None:
    await ask(store, Template.FEEDBACK)
    await sender(store, 1, wall, Bursting()).send_due()
    assert ((await fate(store)).status, (await fate(store)).attempts) == ("UNKNOWN", 1)


async def test_what_the_channel_did_not_foresee_before_the_mail_left_is_tried_again(
    mail: Sink,
) -> None:
    outcome = await Smtp("127.0.0.1", mail.port).send(Envelope("a@x.se", "ö@x.se", b""))
    assert (outcome.fate, mail.taken) == ("NOT_NOW", [])


async def test_a_row_mongodb_refuses_or_nobody_can_read_does_not_stop_the_others(
    store: Store, database: Database, mail: Sink, wall: Wall
) -> None:
    rows = database["deliveries"]
    for template in (Template.ASSIGNMENT_ASSIGNED, Template.FEEDBACK):
        await ask(store, template)
    await rows.insert_one({"_id": "x", "v": 1, "state": {"due_at": wall.now()}, "seqs": {}})
    store.deliveries = trying = Trying(store, stores=False)
    trying.replacing = iter([Rejected("DocumentTooLarge"), Rejected("DocumentTooLarge")])
    sending = sender(store, mail.port, wall)
    assert await sending.send_due() == 1
    assert len(mail.taken) == 1
    assert await sending.send_due() == 1
    assert await sending.send_due() == 0
    await rows.delete_one({"_id": "x"})
    assert await store.totals("KUNGSHOLMEN") == {DeliveryState.DELIVERED: 2}


async def test_the_sender_says_when_it_fails(
    store: Store, mail: Sink, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise KeyError

    sending = sender(store, mail.port, wall)
    assert sending.running() == Status(ok=False, detail_code="STOPPED")
    with monkeypatch.context() as breaking:
        breaking.setattr("services.notify.commands.sending.AGAIN_SECONDS", 0.01)
        breaking.setattr(store, "due", broken)
        await sending.start()
        await eventually(lambda: sending.running() == Status(ok=False, detail_code="FAILING"))
    sending.wake()
    await eventually(lambda: sending.running().ok)
    monkeypatch.setattr(sending, "_settle", broken)
    await sending.stop()


async def test_upkeep_outlives_what_nobody_foresaw(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors: list[Exception] = [KeyError(), Unavailable("AWAY")]

    async def prepare() -> None:
        if errors:
            raise errors.pop(0)

    monkeypatch.setattr(upkeep, "AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(store, "prepare", prepare)
    kept = Upkeep(store)
    await kept.stop()
    await kept.start()
    assert kept.done() == Status(ok=False, detail_code="NOT_PREPARED")
    await eventually(lambda: kept.done().ok)
    await kept.stop()
