"""A resident may leave a contact for the answer: sealed, apart, and gone when it has served."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

import pytest

from services.intake import handlers
from services.intake.commands.contacts import Contacts
from services.intake.commands.vault import Vault
from services.intake.domain.contact import Contact, ContactKind, contact_of
from services.intake.store import Store
from services.intake.store.contacts import SealedContacts
from shared.bus.bus import Bus
from shared.bus.reactor import Reaction
from shared.contracts.codes import Role
from shared.contracts.deliveries import FeedbackDelivered
from shared.contracts.envelope import Provenance, Received, meta_of
from shared.contracts.ids import AgencyCode, ConcernId, DistrictCode
from shared.contracts.refusal import Refused
from shared.security.roles import Principal
from shared.security.session import SessionSeal, opened
from shared.security.vault import VaultRefusedError
from shared.store import group_commit
from shared.store.client import Encoded, connect
from shared.store.errors import Unavailable
from shared.store.stream import Stream
from shared.telemetry.clock import SystemClock
from tests.intake.conftest import DISTRICT, NOW, Intake
from tests.intake.test_pages import REPORT, form, send

MAIL = "kanariefagel@exempel.se"
PHONE = "070-174 06 05"


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        (MAIL, ContactKind.EMAIL, MAIL),
        ("åsa.öberg+a@sub.exempel.se", ContactKind.EMAIL, "åsa.öberg+a@sub.exempel.se"),
        (PHONE, ContactKind.PHONE, "+46701740605"),
        ("+46 70 174 06 05", ContactKind.PHONE, "+46701740605"),
        ("08-508 00 508", ContactKind.PHONE, "+46850800508"),
        ("+358 9 310 1691", ContactKind.PHONE, "+35893101691"),
    ],
)
def test_an_address_or_a_number_is_a_contact(typed: str, kind: ContactKind, value: str) -> None:
    assert contact_of(typed) == Contact(kind, value)


@pytest.mark.parametrize(
    "typed",
    [
        "Kalle", "a@b", "a@@b.se", "a b@c.se", "a@b.se, c@d.se", "<a@b.se>", "112", "070",
        "a@b.se\nBcc: c@d.se", "ring mig på 070-174 06 05 a@b.se", "x" * 250 + "@b.se", "@b.se",
    ],
)  # fmt: skip
def test_nobody_is_reached_by_anything_else(typed: str) -> None:
    with pytest.raises(Refused):
        contact_of(typed)


def test_nothing_left_is_no_contact() -> None:
    assert contact_of("") is None


def test_a_contact_shows_its_kind_alone_where_objects_are_printed() -> None:
    assert "kanarie" not in repr(contact_of(MAIL))


def identity(intake: Intake, filled: dict[str, Any]) -> ConcernId:
    return intake.concern_id(filled["idempotency_key"], "RESIDENTS")


async def everything(intake: Intake) -> str:
    """Every document of every database of this service, as text, bytes included."""
    prefix = intake.settings.database_prefix
    found: list[str] = []
    for name in await intake.mongo.list_database_names():
        if not name.startswith(prefix):
            continue
        for collection in await intake.mongo[name].list_collection_names():
            rows = await intake.mongo[name][collection].find().to_list(None)
            found += [f"{collection}: {row}" for row in rows]
    return "\n".join(found)


async def kept(intake: Intake) -> list[dict[str, Any]]:
    keys = intake.mongo[intake.settings.keys_database_name]
    return await keys["contacts"].find().to_list(None)


@pytest.fixture
async def contacts(intake: Intake) -> AsyncIterator[Contacts]:
    """The contacts of the running service, as the upkeep and others have them."""
    settings = intake.settings
    client = connect(settings.mongo_url)
    database = client.database(settings.database_name)
    store = Store(client, database=database, keys=client.database(settings.keys_database_name))
    vault = Vault(settings.vault_keys(), store, SystemClock())
    yield Contacts(vault, store, SystemClock(), days=180)
    await client.close()


@pytest.mark.stack
@pytest.mark.parametrize("left", [MAIL, PHONE])
async def test_a_contact_stands_nowhere_in_clear_and_who_left_it_wants_an_answer(
    intake: Intake, contacts: Contacts, left: str, capfd: pytest.CaptureFixture[str]
) -> None:
    filled = form(contact=left)
    sent = await send(intake, filled)

    assert sent.status_code == 303
    stored = await everything(intake)
    said = "".join(capfd.readouterr())
    assert "ENV.LITTER" in stored
    for clear in (MAIL, "kanarie", PHONE, "+46701740605", "701740605", "0701740605"):
        assert clear not in stored
        assert clear not in said
    [concern] = await intake.all("concerns")
    assert concern["state"]["registered"]["wants_feedback"] is True
    assert "contact" not in concern
    assert len(await kept(intake)) == 1
    assert await contacts.read(identity(intake, filled)) == contact_of(left)
    receipt = await intake.http.get(sent.headers["location"])
    assert "Till den kontaktuppgift du lämnade" in receipt.text
    assert left not in receipt.text


@pytest.mark.stack
async def test_without_a_contact_a_resident_is_owed_no_answer(intake: Intake) -> None:
    assert (await send(intake, form(wants_feedback="yes"))).status_code == 303

    [concern] = await intake.all("concerns")
    assert concern["state"]["registered"]["wants_feedback"] is False
    assert await kept(intake) == []


@pytest.mark.stack
async def test_a_contact_nobody_is_reached_by_is_told_with_everything_else_that_is_wrong(
    intake: Intake,
) -> None:
    page = await send(intake, form(category="", contact="Kalle"))
    alone = await send(intake, form(contact="Kalle"))

    for answer in (page, alone):
        assert answer.status_code == 422
        assert 'href="#contact"' in answer.text
        assert 'value="Kalle"' in answer.text
    assert 'href="#category"' in page.text
    assert await intake.all("concerns") == await kept(intake) == []


@pytest.mark.stack
async def test_nothing_is_kept_of_who_is_turned_elsewhere_or_refused(intake: Intake) -> None:
    danger = form(category="DIV.ONGOING_DANGER", place_id="", contact="not one")
    assert "tel:112" in (await send(intake, danger)).text
    assert "sparat" in (await send(intake, form(category="DIV.CRIME", contact=MAIL))).text
    assert (await send(intake, form(date="2026-06-07", contact=MAIL))).status_code == 422

    assert await kept(intake) == []


@pytest.mark.stack
async def test_an_agency_leaves_no_contact(intake: Intake) -> None:
    who = Principal(
        district=DistrictCode(DISTRICT.code), agency=AgencyCode("LIBRARIES"), role=Role.REPORTER
    )
    session = opened(who, intake.app.state.site.wall_now())
    seal = SessionSeal(intake.settings.secret_file.read_bytes())
    cookie = f"samlad_session={seal.seal(session)}"

    page = await intake.http.get(REPORT, headers={"Cookie": cookie})
    assert 'name="contact"' not in page.text
    sent = await send(intake, form(csrf=session.csrf, contact=MAIL), Cookie=cookie)
    assert sent.status_code == 303
    assert await kept(intake) == []


@pytest.mark.stack
async def test_a_contact_opens_with_its_own_key_for_its_own_concern_alone(
    intake: Intake, contacts: Contacts
) -> None:
    first, second = form(contact=MAIL), form(contact=PHONE, severity="2")
    await send(intake, first)
    await send(intake, second)
    keys = intake.mongo[intake.settings.keys_database_name]
    moved = await keys["contacts"].find_one({"_id": identity(intake, first)})
    assert moved
    change = {"$set": {"key": moved["key"], "sealed": moved["sealed"]}}
    await keys["contacts"].update_one({"_id": identity(intake, second)}, change)

    with pytest.raises(VaultRefusedError):
        await contacts.read(identity(intake, second))


class OneReaction:
    """Stands in for the bus: keeps what intake does with an event of deliveries."""

    def project(self, *_anything: object) -> None:
        """Places are not what this is about."""

    def react(self, _topic: object, reaction: Reaction, *, name: str) -> None:
        assert name == "feedback"
        self.reaction = reaction


@pytest.mark.stack
async def test_the_contact_is_gone_two_weeks_after_the_answer_was_delivered(
    intake: Intake, contacts: Contacts
) -> None:
    answered, waiting = form(contact=MAIL), form(contact=PHONE, severity="2")
    await send(intake, answered)
    await send(intake, waiting)
    bus = OneReaction()
    handlers.subscribe(cast("Bus", bus), contacts)
    event = FeedbackDelivered(concern_id=identity(intake, answered))

    for _ in range(2):  # at least once
        await bus.reaction([received(event)])

    await tick(intake, NOW + timedelta(days=13, hours=23))
    assert len(await kept(intake)) == 2
    await tick(intake, NOW + timedelta(days=14))
    assert [row["_id"] for row in await kept(intake)] == [identity(intake, waiting)]
    assert await contacts.read(identity(intake, answered)) is None
    assert await contacts.forget(identity(intake, answered)) is False


@pytest.mark.stack
async def test_the_coordinator_reads_it_to_answer_and_leaves_a_line(intake: Intake) -> None:
    filled = form(contact=MAIL)
    await send(intake, filled)
    path = f"/intake/v1/concerns/{identity(intake, filled)}/contact-readings"
    asked = {"purpose": "FEEDBACK"}

    others = await intake.post(path, asked, agency="LIBRARIES")
    other_purpose = await intake.post(path, {"purpose": "TRIAGE"}, agency="DISTRICT_COORD")
    assert (others.status_code, other_purpose.status_code) == (403, 422)
    assert await intake.all("audit") == []

    read = await intake.post(path, asked, agency="DISTRICT_COORD")
    assert (read.json()["kind"], read.json()["contact"]) == ("EMAIL", MAIL)
    assert read.headers["cache-control"] == "no-store"
    [line] = await intake.all("audit")
    assert (line["act"], line["subject"]) == ("CONTACT_READ", identity(intake, filled))
    assert MAIL not in str(line)


@pytest.mark.stack
async def test_there_is_no_contact_to_read_where_none_was_left(intake: Intake) -> None:
    without = (await intake.report()).json()["concern_id"]
    for concern in (without, str(uuid4())):
        path = f"/intake/v1/concerns/{concern}/contact-readings"
        answer = await intake.post(path, {"purpose": "FEEDBACK"}, agency="DISTRICT_COORD")
        assert answer.status_code == 404


@pytest.mark.stack
async def test_the_contact_is_gone_when_the_report_is_rejected(intake: Intake) -> None:
    filled = form(contact=MAIL, narrative="Ring 070-174 06 05")
    await send(intake, filled)
    assert len(await kept(intake)) == 1
    answer = await intake.post(
        f"/intake/v1/quarantine/{identity(intake, filled)}/reject",
        {"reason": "ABOUT_A_PERSON"},
        agency="DISTRICT_COORD",
    )

    assert answer.status_code == 200, answer.text
    assert await kept(intake) == []


@pytest.mark.stack
async def test_a_rejection_that_broke_off_midway_is_ended_by_its_repeat(
    intake: Intake, contacts: Contacts
) -> None:
    filled = form(contact=MAIL, narrative="Ring 070-174 06 05")
    await send(intake, filled)
    path = f"/intake/v1/quarantine/{identity(intake, filled)}/reject"
    await intake.post(path, {"reason": "ABOUT_A_PERSON"}, agency="DISTRICT_COORD")
    await intake.mongo[intake.settings.keys_database_name]["contacts"].insert_one(
        {"_id": identity(intake, filled), "expires": NOW + timedelta(days=180)}
    )
    again = await intake.post(path, {"reason": "ABOUT_A_PERSON"}, agency="DISTRICT_COORD")

    assert again.status_code == 200
    assert await kept(intake) == []
    assert await contacts.forget(identity(intake, filled)) is False


@pytest.mark.stack
async def test_a_form_sent_again_does_not_bring_a_forgotten_contact_back(
    intake: Intake, contacts: Contacts
) -> None:
    filled = form(contact=MAIL)
    await send(intake, filled)
    assert await contacts.forget(identity(intake, filled)) is True
    again = await send(intake, filled)

    assert again.status_code == 303
    assert await kept(intake) == []


@pytest.mark.stack
async def test_the_contact_is_gone_after_its_days_whether_or_not_there_was_an_answer(
    intake: Intake,
) -> None:
    await send(intake, form(contact=MAIL))
    assert intake.settings.contact_days == 180

    await tick(intake, NOW + timedelta(days=179, hours=23))
    assert len(await kept(intake)) == 1
    await tick(intake, NOW + timedelta(days=180))
    assert await kept(intake) == []
    assert len(await intake.all("concerns")) == 1


@pytest.mark.stack
async def test_a_contact_whose_report_never_came_to_stand_is_gone_after_an_hour(
    intake: Intake, contacts: Contacts
) -> None:
    filled = form(contact=MAIL)
    await send(intake, filled)
    lost = ConcernId(str(uuid4()))
    await contacts.keep(lost, Contact(ContactKind.EMAIL, MAIL), NOW)
    keys = intake.mongo[intake.settings.keys_database_name]
    old = datetime.now(UTC) - timedelta(hours=2)
    await keys["contacts"].update_many({}, {"$set": {"written": old}})

    assert await contacts.sweep(NOW) == 1
    assert [row["_id"] for row in await kept(intake)] == [identity(intake, filled)]
    assert "written" not in (await kept(intake))[0]


async def lost(stream: Stream, documents: Sequence[Encoded]) -> None:
    if stream.name == "concerns":
        raise Unavailable("AWAY")
    await stream.collection.insert_many(documents)


@pytest.mark.stack
async def test_nothing_is_left_of_a_form_that_was_sent_again_and_turned_elsewhere(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first time broke off after the contact and the text were sealed, before they stood."""
    filled = form(contact=MAIL, narrative="Lampan är trasig.")
    with monkeypatch.context() as broken:
        broken.setattr(group_commit, "insert_into", lost)
        assert (await send(intake, filled)).status_code == 503
    assert len(await kept(intake)) == len(await intake.keys_of_vault()) == 1
    answer = await send(intake, filled | {"category": "DIV.CRIME"})

    assert "sparat" in answer.text
    assert await kept(intake) == await intake.keys_of_vault() == []


