"""Keys an agency makes for its systems: shown once, expire, are revoked, and make no keys."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from shared.contracts.codes import Role
from shared.security.keys import digest
from tests.intake.conftest import NOW, Intake, concern, running
from tests.intake.people import Person, signed_in
from tests.support.waiting import eventually

pytestmark = pytest.mark.stack

PATH = "/intake/v1/keys"
ORDER: dict[str, Any] = {"kind": "test", "days": 30, "label": "felanmalan"}


async def new_key(person: Person, **changes: object) -> dict[str, Any]:
    made = await person.post(PATH, ORDER | changes)
    assert made.status_code == 201, made.text
    body: dict[str, Any] = made.json()
    return body


async def reports_with(intake: Intake, key: str) -> int:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": str(uuid4())}
    headers["X-Samlad-Now"] = NOW.isoformat()
    sent = await intake.http.post("/intake/v1/concerns", json=concern(), headers=headers)
    return sent.status_code


async def test_a_new_key_works_at_once_and_is_kept_only_as_a_hash(intake: Intake) -> None:
    owner = signed_in(intake, "LIBRARIES", Role.ACTION_OWNER)
    made = await new_key(owner)
    key = made["key"]
    assert key.startswith("sml_test_")
    assert await reports_with(intake, key) == 202

    kept = await intake.all("api_keys")
    assert [one["_id"] for one in kept] == [digest(key)]
    assert key not in str(kept)
    listed = (await owner.get(PATH)).json()["items"]
    assert [one["fingerprint"] for one in listed] == [digest(key)[:12]]
    assert key not in str(listed)
    assert listed[0]["in_force"] is True
    expires = datetime.fromisoformat(listed[0]["expires"])
    assert timedelta(days=29) < expires - datetime.now(UTC) <= timedelta(days=30)


async def test_its_reports_belong_to_its_agency(intake: Intake) -> None:
    made = await new_key(signed_in(intake, "LIBRARIES", Role.ACTION_OWNER))
    assert await reports_with(intake, made["key"]) == 202
    assert (await intake.get("/intake/v1/concerns", agency="LIBRARIES")).json()["total"] == 1
    assert (await intake.get("/intake/v1/concerns")).json()["total"] == 0


async def test_a_repeated_order_makes_no_second_key_and_shows_none(intake: Intake) -> None:
    owner = signed_in(intake, "LIBRARIES", Role.ACTION_OWNER)
    again = {"Idempotency-Key": str(uuid4())}
    first = await owner.post(PATH, ORDER, **again)
    second = await owner.post(PATH, ORDER, **again)
    assert second.status_code == 201
    assert second.headers["idempotent-replayed"] == "true"
    assert second.json()["key"] is None
    assert second.json()["about"]["fingerprint"] == first.json()["about"]["fingerprint"]
    assert len(await intake.all("api_keys")) == 1


async def test_a_revoked_key_opens_nothing_and_revoking_again_is_harmless(intake: Intake) -> None:
    owner = signed_in(intake, "LIBRARIES", Role.ACTION_OWNER)
    made = await new_key(owner)
    path = f"{PATH}/{made['about']['fingerprint']}/revoke"
    ended = await owner.post(path)
    assert ended.status_code == 200
    assert ended.json()["in_force"] is False
    assert await reports_with(intake, made["key"]) == 401
    assert (await owner.post(path)).json()["revoked"] == ended.json()["revoked"]


async def test_others_keys_are_not_seen_and_not_revoked(intake: Intake) -> None:
    made = await new_key(signed_in(intake, "LIBRARIES", Role.ACTION_OWNER))
    stranger = signed_in(intake, "FIELD_WORKERS", Role.ACTION_OWNER)
    assert (await stranger.get(PATH)).json()["total"] == 0
    ended = await stranger.post(f"{PATH}/{made['about']['fingerprint']}/revoke")
    unknown = await stranger.post(f"{PATH}/{'0' * 12}/revoke")
    assert (ended.status_code, unknown.status_code) == (404, 404)
    assert await reports_with(intake, made["key"]) == 202
    coordinator = signed_in(intake, "DISTRICT_COORD", Role.COORDINATOR)
    assert (await coordinator.get(PATH)).json()["total"] == 1


async def test_no_key_makes_keys_and_no_reporter_does(intake: Intake) -> None:
    by_key = await intake.post(PATH, ORDER, agency="DISTRICT_COORD")
    assert (by_key.status_code, by_key.json()["type"].rsplit("/", 1)[-1]) == (403, "sign-in-needed")
    reporter = signed_in(intake, "LIBRARIES", Role.REPORTER)
    assert (await reporter.post(PATH, ORDER)).status_code == 403
    assert await intake.all("api_keys") == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"agency": "FIELD_WORKERS"}, "KEYS.OTHERS_KEYS"),
        ({"role": "COORDINATOR"}, "KEYS.ROLE_TOO_WIDE"),
        ({"role": "SSPF_COORDINATOR"}, "KEYS.ROLE_TOO_WIDE"),
    ],
)
async def test_a_key_may_not_do_more_than_its_maker(
    intake: Intake, changes: dict[str, str], code: str
) -> None:
    owner = signed_in(intake, "LIBRARIES", Role.ACTION_OWNER)
    refused = await owner.post(PATH, ORDER | changes)
    assert refused.status_code == 422
    assert code in refused.text
    assert await intake.all("api_keys") == []


async def test_the_coordinator_makes_keys_for_others(intake: Intake) -> None:
    coordinator = signed_in(intake, "DISTRICT_COORD", Role.COORDINATOR)
    made = await new_key(coordinator, agency="PORT")
    assert made["about"]["agency"] == "PORT"
    unknown = await coordinator.post(PATH, ORDER | {"agency": "NOBODY"})
    assert "KEYS.UNKNOWN_AGENCY" in unknown.text


async def test_nobody_makes_a_key_that_reads_what_residents_wrote(intake: Intake) -> None:
    coordinator = signed_in(intake, "DISTRICT_COORD", Role.COORDINATOR)
    refused = await coordinator.post(PATH, ORDER | {"agency": "RESIDENTS"})
    assert refused.status_code == 422
    assert "KEYS.THE_PUBLIC" in refused.text
    assert await intake.all("api_keys") == []


async def test_an_operator_sees_keys_and_makes_none_for_agencies(intake: Intake) -> None:
    made = await new_key(signed_in(intake, "LIBRARIES", Role.ACTION_OWNER))
    operator = signed_in(intake, "DISTRICT_COORD", Role.OPERATOR)
    refused = await operator.post(PATH, ORDER | {"agency": "LIBRARIES"})
    assert "KEYS.OTHERS_KEYS" in refused.text
    ended = await operator.post(f"{PATH}/{made['about']['fingerprint']}/revoke")
    assert ended.json()["in_force"] is False


async def test_every_making_and_revoking_leaves_a_line(intake: Intake) -> None:
    owner = signed_in(intake, "LIBRARIES", Role.ACTION_OWNER)
    made = await new_key(owner)
    fingerprint = made["about"]["fingerprint"]
    await owner.post(f"{PATH}/{fingerprint}/revoke")
    lines = str(await intake.all("audit"))
    assert "KEY_ISSUED" in lines
    assert "KEY_REVOKED" in lines
    assert f"KEY.{fingerprint.upper()}" in lines
    assert made["key"] not in lines


async def test_a_key_made_in_one_process_is_known_and_used_in_another(
    intake: Intake, mongo_url: str
) -> None:
    owner = signed_in(intake, "LIBRARIES", Role.ACTION_OWNER)
    made = await new_key(owner)
    file = intake.settings.keys_file.with_name("keys-2.json")
    async with running(intake.settings.model_copy(update={"keys_file": file}), mongo_url) as other:

        async def known_there() -> bool:
            return await reports_with(other, made["key"]) == 202

        await eventually(known_there, within=10)

        async def used() -> bool:
            return (await owner.get(PATH)).json()["items"][0].get("last_used") is not None

        await eventually(used, within=10)
        await owner.post(f"{PATH}/{made['about']['fingerprint']}/revoke")

        async def ended_there() -> bool:
            return await reports_with(other, made["key"]) == 401

        await eventually(ended_there, within=10)
