"""SSPF by API: what may be recorded, what never, and who attests."""

import asyncio
import json

import httpx
import pytest

from shared.contracts.ids import aggregate_id
from tests.intake.conftest import Intake, Json

pytestmark = pytest.mark.stack

OUTCOMES, ATTESTATIONS = "/intake/v1/sspf-outcomes", "/intake/v1/sspf-attestations"
SSPF = "DISTRICT_PREVENTION"


def outcome(**changes: object) -> Json:
    body: Json = {
        "month": "2026-05",
        "level": "GROUP",
        "band": "1-4",
        "functions": ["SCHOOL", "POLICE"],
        "themes": ["SCHOOL_ABSENCE"],
        "school_area": "SA-WEST",
        "no_personal_data": True,
    }
    return {name: value for name, value in (body | changes).items() if value is not None}


COUNT = {"level": "INDIVIDUAL_COUNT_ONLY", "themes": None, "school_area": None}


async def test_an_outcome_is_recorded_and_published_without_its_statement(intake: Intake) -> None:
    answer = await intake.post(OUTCOMES, outcome(), agency=SSPF, key="k")
    again = await intake.post(OUTCOMES, outcome(), agency=SSPF, key="k")
    other = await intake.post(OUTCOMES, outcome(band="5-9"), agency=SSPF, key="k")

    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert (again.status_code, again.json()) == (201, answer.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert other.json()["code"] == "IDEMPOTENCY_KEY_REUSED"
    [kept] = await intake.all("sspf_outcomes")
    told = json.loads(kept["outbox"][0]["data"])
    assert (told["term"], told["band"], told["school_area"]) == ("2026-VT", "1-4", "SA-WEST")
    assert "no_personal_data" not in told


async def test_who_guesses_a_key_cannot_tell_by_any_id(intake: Intake) -> None:
    key = "19900101-2385"
    term = {"term": "2026-VT", "unique_band": "5-9"}
    await intake.post(OUTCOMES, outcome(), agency=SSPF, key=key)
    await intake.post(ATTESTATIONS, term, agency=SSPF, key=key)
    kept = [await intake.all(each) for each in ("sspf_outcomes", "sspf_terms", "used_keys")]

    assert all(kept)
    assert key not in str(kept)
    for kind in ("sspf-outcome", "sspf-attestation"):
        assert aggregate_id(kind, SSPF, key) not in str(kept)


async def test_a_mere_count_holds_nothing_else(intake: Intake) -> None:
    answer = await intake.post(OUTCOMES, outcome(**COUNT), agency=SSPF)

    assert answer.status_code == 201
    [kept] = await intake.all("sspf_outcomes")
    assert set(kept["state"]) == {"level", "month", "term", "band", "functions"}


FIELDS = {
    "COUNT_ONLY": "level",
    "STATEMENT_MISSING": "no_personal_data",
    "MONTH_OUT_OF_RANGE": "month",
    "TERM_MISMATCH": "term",
    "DUE_MONTH_OUT_OF_RANGE": "commitments",
}


async def test_what_must_not_be_stored_is_refused_by_its_rule(intake: Intake) -> None:
    commitment = {"code": "EVENING_PRESENCE", "owner_function": "POLICE", "due_month": "2026-06"}
    cases: list[tuple[Json, str]] = [
        (COUNT | {"school_area": "SA-WEST"}, "COUNT_ONLY"),
        (COUNT | {"place_id": "PL-THOR"}, "COUNT_ONLY"),
        (COUNT | {"themes": ["SCHOOL_ABSENCE"]}, "COUNT_ONLY"),
        (COUNT | {"commitments": [commitment]}, "COUNT_ONLY"),
        ({"no_personal_data": False}, "STATEMENT_MISSING"),
        ({"name": "x"}, "NO_PERSONAL_DATA"),
        ({"personal_number": "x"}, "NO_PERSONAL_DATA"),
        ({"age": 14}, "NO_PERSONAL_DATA"),
        ({"notes": "x"}, "NO_PERSONAL_DATA"),
        ({"date": "2026-05-03"}, "NO_PERSONAL_DATA"),
        ({"Personal-Number": "x"}, "NO_PERSONAL_DATA"),
        ({"personalNumber": "x"}, "NO_PERSONAL_DATA"),
        ({"Namn": "x"}, "NO_PERSONAL_DATA"),
        ({"commitments": [commitment | {"note": "x"}]}, "NO_PERSONAL_DATA"),
        ({"commitments": [{"of": [{"first name": "x"}]}]}, "NO_PERSONAL_DATA"),
        ({"month": "2026-07"}, "MONTH_OUT_OF_RANGE"),
        ({"month": "2020-05"}, "MONTH_OUT_OF_RANGE"),
        ({"term": "2026-HT"}, "TERM_MISMATCH"),
        ({"themes": ["GOSSIP"]}, "UNKNOWN_CODE"),
        ({"functions": ["CIRCUS"]}, "UNKNOWN_CODE"),
        ({"school_area": "SA-NOWHERE"}, "UNKNOWN_CODE"),
        ({"commitments": [commitment | {"owner_function": "CIRCUS"}]}, "UNKNOWN_CODE"),
        ({"place_id": "PL-NOWHERE"}, "UNKNOWN_CODE"),
        ({"commitments": [commitment | {"due_month": "2026-04"}]}, "DUE_MONTH_OUT_OF_RANGE"),
    ]
    for change, rule in cases:
        answer = await intake.post(OUTCOMES, outcome(**change), agency=SSPF)
        assert (answer.status_code, answer.json()["code"]) == (422, f"SSPF.{rule}"), change
        [told] = answer.json()["invalid-parameters"]
        if rule == "UNKNOWN_CODE":
            assert told["property"] in change, change
        elif rule in FIELDS:
            assert told["property"] == FIELDS[rule], change
    assert await intake.all("sspf_outcomes") == []


async def test_fields_nobody_thought_of_are_refused_too(intake: Intake) -> None:
    answer = await intake.post(OUTCOMES, outcome(nickname="x"), agency=SSPF)

    assert answer.status_code == 422
    assert answer.json()["invalid-parameters"][0]["property"] == "nickname"


@pytest.mark.parametrize(
    "month",
    ["\uff12\uff10\uff12\uff16-05", "\u0662\u0660\u0662\u0666-05", "2026-0\uff15", "2026-5"],
)
async def test_a_month_is_written_with_ten_digits_and_nothing_else(
    intake: Intake, month: str
) -> None:
    answer = await intake.post(OUTCOMES, outcome(month=month), agency=SSPF)

    assert answer.status_code == 422
    assert answer.json()["invalid-parameters"][0]["property"] == "month"
    assert await intake.all("sspf_outcomes") == []


async def test_only_the_sspf_coordinator_records_and_attests(intake: Intake) -> None:
    term = {"term": "2026-VT", "unique_band": "5-9"}
    for agency in ("FIELD_WORKERS", "DISTRICT_COORD"):
        for path, body in ((OUTCOMES, outcome()), (ATTESTATIONS, term)):
            assert (await intake.post(path, body, agency=agency)).status_code == 403


async def test_a_later_attestation_follows_the_earlier_on_the_same_term(intake: Intake) -> None:
    term = {"term": "2026-VT", "unique_band": "1-4"}
    first = await intake.post(ATTESTATIONS, term, agency=SSPF, key="a")
    again = await intake.post(ATTESTATIONS, term, agency=SSPF, key="a")
    reused = await intake.post(ATTESTATIONS, term | {"unique_band": "0"}, agency=SSPF, key="a")
    later = await intake.post(ATTESTATIONS, term | {"unique_band": "5-9"}, agency=SSPF, key="b")

    assert [one.status_code for one in (first, again, reused, later)] == [201, 201, 422, 201]
    assert again.headers["idempotent-replayed"] == "true"
    assert first.json()["id"] == later.json()["id"]
    [kept] = await intake.all("sspf_terms")
    assert [entry["seq"] for entry in kept["outbox"]] == [1, 2]
    assert kept["state"]["unique_band"] == "5-9"


async def test_a_term_that_has_not_begun_is_refused(intake: Intake) -> None:
    body = {"term": "2026-HT", "unique_band": "5-9"}
    answer = await intake.post(ATTESTATIONS, body, agency=SSPF)

    assert answer.json()["code"] == "SSPF.TERM_NOT_BEGUN"
    assert answer.json()["invalid-parameters"][0]["property"] == "term"


@pytest.mark.parametrize("term", ["1990-VT", "2023-HT"])
async def test_a_term_that_the_form_does_not_offer_is_refused_by_the_api_too(
    intake: Intake, term: str
) -> None:
    answer = await intake.post(ATTESTATIONS, {"term": term, "unique_band": "5-9"}, agency=SSPF)

    assert (answer.status_code, answer.json()["code"]) == (422, "SSPF.TERM_TOO_OLD")
    assert answer.json()["invalid-parameters"][0]["property"] == "term"
    assert await intake.all("sspf_terms") == []


async def test_the_same_key_ten_times_at_once_is_one_outcome(intake: Intake) -> None:
    answers = await asyncio.gather(
        *(intake.post(OUTCOMES, outcome(), agency=SSPF, key="k") for _ in range(10))
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len(await intake.all("sspf_outcomes")) == 1


async def test_attestations_at_the_same_moment_follow_each_other(intake: Intake) -> None:
    term = {"term": "2026-VT", "unique_band": "5-9"}
    answers = await asyncio.gather(
        *(intake.post(ATTESTATIONS, term, agency=SSPF, key=str(n)) for n in range(4))
    )

    assert {answer.status_code for answer in answers} == {201}
    [kept] = await intake.all("sspf_terms")
    assert [entry["seq"] for entry in kept["outbox"]] == [1, 2, 3, 4]


async def test_a_repeated_attestation_is_known_however_many_came_after(intake: Intake) -> None:
    term = {"term": "2026-VT", "unique_band": "1-4"}
    first = await intake.post(ATTESTATIONS, term, agency=SSPF, key="first")
    for number in range(55):
        body = term | {"unique_band": "5-9"}
        await intake.post(ATTESTATIONS, body, agency=SSPF, key=f"later-{number}")
    again = await intake.post(ATTESTATIONS, term, agency=SSPF, key="first")

    assert again.headers["idempotent-replayed"] == "true"
    assert (again.json(), again.headers["etag"]) == (first.json(), '"1"')
    [kept] = await intake.all("sspf_terms")
    assert (kept["v"], kept["state"]["unique_band"]) == (56, "5-9")


async def withdraw(
    intake: Intake, one: str, *, reason: str = "REPLACED_BY_NEW", read: int | None = None
) -> httpx.Response:
    headers = intake.headers(SSPF) | ({"If-Match": f'"{read}"'} if read else {})
    return await intake.http.post(
        f"{OUTCOMES}/{one}/withdraw", json={"reason": reason}, headers=headers
    )


async def test_an_outcome_is_withdrawn_once_and_the_first_reason_stands(intake: Intake) -> None:
    one = (await intake.post(OUTCOMES, outcome(), agency=SSPF, key="k")).json()["id"]
    first = await withdraw(intake, one, read=1)
    again = await withdraw(intake, one, reason="SENT_TWICE", read=1)

    assert (first.status_code, first.json(), first.headers["etag"]) == (
        200,
        {"id": one, "version": 2},
        '"2"',
    )
    assert (again.json(), again.headers["idempotent-replayed"]) == (first.json(), "true")
    [kept] = await intake.all("sspf_outcomes")
    told = [(entry["type"].split(".")[-2], json.loads(entry["data"])) for entry in kept["outbox"]]
    assert told[1:] == [("SspfMeetingOutcomeWithdrawn", {"reason": "REPLACED_BY_NEW"})]
    [listed] = (await intake.get(OUTCOMES, agency=SSPF)).json()["items"]
    assert (listed["state"], listed["reason"]) == ("WITHDRAWN", "REPLACED_BY_NEW")


async def test_the_key_of_a_withdrawn_outcome_gives_its_first_answer(intake: Intake) -> None:
    first = await intake.post(OUTCOMES, outcome(), agency=SSPF, key="k")
    await withdraw(intake, first.json()["id"])
    again = await intake.post(OUTCOMES, outcome(), agency=SSPF, key="k")

    assert (again.json(), again.headers["idempotent-replayed"]) == (first.json(), "true")


async def test_a_withdrawal_for_an_older_version_is_stale(intake: Intake) -> None:
    one = (await intake.post(OUTCOMES, outcome(), agency=SSPF)).json()["id"]

    assert (await withdraw(intake, one, read=7)).status_code == 412
    assert len(await intake.all("sspf_outcomes")) == 1
    assert (await withdraw(intake, one, read=1)).status_code == 200


async def test_an_outcome_is_withdrawn_by_its_own_agency_alone(intake: Intake) -> None:
    one = (await intake.post(OUTCOMES, outcome(), agency=SSPF)).json()["id"]
    headers = intake.headers("FIELD_WORKERS")
    body = {"reason": "NOT_SO"}
    refused = await intake.http.post(f"{OUTCOMES}/{one}/withdraw", json=body, headers=headers)
    await intake.mongo[intake.settings.database_name]["sspf_outcomes"].update_one(
        {"_id": one}, {"$set": {"agency": "OTHERS"}}
    )

    assert refused.status_code == 403
    assert (await withdraw(intake, one)).status_code == 404
    assert (await intake.get(OUTCOMES, agency=SSPF)).json()["total"] == 0


async def test_own_outcomes_are_listed_with_what_was_recorded(intake: Intake) -> None:
    await intake.post(OUTCOMES, outcome(**COUNT), agency=SSPF)
    await intake.post(OUTCOMES, outcome(month="2026-04"), agency=SSPF)
    listed = (await intake.get(f"{OUTCOMES}?limit=1", agency=SSPF)).json()

    assert (len(listed["items"]), listed["total"]) == (1, 2)
    [one] = listed["items"]
    assert (one["state"], one["version"], one["outcome"]["term"]) == ("RECORDED", 1, "2026-VT")
    assert (await intake.get(OUTCOMES)).status_code == 403
