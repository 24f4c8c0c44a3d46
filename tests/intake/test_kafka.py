"""Intake on a real Kafka: places come in, concerns go out, and no canary with them."""

import json
from uuid import uuid4

import pytest

from shared.contracts.codes import Role
from shared.contracts.envelope import Event, Provenance, encode, meta_of, to_headers
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.contracts.places import PlaceRegistered, PlaceRetired
from shared.contracts.topics import COORDINATION_PLACES, INTAKE_CONCERNS
from tests.intake.conftest import DISTRICT, NOW, Intake
from tests.support.topics import Record, produce, read_all
from tests.support.waiting import eventually

pytestmark = pytest.mark.stack

CANARIES = ["19900101-2385", "070-174 06 05", "0701740605", "kanarie@example.org"]
WHY = Provenance(
    time=NOW,
    district=DistrictCode(DISTRICT.code),
    agency=AgencyCode("DISTRICT_COORD"),
    actor_role=Role.COORDINATOR,
    correlation_id=str(uuid4()),
)


async def publish(bootstrap: list[str], place_id: str, *events: Event) -> None:
    records = [
        (
            place_id.encode(),
            encode(event),
            to_headers(
                meta_of(event, source="/coordination", subject=place_id, sequence=n, why=WHY)
            ),
        )
        for n, event in enumerate(events, start=1)
    ]
    await produce(bootstrap, COORDINATION_PLACES.name, records)


def place(name: str) -> PlaceRegistered:
    return PlaceRegistered(
        name=name, lat=59.3405, lon=18.0078, part="STADSHAGEN", custodians=("PORT",)
    )


async def test_places_come_in_and_concerns_go_out_without_a_canary(
    on_kafka: Intake, kafka_bootstrap: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    here, gone = (f"PL-{uuid4().hex[:8].upper()}" for _ in range(2))
    await publish(kafka_bootstrap, here, place("Nya kajen"))
    await publish(kafka_bootstrap, gone, place("Gamla kajen"), PlaceRetired(reason="MERGED"))

    async def both_known() -> bool:
        rows = {row["_id"]: row for row in await on_kafka.all("places")}
        return here in rows and rows.get(gone, {}).get("retired") is True

    await eventually(both_known, within=20)

    async def offered() -> bool:
        names = {one["name"] for one in (await on_kafka.get("/intake/v1/places")).json()["items"]}
        return "Nya kajen" in names and "Gamla kajen" not in names

    await eventually(offered)
    sent = [
        await on_kafka.report(place_id=here, narrative=f"Nummer {number}: {canary}")
        for number, canary in enumerate(CANARIES)
    ]
    sent.append(await on_kafka.report(place_id=here, narrative="Helt ofarligt."))
    await on_kafka.report(place_id=here, ongoing_danger=True, narrative=CANARIES[0])
    ids = [answer.json()["concern_id"] for answer in sent]

    async def published() -> bool:
        kept = await on_kafka.all("concerns") + await on_kafka.all("diversions")
        return not any(entry for one in kept for entry in one["outbox"])

    await eventually(published, within=20)
    records = await read_all(kafka_bootstrap, INTAKE_CONCERNS.name)
    mine = {_key(record): record for record in records if _key(record) in ids}

    assert [_type(mine[one]) for one in ids] == ["ConcernQuarantined"] * 4 + ["ConcernRegistered"]
    assert json.loads(mine[ids[-1]].value or b"")["has_narrative"] is True
    assert any(_type(record) == "ConcernDiverted" for record in records)
    everywhere = [str(records), capsys.readouterr().out, str(await _whole_database(on_kafka))]
    everywhere.append((await on_kafka.http.get("/intake/metrics")).text)
    assert not [canary for canary in CANARIES for text in everywhere if canary in text]
    assert not [1 for text in everywhere if "ofarligt" in text]


async def _whole_database(intake: Intake) -> list[object]:
    database = intake.mongo[intake.settings.database_name]
    return [await intake.all(name) for name in await database.list_collection_names()]


def _key(record: Record) -> str:
    return (record.key or b"").decode()


def _type(record: Record) -> str:
    kind = dict(record.headers)["ce_type"] or b""
    return kind.decode().split(".")[-2]
