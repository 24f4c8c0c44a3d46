"""What the tests of reporting share: events as they arrive, and rows as the projector writes."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from fastapi import FastAPI

from services.reporting.app import build
from services.reporting.handlers import VIEWS
from services.reporting.settings import Settings
from shared.bus.folding import Folding
from shared.bus.read_model import ReadModel
from shared.bus.views import Row, View
from shared.contracts.assignments import AssignmentProposed
from shared.contracts.codes import Certainty, PlaceType, Recurrence, Role, SituationLevel
from shared.contracts.concerns import ConcernDiverted, ConcernQuarantined, ConcernRegistered
from shared.contracts.district import District
from shared.contracts.envelope import Event, Provenance, Received, meta_of
from shared.contracts.est import SituationPictureAdopted, SituationPictureCompiled
from shared.contracts.ids import AgencyCode, DistrictCode, aggregate_id
from shared.contracts.places import PlaceRegistered
from shared.security.keys import issue, write_records
from shared.store.client import Client, Database

DISTRICT = District.load()
WEEK = "2026-W23"
AFTER = {"x-samlad-now": "2026-06-08T06:00:00Z"}
ORDER = {"type": "weekly-situation", "period": WEEK}
REPORTS = "/reporting/v1/reports"
MONDAY = datetime(2026, 6, 1, 6, tzinfo=UTC)  # week 23
COORDINATOR, COORDINATOR_RECORD = issue(
    "test", "DISTRICT_COORD", Role.COORDINATOR, DISTRICT.code, 30
)
REPORTER, REPORTER_RECORD = issue("test", "LIBRARIES", Role.REPORTER, DISTRICT.code, 30)
SSPF, SSPF_RECORD = issue("test", "DISTRICT_SOCIAL", Role.SSPF_COORDINATOR, DISTRICT.code, 30)
STRANGER, STRANGER_RECORD = issue("test", "DISTRICT_COORD", Role.COORDINATOR, "ELSEWHERE", 30)
RECORDS = [COORDINATOR_RECORD, REPORTER_RECORD, SSPF_RECORD, STRANGER_RECORD]


def aggregate(kind: str, name: str) -> str:
    """Return an id of that kind."""
    return aggregate_id(kind, "TEST", name)


def arrived(
    event: Event, subject: str, sequence: int = 1, time: datetime = MONDAY
) -> Received[Event]:
    """Return the event as a consumer gets it."""
    why = Provenance(
        time=time,
        district=DistrictCode(DISTRICT.code),
        agency=AgencyCode("FIELD_WORKERS"),
        actor_role=Role.REPORTER,
        correlation_id="test",
    )
    return Received(
        meta_of(event, source="/test", subject=subject, sequence=sequence, why=why), event
    )


def life(kind: str, name: str, *events: Event, time: datetime = MONDAY) -> list[Received[Event]]:
    """Return the events of one aggregate in their order."""
    subject = name if kind == "place" else aggregate(kind, name)
    return [arrived(event, subject, number, time) for number, event in enumerate(events, start=1)]


def example(kind: type[Event]) -> Event:
    """Return the event as its contract shows it."""
    extra = kind.model_config["json_schema_extra"]
    assert isinstance(extra, dict)
    examples = extra["examples"]
    assert isinstance(examples, list)
    return kind.model_validate(examples[0])


def days_apart(name: str, *events: Event) -> list[Received[Event]]:
    """Return an assignment's events, one a day from Monday week 23 on."""
    return [
        arrived(event, aggregate("assignment", name), n, MONDAY + timedelta(days=n - 1))
        for n, event in enumerate(events, start=1)
    ]


def proposed() -> AssignmentProposed:
    event = example(AssignmentProposed)
    assert isinstance(event, AssignmentProposed)
    return event


def concern(
    category: str, place: str | None = "PL-HORN", agency: str = "FIELD_WORKERS", **more: object
) -> ConcernRegistered:
    """Return a registered concern of week 23."""
    return ConcernRegistered.model_validate(
        {
            "category": category,
            "place_id": place,
            "place_type": PlaceType.OUTDOOR,
            "observed_from": MONDAY,
            "certainty": Certainty.SEEN,
            "recurrence": Recurrence.FIRST,
            "severity": 1,
            "wants_feedback": False,
            "has_narrative": False,
            "source_agency": agency,
            "registered_at": MONDAY,
            "synthetic": True,
        }
        | more
    )