@pytest.mark.stack
async def test_what_is_kept_for_a_diverted_report_is_swept(
    intake: Intake, contacts: Contacts
) -> None:
    """Of two sent at once under one key the other may keep something after the first is marked."""
    filled, standing = form(category="DIV.CRIME"), form(contact=MAIL, narrative="Tre lampor.")
    await send(intake, filled)
    await send(intake, standing)
    keys = intake.mongo[intake.settings.keys_database_name]
    for name in ("contacts", "data_keys"):
        await keys[name].insert_one({"_id": identity(intake, filled), "key": b"k", "sealed": b"s"})
        old = {"written": datetime.now(UTC) - timedelta(hours=2)}
        await keys[name].update_many({}, {"$set": old})
    await tick(intake, NOW)

    assert [row["_id"] for row in await kept(intake)] == [identity(intake, standing)]
    assert [row["_id"] for row in await intake.keys_of_vault()] == [identity(intake, standing)]
    assert await contacts.read(identity(intake, standing)) == contact_of(MAIL)


@pytest.mark.stack
@pytest.mark.parametrize("status", ["REJECTED", "WITHDRAWN", "EXPUNGED"])
async def test_nobody_is_reached_about_a_report_that_is_over(intake: Intake, status: str) -> None:
    """Whatever broke off has left a contact for the sweep: it is not read meanwhile."""
    filled = form(contact=MAIL)
    await send(intake, filled)
    await intake.mongo[intake.settings.database_name]["concerns"].update_one(
        {"_id": identity(intake, filled)}, {"$set": {"state.status": status}}
    )
    path = f"/intake/v1/concerns/{identity(intake, filled)}/contact-readings"
    answer = await intake.post(path, {"purpose": "FEEDBACK"}, agency="DISTRICT_COORD")
    assert (answer.status_code, answer.json()["code"]) == (404, "CONCERN.NO_CONTACT")
    assert MAIL not in answer.text


