"""Intake when what it stands on is away: it says so, and the same key may be sent again."""

import pytest

from services.intake.settings import Settings
from shared.store.errors import Unavailable, WriteUncertain
from shared.store.group_commit import GroupCommit
from shared.store.leases import Leases
from tests.intake.conftest import Intake, Json, concern, running

pytestmark = pytest.mark.stack

AWAY = "mongodb://127.0.0.1:9/?replicaSet=nobody"


async def test_without_mongodb_intake_starts_and_answers_503(
    settings_of: Settings, mongo_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Leases, "release", _nothing)  # there is no lease to give back
    settings = settings_of.model_copy(update={"mongo_url": AWAY})
    async with running(settings, mongo_url) as intake:
        answer = await intake.post("/intake/v1/concerns", concern())
        ready = await intake.http.get("/intake/health/ready")

    assert answer.status_code == ready.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.headers["content-type"] == "application/problem+json"


async def _nothing(_leases: Leases, _shard: str) -> None:
    """Do nothing."""


@pytest.mark.parametrize("error", [WriteUncertain("WTimeout"), Unavailable("AWAY")])
async def test_a_write_that_may_not_stand_is_503_and_repeatable(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, error: Unavailable
) -> None:
    inserted = GroupCommit.insert

    async def stored_but_unknown(group: GroupCommit, *documents: Json | None) -> None:
        await inserted(group, *documents)
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(GroupCommit, "insert", stored_but_unknown)
        first = await intake.report("k")
    again = await intake.report("k")

    assert (first.status_code, again.status_code) == (503, 202)
    assert first.headers["retry-after"]
    assert len(await intake.all("concerns")) == 1


async def test_the_form_keeps_what_was_filled_in(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_group: GroupCommit, *_documents: Json | None) -> None:
        raise Unavailable("AWAY")

    monkeypatch.setattr(GroupCommit, "insert", away)
    form = {"category": "ENV.LITTER", "place_id": "PL-HORN", "place_type": "OUTDOOR"}
    form |= {"date": "2026-06-05", "hour": "22", "certainty": "SEEN", "recurrence": "FIRST"}
    form |= {"severity": "1", "narrative": "Fullt med burkar."}
    page = await intake.http.post(
        "/intake/report", data=form, headers={"X-Samlad-Now": "2026-06-05T21:40:00Z"}
    )

    assert page.status_code == 503
    assert page.headers["retry-after"]
    assert "Fullt med burkar." in page.text
    assert "Allt du fyllt i står kvar" in page.text
