"""Many concerns by one request: each gets its own answer, and none fails its neighbours."""

import asyncio
import time
from uuid import uuid4

import httpx
import pytest

from services.intake.settings import Settings
from shared.contracts.ids import concern_id
from shared.store.errors import Unavailable, WriteUncertain
from shared.store.group_commit import GroupCommit
from shared.store.leases import Leases
from tests.intake.conftest import Intake, Json, concern, running

pytestmark = pytest.mark.stack

PATH = "/intake/v1/concerns/batch"
CANARY = "19900101-2385"


def item(key: str | None = None, **changes: object) -> Json:
    return {"idempotency_key": key or str(uuid4()), "concern": concern(**changes)}


async def send(
    intake: Intake, *items: object, agency: str = "FIELD_WORKERS", **more: object
) -> httpx.Response:
    body = {"items": list(items)} | more
    return await intake.http.post(PATH, json=body, headers=intake.headers(agency))


def outcomes(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["outcome"] for one in answer.json()["results"]]


async def test_a_thousand_items_get_a_thousand_answers_and_stand_once(intake: Intake) -> None:
    items = [item(f"k{number}", severity=number % 4) for number in range(1000)]
    first = await send(intake, *items)
    again = await send(intake, *items)

    assert outcomes(first) == outcomes(again) == ["ACCEPTED"] * 1000
    assert first.json()["counts"]["replayed"] == 0
    assert again.json()["counts"]["replayed"] == 1000
    ids = [one["concern_id"] for one in first.json()["results"]]
    assert ids == [one["concern_id"] for one in again.json()["results"]]
    assert {one["_id"] for one in await intake.all("concerns")} == set(ids)


async def test_each_item_is_judged_by_itself_and_in_order(intake: Intake) -> None:
    answer = await send(
        intake,
        item("good"),
        item("held", narrative=f"Det var {CANARY}"),
        item("elsewhere", category="DIV.CRIME"),
        item("unknown", place_id="PL-NOWHERE"),
        item("wrong", severity=CANARY),
        {"idempotency_key": "no-concern"},
        CANARY,
        {"concern": concern(), "idempotency_key": "å"},
        item("last"),
    )

    body = answer.json()
    assert outcomes(answer) == [
        "ACCEPTED", "ACCEPTED", "DIVERTED", "REFUSED", "REFUSED", "REFUSED", "REFUSED", "REFUSED",
        "ACCEPTED",
    ]  # fmt: skip
    good, held, elsewhere, unknown, wrong, missing, nothing, bad_key, _ = body["results"]
    assert (good["http_status"], good["status"], good["replayed"]) == (202, "REGISTERED", False)
    assert good["links"]["self"] == f"/intake/v1/concerns/{good['concern_id']}"
    assert held["status"] == "QUARANTINED"
    assert elsewhere["turn_to"]["phone"] == "114 14"
    assert "concern_id" not in elsewhere
    assert unknown["problem"]["code"] == "CONCERN.UNKNOWN_PLACE"
    [fault] = unknown["problem"]["invalid-parameters"]
    assert fault["property"] == "concern.place_id"
    [fault] = wrong["problem"]["invalid-parameters"]
    assert fault["property"] == "concern.severity"
    assert wrong["problem"]["type"].startswith("tag:samlad.se")
    assert missing["problem"]["invalid-parameters"][0]["property"] == "concern"
    assert nothing["problem"]["code"] == "invalid"
    assert bad_key["problem"]["invalid-parameters"][0]["property"] == "idempotency_key"
    assert [one["index"] for one in body["results"]] == list(range(9))
    assert body["counts"] == {
        "total": 9, "accepted": 3, "replayed": 0, "quarantined": 1, "diverted": 1, "refused": 5,
        "unavailable": 0,
    }  # fmt: skip
    assert CANARY not in answer.text
    assert len([one for one in await intake.all("concerns") if "agency" in one]) == 3