def many(
    category: str, place: str | None, number: int, agency: str = "FIELD_WORKERS"
) -> list[Received[Event]]:
    """Return so many concerns of a category at a place."""
    return [
        received
        for n in range(number)
        for received in life(
            "concern", f"{category} {place} {agency} {n}", concern(category, place, agency)
        )
    ]


def seed_places() -> list[Received[Event]]:
    """Return the places the district starts with, registered."""
    return [
        received
        for place in DISTRICT.places
        for received in life(
            "place",
            place.id,
            PlaceRegistered(
                name=place.name,
                lat=place.lat,
                lon=place.lon,
                part=place.part,
                custodians=place.custodians,
            ),
        )
    ]


def folded(view: View, events: Iterable[Received[Event]], rows: Sequence[Row] = ()) -> list[Row]:
    """Return the view's rows after these events."""
    folding = Folding(view, {row["_id"]: row for row in rows}, {})
    for offset, received in enumerate(events):
        folding.take(received, 0, offset)
    result = folding.result()
    return [*result.inserts, *result.replaces]


async def given(client: Client, database: Database, events: Sequence[Received[Event]]) -> None:
    """Write what the projector would make of these events."""
    for topic, views in VIEWS:
        for view in views:
            mine = [
                received
                for received in events
                if received.event.topic == topic and received.event.aggregate == view.aggregate
            ]
            if mine:
                await _write(client, database, view, mine)


async def _write(
    client: Client, database: Database, view: View, events: Sequence[Received[Event]]
) -> None:
    keys = {received.meta.subject for received in events}
    rows = await database[view.name].find({"_id": {"$in": list(keys)}}).to_list(None)
    folding = Folding(view, {row["_id"]: row for row in rows}, {})
    for offset, received in enumerate(events):
        folding.take(received, 0, offset)
    async with client.transaction() as session:
        await ReadModel(database, [view]).write(folding.result(), session)


def make_settings(folder: Path, mongo_url: str, database_name: str, **more: object) -> Settings:
    """Return settings with keys and a secret of their own."""
    (folder / "secret").write_bytes(bytes(range(32)))
    write_records(folder / "keys.json", RECORDS)
    usual = {
        "mongo_url": mongo_url,
        "database_prefix": f"{database_name}_",
        "keys_file": folder / "keys.json",
        "secret_file": folder / "secret",
        "demo": True,
    }
    return Settings.model_validate(usual | more)


def make(settings: Settings) -> FastAPI:
    """Return the app; it is not started, so nothing reads Kafka."""
    return build(settings)


def visitor(app: FastAPI, key: str | None = None) -> httpx.AsyncClient:
    """Return somebody with a key, or nobody in particular."""
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", headers=headers)


def busy_week() -> list[Received[Event]]:
    """Return a week with a cluster, single reports and conditions, from six agencies."""
    return [
        *seed_places(),
        *many("ORD.LOUD_GATHERING", "PL-HORN", 9, "FIELD_WORKERS"),
        *many("DRG.OPEN_USE", "PL-FRID", 6, "POLICE_NORRMALM"),
        *many("THF.BIKE", None, 4, "HOUSING_COOPS"),
        *many("ROB.PERSON", "PL-FRID", 1, "GUARDS"),
        *many("FRD.OLDER_PEOPLE", "PL-FRID", 2, "PENSIONERS"),
        *many("ENV.LITTER", "PL-HORN", 3, "LIBRARIES"),
        *life("concern", "quarantined", example(ConcernQuarantined)),
        *life("diversion", "diverted", example(ConcernDiverted)),
        *life(
            "picture",
            "week 23",
            example(SituationPictureCompiled),
            SituationPictureAdopted(
                week=WEEK, level=SituationLevel.YELLOW, motive="CLUSTER_AT_PLACE"
            ),
        ),
    ]


async def order(coordinator: httpx.AsyncClient, key: str, **more: str) -> httpx.Response:
    return await coordinator.post(
        REPORTS, json=ORDER | more, headers={"idempotency-key": key} | AFTER
    )
