"""Taking in concerns by API, on a real MongoDB and without Kafka."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from services.intake.domain.report import ConcernReport
from shared.contracts.ids import aggregate_id
from shared.store import group_commit
from shared.store.client import Encoded
from shared.store.errors import Unavailable
from shared.store.stream import Loaded, Stream
from tests.intake.conftest import NOW, Intake, Json, concern

pytestmark = pytest.mark.stack

CANARY = "19900101-2385"
PATH = "/intake/v1/concerns"


async def test_a_concern_is_accepted_with_an_id_made_of_agency_and_key(intake: Intake) -> None:
    answer = await intake.report("lamps-1", narrative="Tre lampor är släckta.")

    expected = intake.concern_id("lamps-1")
    assert answer.status_code == 202
    assert answer.json() == {
        "concern_id": expected,
        "status": "REGISTERED",
        "links": {"self": f"{PATH}/{expected}"},
    }
    assert "idempotent-replayed" not in answer.headers


async def test_who_guesses_a_key_cannot_tell_by_any_id(intake: Intake) -> None:
    key = "KUN 2026/1234"
    await intake.report(key, narrative="Tre lampor är släckta.")
    await intake.report(f"{key} b", ongoing_danger=True)
    told = f"{await intake.all('concerns')} {await intake.all('diversions')}"

    assert key not in told
    for kind in ("concern", "diversion"):
        for guessed in (key, f"{key} b"):
            assert aggregate_id(kind, "FIELD_WORKERS", guessed) not in told


async def test_the_same_key_and_content_give_the_same_answer(intake: Intake) -> None:
    first = await intake.report("k", flags=["ALCOHOL"])
    again = await intake.report("k", flags=["ALCOHOL"], secondary=[])

    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert len(await intake.all("concerns")) == 1


async def test_a_replay_is_answered_even_when_the_rules_would_now_refuse_it(
    intake: Intake,
) -> None:
    await intake.report("k")
    await intake.mongo[intake.settings.database_name]["places"].update_one(
        {"_id": "PL-HORN"}, {"$set": {"retired": True}}
    )
    await asyncio.sleep(1.1)  # places are kept for a second

    assert (await intake.report("k")).status_code == 202
    assert (await intake.report("another")).json()["code"] == "CONCERN.UNKNOWN_PLACE"


@pytest.mark.parametrize("change", [{"severity": 2}, {"narrative": "Annat."}, {"flags": ["DRUGS"]}])
async def test_the_same_key_with_other_content_is_refused(
    intake: Intake, change: dict[str, object]
) -> None:
    await intake.report("k", narrative="Ett.")
    other = await intake.report("k", **({"narrative": "Ett."} | change))

    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert len(await intake.all("concerns")) == 1


async def test_the_same_key_ten_times_at_once_is_one_concern(intake: Intake) -> None:
    answers = await asyncio.gather(*(intake.report("k", narrative="Sju.") for _ in range(10)))

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["concern_id"] for answer in answers}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    assert len(await intake.all("concerns")) == len(await intake.keys_of_vault()) == 1


async def test_two_agencies_may_use_the_same_key(intake: Intake) -> None:
    mine = await intake.post(PATH, concern(), agency="FIELD_WORKERS", key="k")
    theirs = await intake.post(PATH, concern(severity=3), agency="LIBRARIES", key="k")

    assert mine.status_code == theirs.status_code == 202
    assert mine.json()["concern_id"] != theirs.json()["concern_id"]


async def test_the_narrative_is_sealed_with_a_key_that_lies_elsewhere(intake: Intake) -> None:
    await intake.report("k", narrative="Tre lampor är släckta.", external_reference="D-17")

    [kept] = await intake.all("concerns")
    [key] = await intake.keys_of_vault()
    assert b"lampor" not in bytes(kept["vault"]["narrative"])
    assert "lampor" not in repr(kept)
    assert set(kept["vault"]) == {"narrative"}
    assert key["_id"] == kept["_id"]
    assert intake.settings.keys_database_name != intake.settings.database_name


async def test_without_a_narrative_there_is_no_key(intake: Intake) -> None:
    await intake.report()

    assert await intake.keys_of_vault() == []


@pytest.mark.parametrize(
    "text", [f"Kontakta {CANARY}", "Ring 070-174 06 05", "Skriv till kanarie@example.org"]
)
@pytest.mark.parametrize("field", ["narrative", "external_reference"])
async def test_personal_data_quarantines_and_stands_nowhere_readable(
    intake: Intake, field: str, text: str
) -> None:
    answer = await intake.report("k", **{field: text})

    assert (answer.status_code, answer.json()["status"]) == (202, "QUARANTINED")
    [kept] = await intake.all("concerns")
    assert text not in repr(kept)
    [entry] = kept["outbox"]
    assert entry["type"] == "se.samlad.intake.concerns.ConcernQuarantined.v1"
    told = json.loads(entry["data"])
    assert set(told) == {"category", "findings", "source_agency"}
    assert sum(found["count"] for found in told["findings"]) >= 1
    assert set(kept["vault"]) == {field}


@pytest.mark.parametrize(
    ("change", "target"),
    [
        ({"ongoing_danger": True}, "EMERGENCY_112"),
        ({"category": "DIV.CRIME"}, "POLICE_114_14"),
        ({"category": "DIV.CHILD_CONCERN"}, "SOCIAL_SERVICES"),
        ({"secondary": ["DIV.NAMED_PERSON"]}, "POLICE_114_14"),
        ({"ongoing_danger": True, "place_id": "PL-NOWHERE"}, "EMERGENCY_112"),
    ],
)
async def test_what_belongs_elsewhere_is_diverted_and_only_counted(
    intake: Intake, change: dict[str, object], target: str
) -> None:
    answer = await intake.report("k", **({"narrative": "Hemligt."} | change))

    problem = answer.json()
    assert answer.status_code == 422
    assert problem["code"] == "diverted"
    assert problem["turn_to"]["target"] == target
    assert problem["turn_to"]["phone"]
    [counted] = await intake.all("diversions")
    [entry] = counted["outbox"]
    assert json.loads(entry["data"])["target"] == target
    [mark] = await intake.all("concerns")
    assert mark["state"] == {"status": "DIVERTED"}
    assert mark["outbox"] == []
    assert await intake.keys_of_vault() == []


async def test_a_diverted_key_is_remembered_a_day_and_counts_once(intake: Intake) -> None:
    first = await intake.report("k", ongoing_danger=True)
    again = await intake.report("k", ongoing_danger=True)
    other = await intake.report("k")

    assert first.json()["turn_to"] == again.json()["turn_to"]
    assert other.json()["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert len(await intake.all("diversions")) == 1

    await tick(intake, hours=23)
    assert (await intake.report("k")).status_code == 422
    await tick(intake, hours=25)
    assert await intake.all("concerns") == []
    assert (await intake.report("k")).status_code == 202


async def test_a_diverted_key_that_is_free_again_loses_nothing_it_then_brings(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its day is over just after the repeat has looked at the mark."""
    await intake.report("k", ongoing_danger=True)
    load = Stream.load

    async def just_before(stream: Stream, one: str) -> Loaded | None:
        monkeypatch.setattr(Stream, "load", load)
        found = await load(stream, one)
        await tick(intake, hours=24)
        assert (await intake.report("k", narrative="Lampan är trasig.")).status_code == 202
        return found

    monkeypatch.setattr(Stream, "load", just_before)
    late = {"X-Samlad-Now": (NOW + timedelta(hours=24, seconds=-1)).isoformat()}
    again = await intake.http.post(
        "/intake/v1/concerns",
        json=concern(ongoing_danger=True),
        headers=intake.headers("FIELD_WORKERS", "k") | late,
    )
    assert again.json()["code"] == "diverted"

    [kept], [key] = await intake.all("concerns"), await intake.keys_of_vault()
    assert (kept["_id"], list(kept["vault"])) == (key["_id"], ["narrative"])


