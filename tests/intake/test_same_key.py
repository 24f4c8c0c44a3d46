"""A thousand keys, each sent ten times at once: one concern each, whoever was first."""

import asyncio
from collections import Counter

import pytest

from tests.intake.conftest import Intake, concern

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

KEYS, TIMES, AT_ONCE = 1_000, 10, 20
PATH = "/intake/v1/concerns"


async def test_a_thousand_keys_sent_ten_times_at_once_are_a_thousand_concerns(
    intake: Intake,
) -> None:
    room = asyncio.Semaphore(AT_ONCE)

    async def ten_times(key: str) -> tuple[set[int], set[str], int]:
        async with room:
            answers = await asyncio.gather(
                *(intake.report(key, narrative=f"Lampa {key}.") for _ in range(TIMES))
            )
        first = sum("idempotent-replayed" not in answer.headers for answer in answers)
        statuses = {answer.status_code for answer in answers}
        return statuses, {answer.json()["concern_id"] for answer in answers}, first

    keys = [f"key-{number}" for number in range(KEYS)]
    done = await asyncio.gather(*(ten_times(key) for key in keys))

    assert [ids for _, ids, _ in done] == [{intake.concern_id(key)} for key in keys]
    assert Counter(first for _, _, first in done) == {1: KEYS}
    assert set().union(*(statuses for statuses, _, _ in done)) == {202}
    kept = await intake.all("concerns")
    assert len(kept) == len(await intake.keys_of_vault()) == KEYS
    assert all(len(one["outbox"]) == 1 for one in kept)


async def test_another_body_under_the_same_key_is_refused_whoever_was_first(
    intake: Intake,
) -> None:
    for number in range(50):
        answers = await asyncio.gather(
            *(intake.report(f"key-{number}", severity=severity) for severity in (0, 1, 2, 3))
        )
        told = Counter(answer.status_code for answer in answers)
        assert told == {202: 1, 422: 3}
        codes = {answer.json().get("code") for answer in answers} - {None}
        assert codes == {"IDEMPOTENCY_KEY_REUSED"}
    assert len(await intake.all("concerns")) == 50


async def test_the_same_keys_of_two_agencies_at_once_are_two_concerns_each(
    intake: Intake,
) -> None:
    answers = await asyncio.gather(
        *(
            intake.post(PATH, concern(severity=severity), agency=agency, key=f"key-{number}")
            for number in range(50)
            for agency, severity in (("FIELD_WORKERS", 1), ("LIBRARIES", 2))
        )
    )
    assert {answer.status_code for answer in answers} == {202}
    assert not any("idempotent-replayed" in answer.headers for answer in answers)
    assert len({answer.json()["concern_id"] for answer in answers}) == 100
    kept = Counter(one["agency"] for one in await intake.all("concerns"))
    assert kept == {"FIELD_WORKERS": 50, "LIBRARIES": 50}
