"""The sender, on a real MongoDB and a real mail server: crashes, refusals, retries."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from services.notify.commands.sending import Channel, Desk, Sending
from services.notify.commands.smtp import Envelope, Fate, Letter, Outcome, Smtp
from services.notify.domain.delivery import LEASE, Delivery, Template, claim, delivery_id
from services.notify.store import Held, Store
from shared.contracts.codes import DeliveryChannel, DeliveryState
from shared.contracts.district import District
from shared.contracts.envelope import Event
from shared.store.client import Client, Database, Document
from shared.store.errors import Conflict, Unavailable, WriteUncertain
from shared.store.stream import Loaded, Stream
from shared.telemetry.metrics import Metrics
from tests.notify.given import NOW, Sink, end, owed, pending
from tests.support.waiting import eventually

pytestmark = pytest.mark.stack
DISTRICT = District.load()


class Wall:
    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time

    def pass_by(self, time: timedelta) -> None:
        self.time += time


@pytest.fixture
def wall() -> Wall:
    return Wall()


def sender(store: Store, port: int, wall: Wall, channel: Channel | None = None) -> Sending:
    desk = Desk(
        district=DISTRICT,
        public_url="http://127.0.0.1:8080",
        sender="samlad@stadsdelen.example.org",
        clock=wall,
        wall=wall,
    )
    smtp = channel or Smtp("127.0.0.1", port, seconds=2.0)
    return Sending(store, smtp, desk, Metrics("notify"))


async def ask(store: Store, template: Template = Template.ASSIGNMENT_ASSIGNED) -> str:
    known_as = delivery_id(owed(template), pending().origin.event_id, DeliveryChannel.MAIL)
    assert await store.add(known_as, pending(template), [], NOW)
    return known_as


async def fate(store: Store) -> Delivery:
    [held] = await store.deliveries_of("KUNGSHOLMEN", None, skip=0, limit=2)
    return held.delivery


async def test_a_mail_arrives_once_and_is_marked(store: Store, mail: Sink, wall: Wall) -> None:
    known_as = await ask(store)
    sending = sender(store, mail.port, wall)
    assert await sending.send_due() == 1
    assert await sending.send_due() == 0
    [letter] = mail.taken
    assert letter["to"] == "parkmiljo@stadsdelen.example.org"
    assert letter["message-id"] == f"<{known_as}@stadsdelen.example.org>"
    assert letter["subject"] == "Nytt uppdrag: Fler eller bättre papperskorgar, Hornsbergs strand"
    assert (await fate(store)).status is DeliveryState.DELIVERED


async def test_a_server_that_is_away_or_busy_is_tried_later(
    store: Store, mail: Sink, wall: Wall
) -> None:
    await ask(store)
    await sender(store, 1, wall).send_due()
    assert ((await fate(store)).status, (await fate(store)).reason) == ("RETRYING", "NO_ANSWER")
    sending = sender(store, mail.port, wall)
    assert await sending.send_due() == 0
    mail.answers = ["451 later"]
    wall.pass_by(timedelta(seconds=31))
    await sending.send_due()
    assert ((await fate(store)).attempts, (await fate(store)).reason) == (2, "SMTP_451")
    wall.pass_by(timedelta(minutes=3))
    await sending.send_due()
    assert (await fate(store)).status is DeliveryState.DELIVERED
    assert len(mail.taken) == 1


async def test_what_the_server_refuses_is_not_tried_again(
    store: Store, mail: Sink, wall: Wall
) -> None:
    await ask(store)
    mail.answers = ["550 no such mailbox"]
    await sender(store, mail.port, wall).send_due()
    assert ((await fate(store)).status, (await fate(store)).reason) == ("FAILED", "SMTP_550")


class Crashing(Store):
    """Dies between the mail server's answer and the mark."""

    async def put(
        self, held: Held, delivery: Delivery, events: Sequence[Event], time: datetime
    ) -> Held:
        if delivery.status is not DeliveryState.SENDING:
            raise asyncio.CancelledError
        return await super().put(held, delivery, events, time)


@pytest.fixture
def crashing(client: Client, database: Database) -> Crashing:
    return Crashing(client, database)


