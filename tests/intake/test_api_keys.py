"""Keys an agency makes for its systems: shown once, expire, are revoked, and make no keys."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.intake.commands.audit import AuditTrail
from services.intake.store.api_keys import ApiKeys
from shared.contracts.codes import Role
from shared.security.keys import digest
from shared.store.errors import Unavailable
from tests.intake.conftest import DISTRICT, NOW, Intake, concern, running
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


async def test_an_order_whose_line_could_not_be_written_may_be_sent_again(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = signed_in(intake, "LIBRARIES", Role.ACTION_OWNER)
    again = {"Idempotency-Key": str(uuid4())}
    with monkeypatch.context() as broken:
        broken.setattr(AuditTrail, "note", away)
        assert (await owner.post(PATH, ORDER, **again)).status_code == 503
    assert await intake.all("api_keys") == []
    second = await owner.post(PATH, ORDER, **again)
    assert second.status_code == 201
    assert await reports_with(intake, second.json()["key"]) == 202


async def test_an_order_broken_off_is_never_said_to_have_made_nothing(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = signed_in(intake, "LIBRARIES", Role.ACTION_OWNER)
    again = {"Idempotency-Key": str(uuid4())}
    with monkeypatch.context() as broken:
        broken.setattr(ApiKeys, "add", away)
        assert (await owner.post(PATH, ORDER, **again)).status_code == 503
    second = await owner.post(PATH, ORDER, **again)
    assert second.status_code == 409
    assert "står den där, spärra den" in second.text
    assert await intake.all("api_keys") == []
    assert (await owner.post(PATH, ORDER)).status_code == 201


async def test_a_key_that_stands_is_shown_though_it_is_not_yet_known_here(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = signed_in(intake, "LIBRARIES", Role.ACTION_OWNER)
    with monkeypatch.context() as broken:
        broken.setattr(ApiKeys, "in_force", away)
        made = await new_key(owner)
    assert [one["_id"] for one in await intake.all("api_keys")] == [digest(made["key"])]


async def away(*_: object) -> None:
    raise Unavailable("AWAY")


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


HELD = "Mannen 19900101-2385 står vid trappan."


async def with_key(intake: Intake, key: str, path: str, body: Any = None) -> httpx.Response:  # noqa: ANN401 - JSON
    headers = {"Authorization": f"Bearer {key}", "X-Samlad-Now": NOW.isoformat()}
    headers["Idempotency-Key"] = str(uuid4())
    return await intake.http.post(path, json=body, headers=headers)


@pytest.mark.parametrize("narrative", ["Tre lampor.", HELD])
async def test_a_key_made_by_somebody_outside_the_agency_reads_no_text_of_it(
    intake: Intake, narrative: str
) -> None:
    """The coordinator reads what passed, in their own name; a held text at the desk alone."""
    made = await new_key(signed_in(intake, "DISTRICT_COORD", Role.COORDINATOR), agency="LIBRARIES")
    sent = await intake.post(
        "/intake/v1/concerns", concern(narrative=narrative), agency="LIBRARIES"
    )
    one = sent.json()["concern_id"]
    purpose = {"purpose": "OWN_FOLLOW_UP"}
    path = f"/intake/v1/concerns/{one}/narrative-readings"
    refused = await with_key(intake, made["key"], path, purpose)
    bearer = {"Authorization": f"Bearer {made['key']}"}
    pages = [await intake.http.get(f"/intake/concerns/{one}/narrative", headers=bearer)]
    form = f"/intake/concerns/{one}/narrative"
    pages.append(await intake.http.post(form, data=purpose, headers=bearer))

    assert (refused.status_code, refused.json()["code"]) == (403, "KEYS.NO_TEXTS")
    assert [page.status_code for page in pages] == [403, 403]
    assert await reports_with(intake, made["key"]) == 202
    assert made["about"]["reads_texts"] is False
    assert [line["act"] for line in await intake.all("audit")] == ["KEY_ISSUED"]

    own = await new_key(signed_in(intake, "LIBRARIES", Role.ACTION_OWNER))
    assert own["about"]["reads_texts"] is True
    assert (await with_key(intake, own["key"], path, purpose)).json()["narrative"] == narrative


async def test_nor_does_it_after_a_restart(intake: Intake, mongo_url: str) -> None:
    made = await new_key(signed_in(intake, "DISTRICT_COORD", Role.COORDINATOR), agency="LIBRARIES")
    sent = await intake.post("/intake/v1/concerns", concern(narrative=HELD), agency="LIBRARIES")
    path = f"/intake/v1/concerns/{sent.json()['concern_id']}/narrative-readings"
    file = intake.settings.keys_file.with_name("keys-2.json")
    async with running(intake.settings.model_copy(update={"keys_file": file}), mongo_url) as other:

        async def known_there() -> bool:
            return await reports_with(other, made["key"]) == 202

        await eventually(known_there, within=10)
        refused = await with_key(other, made["key"], path, {"purpose": "OWN_FOLLOW_UP"})
        assert refused.json()["code"] == "KEYS.NO_TEXTS"


async def test_a_key_reads_no_more_than_its_maker_may(intake: Intake) -> None:
    """An operator reads no texts, of the own agency neither."""
    made = await new_key(signed_in(intake, "LIBRARIES", Role.OPERATOR))
    sent = await intake.post("/intake/v1/concerns", concern(narrative=HELD), agency="LIBRARIES")
    path = f"/intake/v1/concerns/{sent.json()['concern_id']}/narrative-readings"
    refused = await with_key(intake, made["key"], path, {"purpose": "OWN_FOLLOW_UP"})
    assert (refused.status_code, refused.json()["code"]) == (403, "KEYS.NO_TEXTS")


OPEN311 = "/intake/open311/v2/requests"
POSTED = {
    "service_code": "ENV.LIGHTING",
    "lat": "59.340512",
    "long": "18.007804",
    "description": "KANARIEFAGEL i lampan.",
}
HELD_POST = {"description": f"KANARIEFAGEL. {HELD}"}
OTHER = {"lat": "59.340513"}


@dataclass(frozen=True, slots=True)
class Posted:
    """A request that was posted with a key the coordinator made for the libraries."""

    intake: Intake
    by: str
    number: str

    @classmethod
    async def post(cls, intake: Intake, **changes: str) -> "Posted":
        coordinator = signed_in(intake, "DISTRICT_COORD", Role.COORDINATOR)
        key = (await new_key(coordinator, agency="LIBRARIES"))["key"]
        return cls(intake, key, await cls.again(intake, key, **changes))

    @staticmethod
    async def again(intake: Intake, key: str, **changes: str) -> str:
        form = POSTED | changes | {"api_key": key}
        sent = await intake.http.post(f"{OPEN311}.json", data=form)
        assert sent.status_code == 201, sent.text
        number: str = sent.json()[0]["service_request_id"]
        return number

    async def read(self, key: str) -> dict[str, Any]:
        bearer = {"Authorization": f"Bearer {key}"}
        one = await self.intake.http.get(f"{OPEN311}/{self.number}.json", headers=bearer)
        several = await self.intake.http.get(f"{OPEN311}.json", headers=bearer)
        assert several.json() == one.json()
        (read,) = one.json()
        return dict(read)

    async def decided(self, agency: str, way: str, body: object) -> None:
        headers = self.intake.headers(agency)
        done = await self.intake.http.post(
            f"/intake/v1/{way.format(self.number)}", json=body, headers=headers
        )
        assert done.is_success, done.text


async def lines_of_readings(intake: Intake) -> list[tuple[str, str]]:
    found = await intake.all("audit")
    return [(one["subject"], one["purpose"]) for one in found if one["act"] == "NARRATIVE_READ"]


async def test_open311_gives_such_a_key_back_what_was_posted_with_it(intake: Intake) -> None:
    posted = await Posted.post(intake)
    assert await lines_of_readings(intake) == []
    read = await posted.read(posted.by)

    assert read["description"] == POSTED["description"]
    assert (read["lat"], read["long"]) == (59.340512, 18.007804)
    assert await lines_of_readings(intake) == [(posted.number, "OPEN311_READ_BACK")] * 2
    [kept] = await intake.all("concerns")
    assert kept["posted_by"] == digest(posted.by)[:12]
    assert posted.by not in str(kept)


async def test_open311_gives_another_such_key_no_words(intake: Intake) -> None:
    posted = await Posted.post(intake)
    coordinator = signed_in(intake, "DISTRICT_COORD", Role.COORDINATOR)
    other = (await new_key(coordinator, agency="LIBRARIES"))["key"]
    assert await Posted.again(intake, other) == posted.number  # nor by posting the same
    read = await posted.read(other)
    assert (read["status"], read["description"]) == ("open", None)
    assert (read["lat"], read["address_id"]) == (59.3405, "PL-HORN")
    assert await lines_of_readings(intake) == []

    own = (await new_key(signed_in(intake, "LIBRARIES", Role.ACTION_OWNER)))["key"]
    assert (await posted.read(own))["description"] == POSTED["description"]


async def test_open311_gives_such_a_key_nothing_it_did_not_post(intake: Intake) -> None:
    """Not what its agency wrote later, nor what the desk did, nor what waits for a person."""
    corrected = concern(narrative="KANARIEFAGEL i skrivbordet.")
    after = [
        ("LIBRARIES", "concerns/{}/correct", corrected, {}),
        ("DISTRICT_COORD", "quarantine/{}/redact", {"narrative": "KANARIEFAGEL"}, HELD_POST),
        ("DISTRICT_COORD", "quarantine/{}/reject", {"reason": "ABOUT_A_PERSON"}, HELD_POST | OTHER),
    ]
    for agency, way, body, changes in after:
        posted = await Posted.post(intake, **changes)
        await posted.decided(agency, way, body)
        bearer = {"Authorization": f"Bearer {posted.by}"}
        one = f"{OPEN311}/{posted.number}.json"
        read = await intake.http.get(one, headers=bearer)
        assert (read.status_code, read.json()[0]["description"]) == (200, None)
        assert "KANARIE" not in read.text
    assert await lines_of_readings(intake) == []


async def test_a_request_from_before_keys_were_told_apart_keeps_the_rule_of_then(
    intake: Intake,
) -> None:
    posted = await Posted.post(intake)
    concerns = intake.mongo[intake.settings.database_name]["concerns"]
    await concerns.update_many({}, {"$unset": {"posted_by": ""}})
    assert (await posted.read(posted.by))["description"] is None
    own = (await new_key(signed_in(intake, "LIBRARIES", Role.ACTION_OWNER)))["key"]
    assert (await posted.read(own))["description"] == POSTED["description"]


async def test_for_others_the_coordinator_makes_only_keys_that_report(intake: Intake) -> None:
    """With the role of its maker, in another agency's name, it would read everybody's."""
    coordinator = signed_in(intake, "DISTRICT_COORD", Role.COORDINATOR)
    refused = await coordinator.post(PATH, ORDER | {"agency": "PORT", "role": "COORDINATOR"})
    assert refused.status_code == 422
    assert "KEYS.ROLE_TOO_WIDE" in refused.text
    assert (await new_key(coordinator, role="COORDINATOR"))["about"]["role"] == "COORDINATOR"


@pytest.mark.parametrize(
    "other", [{"label": "annat"}, {"days": 31}, {"kind": "live"}, {"agency": "PORT"}]
)
async def test_another_order_under_the_same_idempotency_key_is_refused(
    intake: Intake, other: dict[str, Any]
) -> None:
    coordinator = signed_in(intake, "DISTRICT_COORD", Role.COORDINATOR)
    again = {"Idempotency-Key": str(uuid4())}
    await coordinator.post(PATH, ORDER, **again)
    refused = await coordinator.post(PATH, ORDER | other, **again)
    assert (refused.status_code, refused.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert len(await intake.all("api_keys")) == 1


async def test_a_repeated_order_is_answered_also_where_there_are_as_many_keys_as_may_be(
    intake: Intake,
) -> None:
    owner = signed_in(intake, "LIBRARIES", Role.ACTION_OWNER)
    again = {"Idempotency-Key": str(uuid4())}
    first = await owner.post(PATH, ORDER, **again)
    await many_keys(intake, 49, revoked=False)
    second = await owner.post(PATH, ORDER, **again)
    third = await owner.post(PATH, ORDER)
    assert second.json()["about"] == first.json()["about"]
    assert "KEYS.TOO_MANY" in third.text


async def many_keys(intake: Intake, number: int, *, revoked: bool) -> None:
    """Older keys of the libraries', straight into the collection."""
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    row = {"kind": "test", "agency": "LIBRARIES", "role": "REPORTER", "district": DISTRICT.code}
    row |= {"label": "old", "issued": moment}  # type: ignore[dict-item]
    ends = {"expires": datetime(2099, 1, 1, tzinfo=UTC)} | ({"revoked": moment} if revoked else {})
    rows = [row | ends | {"_id": digest(f"{revoked}{n}")} for n in range(number)]
    await intake.mongo[intake.settings.database_name]["api_keys"].insert_many(rows)


async def test_every_key_is_listed_and_can_be_revoked_however_many_there_are(
    intake: Intake,
) -> None:
    owner = signed_in(intake, "LIBRARIES", Role.ACTION_OWNER)
    await many_keys(intake, 1, revoked=False)
    await many_keys(intake, 620, revoked=True)
    found: list[str] = []
    for number in range(1, 5):
        page = (await owner.get(f"{PATH}?limit=200&page={number}")).json()
        assert page["total"] == 621
        found += [one["fingerprint"] for one in page["items"]]
    assert len(set(found)) == len(found) == 621
    ended = await owner.post(f"{PATH}/{digest('False0')[:12]}/revoke")
    assert (ended.status_code, ended.json()["in_force"]) == (200, False)

    first, last = await owner.get("/intake/keys"), await owner.get("/intake/keys?page=32")
    assert 'href="/intake/keys?' in first.text
    assert last.text.count('class="card"') == 1


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
