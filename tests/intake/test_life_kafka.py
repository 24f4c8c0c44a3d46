"""Whatever becomes of a concern, its topic tells it in order and never what was written."""

import httpx
import pytest

from shared.contracts.concerns import ConcernRegistered, ConcernReleased
from shared.contracts.envelope import Event, Received, decode
from shared.contracts.topics import INTAKE_CONCERNS
from tests.intake.conftest import Intake, Json, concern, know_places
from tests.support.topics import read_all
from tests.support.waiting import eventually

pytestmark = pytest.mark.stack

CANARIES = ["19900101-2385", "070-174 06 05", "kanarie@example.org"]
CONCERNS, DESK = "/intake/v1/concerns", "/intake/v1/quarantine"
QUARANTINED, WITHDRAWN = "ConcernQuarantined", "ConcernWithdrawn"
RELEASED, REGISTERED = "ConcernReleased", "ConcernRegistered"


async def done(intake: Intake, path: str, body: Json, agency: str) -> httpx.Response:
    answer = await intake.http.post(path, json=body, headers=intake.headers(agency))
    assert answer.is_success, answer.text
    return answer


async def test_every_life_is_told_in_order_without_a_canary(
    on_kafka: Intake, kafka_bootstrap: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    intake, canary = on_kafka, CANARIES[0]
    await know_places(intake)
    texts = [f"Nummer {one}." for one in CANARIES] * 2 + ["Helt ofarligt."]
    sent = [await intake.report(narrative=text) for text in texts]
    ids = [str(answer.json()["concern_id"]) for answer in sent]
    released, redacted, rejected, taken, kept, _, clean = ids
    wanted = {
        released: [QUARANTINED, RELEASED, REGISTERED, WITHDRAWN],
        redacted: [QUARANTINED, RELEASED, REGISTERED, "ConcernCorrected"],
        rejected: [QUARANTINED, "ConcernRejected"],
        taken: [QUARANTINED, WITHDRAWN],
        kept: [QUARANTINED],
        clean: [REGISTERED, "ConcernCorrected", WITHDRAWN],
    }
    desk, own, twice = "DISTRICT_COORD", "FIELD_WORKERS", {"reason": "SENT_TWICE"}

    await done(intake, f"{DESK}/{released}/release", {"reason": "FALSE_ALARM"}, desk)
    await done(intake, f"{CONCERNS}/{released}/withdraw", twice, own)
    await done(intake, f"{DESK}/{redacted}/redact", {"narrative": "Släckt lampa."}, desk)
    await done(intake, f"{CONCERNS}/{redacted}/correct", concern(severity=3), own)
    await done(intake, f"{DESK}/{rejected}/reject", {"reason": "ABOUT_A_PERSON"}, desk)
    await done(intake, f"{CONCERNS}/{taken}/withdraw", twice, own)
    await done(intake, f"{CONCERNS}/{clean}/correct", concern(narrative="Nyss ändrat."), own)
    await done(intake, f"{CONCERNS}/{clean}/withdraw", twice, own)

    async def published() -> bool:
        return not any(row["outbox"] for row in await intake.all("concerns"))

    await eventually(published, within=20)
    records = await read_all(kafka_bootstrap, INTAKE_CONCERNS.name)
    mine = [record for record in records if (record.key or b"").decode() in ids]
    lives: dict[str, list[Received[Event]]] = {one: [] for one in ids}
    for record in mine:
        received = decode(record.headers, record.value)
        lives[received.meta.subject].append(received)

    for one, names in wanted.items():
        assert [type(each.event).__name__ for each in lives[one]] == names
        assert [each.meta.sequence for each in lives[one]] == list(range(1, len(names) + 1))
    for events in lives.values():
        passed = [type(each.event) for each in events].count(ConcernReleased)
        public = sum(isinstance(each.event, ConcernRegistered) for each in events)
        assert public == (1 if type(events[0].event) is ConcernRegistered else passed)

    everywhere = [str(mine), capsys.readouterr().out, str(await _whole(intake))]
    everywhere.append((await intake.http.get("/intake/metrics")).text)
    secrets = [*CANARIES, "ofarligt", "Släckt lampa", "Nyss ändrat"]
    assert not [secret for secret in secrets for text in everywhere if secret in text]
    assert canary in (await _read(intake, released))


async def _read(intake: Intake, one: str) -> str:
    purpose = {"purpose": "OWN_FOLLOW_UP"}
    path = f"{CONCERNS}/{one}/narrative-readings"
    return (await done(intake, path, purpose, "FIELD_WORKERS")).text


async def _whole(intake: Intake) -> list[object]:
    """Return every document of intake's database, its dead letters and its trail among them."""
    database = intake.mongo[intake.settings.database_name]
    return [await intake.all(name) for name in await database.list_collection_names()]