@pytest.mark.parametrize(
    ("template", "copies", "end"),
    [
        (Template.ASSIGNMENT_ASSIGNED, 2, DeliveryState.DELIVERED),
        (Template.FEEDBACK, 1, DeliveryState.UNKNOWN),
    ],
)
async def test_a_crash_between_data_and_mark(  # noqa: PLR0917, PLR0913 - fixtures and a table
    store: Store,
    crashing: Crashing,
    mail: Sink,
    wall: Wall,
    template: Template,
    copies: int,
    end: DeliveryState,
) -> None:
    await ask(store, template)
    with pytest.raises(asyncio.CancelledError):
        await sender(crashing, mail.port, wall).send_due()
    assert (await fate(store)).status is DeliveryState.SENDING
    survivor = sender(store, mail.port, wall)
    assert await survivor.send_due() == 0
    wall.pass_by(LEASE + timedelta(seconds=1))
    while await survivor.send_due():
        pass
    assert (await fate(store)).status is end
    assert len(mail.taken) == copies
    assert len({letter["message-id"] for letter in mail.taken}) == 1


async def test_a_critical_mail_is_sent_again_only_once(
    store: Store, crashing: Crashing, mail: Sink, wall: Wall
) -> None:
    await ask(store)
    for _ in range(2):
        with pytest.raises(asyncio.CancelledError):
            await sender(crashing, mail.port, wall).send_due()
        wall.pass_by(LEASE + timedelta(seconds=1))
        await sender(store, 1, wall).look_at((await store.due(wall.now(), 1))[0])
    assert (await fate(store)).status is DeliveryState.UNKNOWN
    assert len(mail.taken) == 2


class Silent:
    """A server that falls silent in the middle of the mail."""

    async def send(self, mail: Envelope) -> Outcome:
        return Outcome(Fate.UNKNOWN, "NO_ANSWER")

    async def close(self) -> None:
        return


async def test_silence_in_the_middle_of_a_mail_is_no_failure_to_send(
    store: Store, wall: Wall
) -> None:
    await ask(store)
    await sender(store, 1, wall, Silent()).send_due()
    assert ((await fate(store)).status, (await fate(store)).resent) == ("RETRYING", True)


LETTER = Letter(
    message_id="<1@x>", sender="a@x.se", recipient="b@x.se", subject="å", text="ö", date=NOW
)