@pytest.mark.stack
async def test_the_contact_of_a_rejection_that_broke_off_is_swept(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where nobody sends the rejection again."""
    filled = form(contact=MAIL, narrative="Ring 070-174 06 05")
    await send(intake, filled)
    keys = intake.mongo[intake.settings.keys_database_name]
    await keys["contacts"].update_one(
        {"_id": identity(intake, filled)}, {"$unset": {"written": ""}}
    )

    async def killed(*_: object) -> bool:
        raise RuntimeError

    path = f"/intake/v1/quarantine/{identity(intake, filled)}/reject"
    with monkeypatch.context() as broken:
        broken.setattr(SealedContacts, "forget", killed)
        answer = await intake.post(path, {"reason": "ABOUT_A_PERSON"}, agency="DISTRICT_COORD")
    assert answer.status_code == 500
    assert len(await kept(intake)) == 1
    await tick(intake, NOW)
    assert len(await kept(intake)) == 1, "not before an hour has passed"
    old = {"written": datetime.now(UTC) - timedelta(hours=2)}
    await keys["contacts"].update_many({"written": {"$exists": True}}, {"$set": old})
    await tick(intake, NOW)
    assert await kept(intake) == []


def received(event: FeedbackDelivered) -> Received[FeedbackDelivered]:
    why = Provenance(
        time=NOW,
        district=DistrictCode(DISTRICT.code),
        agency=AgencyCode("DISTRICT_COORD"),
        actor_role=Role.SYSTEM,
        correlation_id=str(uuid4()),
    )
    return Received(
        meta_of(event, source="/notify", subject=str(uuid4()), sequence=1, why=why), event
    )


async def tick(intake: Intake, now: datetime) -> None:
    answer = await intake.http.post("/intake/v1/demo/tick", json={"now": now.isoformat()})
    assert answer.status_code < 300, answer.text