async def test_an_item_and_a_single_report_of_the_same_key_are_one_concern(intake: Intake) -> None:
    single = await intake.report("k")
    [mine] = (await send(intake, item("k"))).json()["results"]
    [other] = (await send(intake, item("k", severity=3))).json()["results"]

    assert (mine["concern_id"], mine["replayed"]) == (single.json()["concern_id"], True)
    assert other["problem"]["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert len(await intake.all("concerns")) == 1


async def test_two_agencies_may_use_the_same_keys(intake: Intake) -> None:
    mine = await send(intake, item("k"))
    theirs = await send(intake, item("k", severity=3), agency="LIBRARIES")

    assert outcomes(mine) == outcomes(theirs) == ["ACCEPTED"]
    assert {one["agency"] for one in await intake.all("concerns")} == {"FIELD_WORKERS", "LIBRARIES"}


async def test_a_key_twice_with_the_same_content_is_one_concern(intake: Intake) -> None:
    answer = await send(intake, item("k"), item("other"), item("k"))

    first, _, third = answer.json()["results"]
    assert first["concern_id"] == third["concern_id"]
    assert (first["replayed"], third["replayed"]) == (False, True)
    assert len(await intake.all("concerns")) == 2


@pytest.mark.parametrize(
    "body",
    [
        [item("k")],
        {"items": item("k")},
        {"items": []},
        {"items": [item("a")], "surprise": 1},
        {"items": [item(str(n)) for n in range(1001)]},
        {"items": [item("k"), item("k", severity=3)]},
        {"items": [item("k"), item("k", severity="x")]},
        {"items": [item("k")], "dry_run": "yes"},
    ],
    ids=["a list", "no list", "empty", "more", "1001", "key twice", "key twice, bad", "no switch"],
)
async def test_a_broken_envelope_is_refused_whole(intake: Intake, body: object) -> None:
    answer = await intake.http.post(PATH, json=body, headers=intake.headers("FIELD_WORKERS"))

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert await intake.all("concerns") == []


async def test_up_to_five_mebibytes_are_read(intake: Intake) -> None:
    narrative = "Å" * 500
    items = [item(narrative=narrative) for _ in range(1000)]
    assert (await send(intake, *items, dry_run=True)).status_code == 200

    headers = intake.headers("FIELD_WORKERS") | {"content-type": "application/json"}
    large = await intake.http.post(PATH, content=b" " * (5 * 1024 * 1024 + 1), headers=headers)
    assert large.status_code == 413


async def test_only_those_who_may_report_may_send_many(intake: Intake) -> None:
    nobody = await intake.http.post(PATH, json={"items": [item()]})
    elsewhere = await send(intake, item(), agency="ELSEWHERE")

    assert (nobody.status_code, elsewhere.status_code) == (401, 403)


async def test_a_dry_run_answers_the_same_and_stores_and_publishes_nothing(intake: Intake) -> None:
    await intake.report("known")
    before = await _everything(intake)
    items = [
        item("known"),
        item("fresh"),
        item("held", narrative=f"Det var {CANARY}"),
        item("elsewhere", category="DIV.CRIME"),
        item("old", observed_from="2020-01-01T00:00:00Z"),
    ]
    tried = await send(intake, *items, dry_run=True)

    assert await _everything(intake) == before
    assert tried.json()["dry_run"] is True
    done = await send(intake, *items)
    assert tried.json()["results"] == done.json()["results"]
    assert tried.json()["counts"] == done.json()["counts"]


async def _everything(intake: Intake) -> dict[str, int]:
    found = {}
    for name in (intake.settings.database_name, intake.settings.keys_database_name):
        database = intake.mongo[name]
        for collection in await database.list_collection_names():
            if collection != "leases":
                found[collection] = await database[collection].count_documents({})
    return found


@pytest.mark.parametrize(
    "key",
    [
        "content:5b0f6f0e-5f0a-4f1e-9a58-0f6b3f1c2d4e",
        "KUN 2026/1234",
        "7b0c3f0e-5f0a-4f1e-9a58-0f6b3f1c2d4e",
    ],
)
async def test_a_reference_tells_nothing_of_its_key(intake: Intake, key: str) -> None:
    [sealed] = (await send(intake, item(key))).json()["results"]
    [again] = (await send(intake, item(key))).json()["results"]
    plain = await intake.report(key)

    assert (again["concern_id"], again["replayed"]) == (sealed["concern_id"], True)
    assert sealed["concern_id"] == plain.json()["concern_id"]
    assert sealed["concern_id"] != concern_id("FIELD_WORKERS", key)


@pytest.mark.parametrize("error", [Unavailable("AWAY"), WriteUncertain("WTimeout")])
async def test_what_could_not_be_stored_is_sent_again_and_stands_once(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, error: Unavailable
) -> None:
    inserted, calls = GroupCommit.insert, []

    async def away_from_the_third_on(group: GroupCommit, *documents: Json | None) -> None:
        calls.append(documents)
        if len(calls) > 2:
            raise error
        await inserted(group, *documents)

    items = [item(f"k{number}") for number in range(300)]
    with monkeypatch.context() as broken:
        broken.setattr(GroupCommit, "insert", away_from_the_third_on)
        partly = await send(intake, *items, item("bad", severity=9))
    again = await send(intake, *items)

    told = outcomes(partly)
    assert (told.count("ACCEPTED"), told.count("UNAVAILABLE"), told.count("REFUSED")) == (2, 298, 1)
    assert partly.headers["retry-after"]
    assert len(calls) <= 101, "once the store is away nobody else sets out"
    assert outcomes(again) == ["ACCEPTED"] * 300
    assert again.json()["counts"]["replayed"] == 2
    assert len(await intake.all("concerns")) == 300


async def test_503_only_when_none_was_taken(
    settings_of: Settings, mongo_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(_leases: Leases, _shard: str) -> None:
        """There is no lease to give back."""

    monkeypatch.setattr(Leases, "release", nothing)
    away = "mongodb://127.0.0.1:9/?replicaSet=nobody"
    settings = settings_of.model_copy(update={"mongo_url": away})
    async with running(settings, mongo_url) as intake:
        begun = time.monotonic()
        answer = await send(intake, *(item() for _ in range(500)), item(severity=9))
        waited = time.monotonic() - begun

    assert answer.status_code == 503
    assert waited < 30, "nobody waits for the others' waiting"
    assert answer.headers["retry-after"]


async def test_two_batches_of_the_same_items_at_once_store_them_once(intake: Intake) -> None:
    items = [item(f"k{number}", narrative="Sju lampor.") for number in range(100)]
    answers = await asyncio.gather(*(send(intake, *items) for _ in range(4)))

    told = [one for answer in answers for one in answer.json()["results"]]
    assert {one["outcome"] for one in told} == {"ACCEPTED"}
    assert sum(not one["replayed"] for one in told) == 100
    assert len(await intake.all("concerns")) == len(await intake.keys_of_vault()) == 100