async def test_a_key_of_a_registered_concern_cannot_be_diverted(intake: Intake) -> None:
    await intake.report("k")
    diverted = await intake.report("k", ongoing_danger=True)

    assert diverted.json()["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert await intake.all("diversions") == []


async def test_a_key_without_a_concern_is_swept_after_an_hour(intake: Intake) -> None:
    await intake.report("stays", narrative="Kvar.")
    keys = intake.mongo[intake.settings.keys_database_name]["data_keys"]
    written = datetime.now(UTC) - timedelta(hours=2)
    await keys.insert_one({"_id": "orphan", "key": b"x", "written": written})

    await tick(intake, hours=2)

    assert [key["_id"] for key in await intake.keys_of_vault()] == [intake.concern_id("stays")]
    await tick(intake, hours=3)
    assert len(await intake.keys_of_vault()) == 1


async def test_a_key_whose_concern_is_on_its_way_outlives_the_days_of_a_demo(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert = group_commit.insert_into

    async def slowly(stream: Stream, documents: Sequence[Encoded]) -> None:
        await insert(stream, documents)
        if stream.name == "data_keys":
            await tick(intake, hours=24 * 400)

    monkeypatch.setattr(group_commit, "insert_into", slowly)
    answer = await intake.report(narrative="Nyss.")

    assert answer.status_code == 202
    [key] = await intake.keys_of_vault()
    assert key["_id"] == answer.json()["concern_id"]


@pytest.mark.parametrize("again", [1, 10])
async def test_a_report_that_broke_off_after_its_key_stands_once_it_is_sent_again(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, again: int
) -> None:
    """Also ten times at once: the key that stands is the one that opens what stands."""
    insert = group_commit.insert_into

    async def killed(stream: Stream, documents: Sequence[Encoded]) -> None:
        if stream.name == "concerns":
            raise Unavailable("AWAY")
        await insert(stream, documents)

    with monkeypatch.context() as broken:
        broken.setattr(group_commit, "insert_into", killed)
        assert (await intake.report("twice", narrative="Mörkt.")).status_code == 503
    [left] = await intake.keys_of_vault()

    sent = [intake.report("twice", narrative="Mörkt.") for _ in range(again)]
    answers = await asyncio.gather(*sent)

    assert {answer.status_code for answer in answers} == {202}
    [key] = await intake.keys_of_vault()
    assert key["key"] == left["key"]
    readings = f"{PATH}/{intake.concern_id('twice')}/narrative-readings"
    read = await intake.post(readings, {"purpose": "OWN_FOLLOW_UP"})
    assert read.json()["narrative"] == "Mörkt."


@pytest.mark.parametrize(
    "time",
    [
        "0001-01-01T00:00:00+02:00",
        "9999-12-31T23:59:00-02:00",
        "9999-12-31T23:59:00Z",
        "1777777777",
        "1777777777.5",
        "1777777777000",
        "2026-05-05_20:00:00Z",
        "2026-05-05T20:00:00+0200",
        "2026-05-05T20:00:00\u221202:00",
        "2026-05-05",
        "2026-05-05T20:00:00",
    ],
)
async def test_what_is_no_time_of_our_days_with_a_zone_is_refused(
    intake: Intake, time: str
) -> None:
    answer = await intake.report(observed_from=time)

    assert answer.status_code == 422
    assert answer.json()["invalid-parameters"][0]["property"] == "observed_from"


@pytest.mark.parametrize("field", ["narrative", "external_reference"])
@pytest.mark.parametrize("hidden", ["\x1b[2J", "\x08", "\uffff"])
async def test_no_control_character_of_a_text_is_taken(
    intake: Intake, field: str, hidden: str
) -> None:
    answer = await intake.report(**{field: f"Trasig lampa{hidden}"})

    assert answer.status_code == 422
    assert answer.json()["invalid-parameters"][0]["property"] == field


async def tick(intake: Intake, *, hours: int) -> None:
    then = (NOW + timedelta(hours=hours)).isoformat()
    answer = await intake.post("/intake/v1/demo/tick", {"now": then}, agency="DISTRICT_COORD")
    assert answer.is_success


@pytest.mark.parametrize(
    ("point", "place"), [((59.34041, 18.00791), "PL-HORN"), ((59.3330, 18.0120), None)]
)
async def test_a_point_finds_the_nearest_place_within_250_metres(
    intake: Intake, point: tuple[float, float], place: str | None
) -> None:
    where = {"lat": point[0], "lon": point[1]}
    answer = await intake.report(place_id=None, point=where)
    personal = await intake.report(place_id=None, point=where, category="ORD.LOUD_GATHERING")

    seen = (await intake.get(answer.json()["links"]["self"])).json()["concern"]
    assert (seen["place_id"], seen["lat"], seen["lon"]) == (
        place,
        round(point[0], 4),
        round(point[1], 4),
    )
    assert seen["cell"].startswith("89")
    coarse = (await intake.get(personal.json()["links"]["self"])).json()["concern"]
    assert (coarse["place_id"], coarse["lat"], coarse["cell"]) == (place, None, seen["cell"])


async def test_an_agency_sees_its_own_concerns_and_no_others(intake: Intake) -> None:
    mine = [await intake.report(str(number), narrative="Mörkt.") for number in range(3)]
    address = mine[0].json()["links"]["self"]

    listed = (await intake.get(f"{PATH}?limit=2")).json()
    assert (len(listed["items"]), listed["total"]) == (2, 3)
    assert "Mörkt" not in (await intake.get(address)).text
    assert (await intake.get(address, agency="LIBRARIES")).status_code == 404
    assert (await intake.get(PATH, agency="LIBRARIES")).json()["total"] == 0


async def test_a_key_of_another_district_is_refused(intake: Intake) -> None:
    answer = await intake.post(PATH, concern(), agency="ELSEWHERE")

    assert answer.status_code == 403


async def test_a_role_that_may_not_report_is_refused(intake: Intake) -> None:
    answer = await intake.post("/intake/v1/sspf-outcomes", {}, agency="LIBRARIES")

    assert answer.status_code == 403


async def test_lookups_are_open_to_everybody(intake: Intake) -> None:
    categories = (await intake.http.get("/intake/v1/categories")).json()
    places = (await intake.http.get("/intake/v1/places?limit=200")).json()

    assert {"ENV.LIGHTING", "FRD.OLDER_PEOPLE"} <= {item["code"] for item in categories["items"]}
    assert "DIV.ONGOING_DANGER" in {item["code"] for item in categories["diversions"]}
    assert places["total"] == len(places["items"]) == 9


async def test_intake_accepts_while_kafka_is_away_and_says_so_in_readiness(
    intake: Intake,
) -> None:
    assert (await intake.report()).status_code == 202
    ready = await intake.http.get("/intake/health/ready")
    assert ready.status_code == 503
    assert (await intake.http.get("/intake/health/live")).status_code == 200


WRONG_FIELDS: list[tuple[Json, str]] = [
    ({"unknown": 1}, "unknown"),
    ({"category": None}, "category"),
    ({"category": "env.lighting"}, "category"),
    ({"category": 7}, "category"),
    ({"secondary": ["A", "B", "C"]}, "secondary"),
    ({"place_id": "somewhere"}, "place_id"),
    ({"place_id": None, "point": {"lat": 91, "lon": 18}}, "point.lat"),
    ({"place_id": None, "point": {"lat": "59.3", "lon": 18}}, "point.lat"),
    ({"place_id": None, "point": {"lat": True, "lon": 18}}, "point.lat"),
    ({"place_id": None, "point": {"lat": 59.3}}, "point.lon"),
    ({"place_unknown": "yes"}, "place_unknown"),
    ({"place_type": "outdoor"}, "place_type"),
    ({"observed_from": "2026-06-05T22:10:00"}, "observed_from"),
    ({"observed_from": 1780000000}, "observed_from"),
    ({"observed_from": "i går"}, "observed_from"),
    ({"severity": 4}, "severity"),
    ({"severity": "1"}, "severity"),
    ({"severity": 1.0}, "severity"),
    ({"flags": ["KNIFE"]}, "flags.0"),
    ({"flags": "ALCOHOL"}, "flags"),
    ({"group_band": "7"}, "group_band"),
    ({"wants_feedback": 1}, "wants_feedback"),
    ({"narrative": "x" * 501}, "narrative"),
    ({"narrative": ["x"]}, "narrative"),
    ({"external_reference": "x" * 81}, "external_reference"),
]
BROKEN_RULES: list[tuple[Json, str, str | None]] = [
    ({"category": "ENV.NOTHING"}, "UNKNOWN_CATEGORY", "category"),
    ({"secondary": ["ENV.LIGHTING"]}, "CATEGORY_TWICE", "secondary"),
    ({"measures_taken": ["MAGIC"]}, "UNKNOWN_MEASURE", "measures_taken"),
    ({"place_id": None}, "PLACE_MISSING", "place_id"),
    ({"place_unknown": True}, "SEVERAL_PLACES", None),
    ({"place_id": "PL-NOWHERE"}, "UNKNOWN_PLACE", "place_id"),
    ({"place_id": None, "point": {"lat": 59.40, "lon": 18.0}}, "OUTSIDE_DISTRICT", "point"),
    ({"category": "FRD.OLDER_PEOPLE"}, "NO_PLACE_ALLOWED", "place_id"),
    ({"category": "SCH.ENVIRONMENT"}, "NO_PLACE_ALLOWED", "place_id"),
    ({"observed_from": "2026-06-06T00:10:00+02:00"}, "IN_THE_FUTURE", "observed_from"),
    ({"observed_to": "2026-06-06T03:10:00+02:00"}, "IN_THE_FUTURE", "observed_to"),
    ({"secondary": ["ENV.NOTHING"]}, "UNKNOWN_CATEGORY", "secondary"),
    ({"observed_from": "2025-06-01T00:00:00+02:00"}, "TOO_OLD", "observed_from"),
    ({"observed_to": "2026-06-05T21:00:00+02:00"}, "ENDS_BEFORE_START", "observed_to"),
]
JSON = "application/json"
NO_REPORTS: list[tuple[bytes, str, int]] = [
    (b'{"category": "' + b"A" * 65 * 1024 + b'"}', JSON, 413),
    (b"{" * 40, JSON, 400),
    (b'{"a":' * 20 + b"1" + b"}" * 20, JSON, 422),
    (b'{"flags": [' + b"1," * 300 + b"1]}", JSON, 422),
    (b'{"category": "\xff"}', JSON, 400),
    (b'{"narrative": "a\\u0000b"}', JSON, 422),
    (b"[]", JSON, 422),
    (b"null", JSON, 422),
    (b"", JSON, 422),
    (b"category=ENV.LIGHTING", "application/x-www-form-urlencoded", 415),
    (b"<concern/>", "application/xml", 415),
]
UNKNOWN: list[tuple[str, str, int]] = [
    ("GET", "/intake/v1/nothing", 404),
    ("GET", "/nowhere", 404),
    ("DELETE", PATH, 405),
    ("GET", f"{PATH}/not-an-id", 422),
    ("GET", f"{PATH}/00000000-0000-0000-0000-000000000000", 404),
    ("GET", f"{PATH}?limit=0", 422),
    ("GET", f"{PATH}?limit=abc", 422),
]


class TestBadInput:
    """Bad input gets a problem, stores nothing, and is never our fault."""

    @pytest.fixture(autouse=True)
    async def _nothing_is_stored(self, intake: Intake) -> AsyncIterator[None]:
        yield
        assert await intake.all("concerns") == []
        assert await intake.keys_of_vault() == []

    async def test_wrong_fields_are_named_without_their_values(self, intake: Intake) -> None:
        for change, where in WRONG_FIELDS:
            body = {k: v for k, v in (concern() | change).items() if v is not None}
            answer = await intake.post(PATH, body)

            self.is_problem(answer, 422, change)
            named = [one["property"] for one in answer.json()["invalid-parameters"]]
            assert named == [where], change

    async def test_broken_rules_are_named(self, intake: Intake) -> None:
        for change, code, field in BROKEN_RULES:
            answer = await intake.report(**change)

            self.is_problem(answer, 422, change)
            assert answer.json()["code"] == f"CONCERN.{code}", change
            told = answer.json().get("invalid-parameters", [])
            assert [one["property"] for one in told] == ([field] if field else []), change
            assert all(one["reason"] for one in told)

    async def test_a_key_must_be_there_and_be_printable(self, intake: Intake) -> None:
        headers = intake.headers("FIELD_WORKERS")
        for key in (b"", b"x" * 201, "åäö".encode(), b" "):
            bad = [(name.encode(), value.encode()) for name, value in headers.items()]
            bad.append((b"Idempotency-Key", key))
            answer = await intake.http.post(PATH, json=concern(), headers=bad)
            self.is_problem(answer, 400, key)
        self.is_problem(await intake.http.post(PATH, json=concern(), headers=headers), 400)

    async def test_without_a_good_key_nobody_gets_in(self, intake: Intake) -> None:
        for given in ({}, {"Authorization": "Bearer sml_test_x"}, {"Authorization": "Basic eDp5"}):
            headers = given | {"Idempotency-Key": "k"}
            answer = await intake.http.post(PATH, json=concern(), headers=headers)
            self.is_problem(answer, 401, given)

    async def test_bodies_that_are_no_reports(self, intake: Intake) -> None:
        for content, kind, status in NO_REPORTS:
            headers = intake.headers("FIELD_WORKERS", "k") | {"Content-Type": kind}
            answer = await intake.http.post(PATH, content=content, headers=headers)
            self.is_problem(answer, status, content[:40])

    async def test_unknown_paths_and_methods(self, intake: Intake) -> None:
        headers = intake.headers("FIELD_WORKERS")
        for method, path, status in UNKNOWN:
            answer = await intake.http.request(method, path, headers=headers)
            self.is_problem(answer, status, path)

    @staticmethod
    def is_problem(answer: httpx.Response, status: int, case: object = None) -> None:
        assert answer.status_code == status, case
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status
        assert answer.headers["x-correlation-id"] == answer.json()["correlation_id"]


def test_the_example_in_the_documentation_is_a_report() -> None:
    for example in ConcernReport.model_json_schema()["examples"]:
        assert ConcernReport.model_validate(example)


@pytest.mark.parametrize(
    ("reference", "status"),
    [
        ("https://exempel.se/report/4711", "REGISTERED"),
        ("https://19900101-2385.exempel.se/report/4711", "QUARANTINED"),
    ],
)
async def test_a_link_to_a_case_is_let_go_and_what_else_is_in_it_is_not(
    intake: Intake, reference: str, status: str
) -> None:
    sent = await intake.report(external_reference=reference)
    assert sent.json()["status"] == status
    kept = await intake.all("concerns")
    assert (reference in str(kept)) == (status == "REGISTERED")