@asynccontextmanager
async def server_that_vanishes_at(command: bytes) -> AsyncIterator[int]:
    """Stand in for a server that closes the connection when it gets this command."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        content = False
        writer.write(b"220 here\r\n")
        while (line := await reader.readline()) and not line.startswith(command):
            if not content or line == b".\r\n":
                content = line.startswith(b"DATA")
                writer.write(b"354 go on\r\n" if content else b"250 OK\r\n")
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        end(server)


@pytest.mark.parametrize(
    ("command", "fate"),
    [(b"MAIL", Fate.NOT_NOW), (b"RCPT", Fate.NOT_NOW), (b".", Fate.UNKNOWN), (b"QUIT", Fate.TAKEN)],
)
async def test_a_connection_lost_after_the_mail_was_sent_leaves_its_fate_unknown(
    command: bytes, fate: Fate
) -> None:
    async with server_that_vanishes_at(command) as port:
        smtp = Smtp("127.0.0.1", port, seconds=0.3)
        assert (await smtp.send(LETTER.enclosed())).fate is fate
        await smtp.close()


async def test_only_one_of_two_senders_has_a_mail(store: Store, mail: Sink, wall: Wall) -> None:
    await ask(store)
    [held] = await store.due(wall.now(), 5)
    await store.put(held, claim(held.delivery, wall.now()), [], NOW)
    with pytest.raises(Conflict):
        await sender(store, mail.port, wall).look_at(held)
    assert mail.taken == []


class Lossy(Stream):
    """Is away, or stores and does not get the answer through."""

    errors: Sequence[type[Unavailable]] = ()
    lost_on_the_way = False

    async def _replace(self, document: Document, expected: Loaded) -> None:
        if self.lost_on_the_way:
            raise WriteUncertain("LOST")
        error, self.errors = (self.errors[0], self.errors[1:]) if self.errors else (None, ())
        if error is Unavailable:
            raise Unavailable("AWAY")
        await super()._replace(document, expected)
        if error is not None:
            raise error("LOST")


async def test_an_outage_after_sending_is_waited_out(store: Store, mail: Sink, wall: Wall) -> None:
    await ask(store)
    lossy = Lossy(store.deliveries.collection, source="/notify")
    lossy.errors = [WriteUncertain, Unavailable, WriteUncertain]
    store.deliveries = lossy
    await sender(store, mail.port, wall).send_due()
    assert (await fate(store)).status is DeliveryState.DELIVERED
    assert len(mail.taken) == 1


async def test_an_outage_longer_than_the_lease_leaves_the_mail_to_the_next_round(
    store: Store, mail: Sink, wall: Wall
) -> None:
    await ask(store)
    lossy = Lossy(store.deliveries.collection, source="/notify")
    lossy.errors = [WriteUncertain, Unavailable]
    store.deliveries = lossy
    mail.on_taken = lambda: wall.pass_by(LEASE)
    with pytest.raises(Unavailable):
        await sender(store, mail.port, wall).send_due()
    assert (await fate(store)).status is DeliveryState.SENDING


async def test_a_write_that_surely_did_not_stand_is_not_taken_for_one_that_did(
    store: Store, mail: Sink, wall: Wall
) -> None:
    await ask(store)
    lossy = Lossy(store.deliveries.collection, source="/notify")
    lossy.lost_on_the_way = True
    store.deliveries = lossy
    with pytest.raises(WriteUncertain):
        await sender(store, mail.port, wall).send_due()
    assert mail.taken == []
    lossy.lost_on_the_way = False
    await sender(store, mail.port, wall).send_due()
    assert len(mail.taken) == 1


async def test_a_mail_another_sender_took_meanwhile_is_let_be(
    store: Store, mail: Sink, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(store)
    seen = await store.due(wall.now(), 5)

    async def stale(_now: datetime, _limit: int) -> list[Held]:
        return seen

    await sender(store, mail.port, wall).send_due()
    monkeypatch.setattr(store, "due", stale)
    await sender(store, mail.port, wall).send_due()
    assert len(mail.taken) == 1


async def test_a_place_is_called_what_coordination_calls_it(
    store: Store, database: Database, mail: Sink, wall: Wall
) -> None:
    await database["places"].insert_one({"_id": "PL-HORN", "name": "Kajen vid Hornsberg"})
    await ask(store)
    await sender(store, mail.port, wall).send_due()
    assert "Kajen vid Hornsberg" in mail.taken[0]["subject"]


async def test_a_letter_that_cannot_be_written_does_not_stop_the_others(
    store: Store, mail: Sink, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    for template in (Template.ASSIGNMENT_ASSIGNED, Template.FEEDBACK):
        await ask(store, template)

    async def broken(_place: str) -> str:
        raise RuntimeError

    monkeypatch.setattr(store, "place_name", broken)
    await sender(store, mail.port, wall).send_due()
    totals = await store.totals("KUNGSHOLMEN")
    assert totals == {DeliveryState.DELIVERED: 1, DeliveryState.RETRYING: 1}


async def test_an_agency_that_left_the_district_file_is_not_written_to(
    store: Store, mail: Sink, wall: Wall
) -> None:
    gone = pending().model_copy(update={"owed": owed(recipient="GONE")})
    await store.add("4c0f6b1e-7a2d-5f1b-9c3e-2d4a6b8c0e1f", gone, [], NOW)
    await sender(store, mail.port, wall).send_due()
    assert ((await fate(store)).status, (await fate(store)).reason) == ("FAILED", "NO_ADDRESS")
    assert mail.taken == []


async def test_a_delivery_that_vanished_is_no_silent_success(
    store: Store, database: Database, wall: Wall
) -> None:
    await ask(store)
    [held] = await store.due(wall.now(), 5)
    await database["deliveries"].delete_many({})
    with pytest.raises(Conflict):
        await store.put(held, held.delivery, [], NOW)


async def test_a_stop_finishes_the_letter_in_hand_and_takes_no_other(
    store: Store, mail: Sink, wall: Wall
) -> None:
    for template in (Template.ASSIGNMENT_ASSIGNED, Template.ASSIGNMENT_OVERDUE):
        await ask(store, template)
    sending = sender(store, mail.port, wall)
    stops: list[asyncio.Task[None]] = []
    mail.on_taken = lambda: stops.append(asyncio.create_task(sending.stop()))
    await sending.start()
    await eventually(lambda: stops)
    await asyncio.gather(*stops)
    totals = await store.totals("KUNGSHOLMEN")
    assert totals == {DeliveryState.DELIVERED: 1, DeliveryState.PENDING: 1}


async def test_the_sender_outlives_outages_and_faults_and_is_woken(
    store: Store, mail: Sink, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors: list[Exception] = [Unavailable("AWAY"), RuntimeError()]
    due = store.due

    async def sometimes(now: datetime, limit: int) -> list[Held]:
        if errors:
            raise errors.pop(0)
        return await due(now, limit)

    monkeypatch.setattr(store, "due", sometimes)
    monkeypatch.setattr("services.notify.commands.sending.AGAIN_SECONDS", 0.01)
    sending = sender(store, mail.port, wall)
    await sending.start()
    await eventually(lambda: not errors)
    await ask(store)
    sending.wake()
    await eventually(lambda: mail.taken)
    await sending.stop()
