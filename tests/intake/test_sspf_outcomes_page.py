"""An agency's SSPF outcomes on its desk: what was recorded, and taking one of them back."""

import json
import re
from uuid import uuid4

import pytest

from services.intake.commands.sspf import Sspf
from services.intake.store.outcomes import OwnOutcomes
from shared.contracts.codes import Role
from shared.store.errors import Conflict, Unavailable
from tests.intake.conftest import Intake
from tests.intake.forms import problems_of
from tests.intake.people import signed_in
from tests.intake.test_desk import OUTCOME, librarian, sspf
from tests.intake.test_pages_in_outages import gone, kept

pytestmark = pytest.mark.stack

PATH = "/intake/sspf/outcomes"
SURE = {"version": 1, "reason": "REPLACED_BY_NEW", "sure": "yes"}


async def recorded(intake: Intake, **changes: object) -> str:
    """An outcome recorded by the form; its id."""
    done = await sspf(intake).send("/intake/sspf", **(OUTCOME | changes))
    assert done.status_code == 303, done.text
    return str(done.headers["location"]).rpartition("/")[2]


async def events(intake: Intake, outcome_id: str) -> list[tuple[str, object]]:
    [one] = [one for one in await intake.all("sspf_outcomes") if one["_id"] == outcome_id]
    return [(each["type"].split(".")[-2], json.loads(each["data"])) for each in one["outbox"]]


async def test_what_was_recorded_is_told_in_words_the_latest_first(intake: Intake) -> None:
    commitment = {"code_1": "EVENING_PRESENCE", "owner_function_1": "LEISURE"}
    group = await recorded(intake, **commitment, due_month_1="2026-08", place_id="PL-HORN")
    await intake.mongo[intake.settings.database_name]["sspf_outcomes"].update_one(
        {"_id": group}, [{"$set": {"recorded_at": {"$subtract": ["$recorded_at", 1000]}}}]
    )
    nothing = {"themes": [], "school_area": "", "month": "2026-04"}
    count = await recorded(intake, level="INDIVIDUAL_COUNT_ONLY", **nothing)

    page = (await sspf(intake).get(PATH)).text
    assert re.findall(r"/outcomes/([0-9a-f-]{36})/withdraw", page) == [count, group]
    for words in ("Maj 2026: En grupp", "Våren 2026", "1 till 4", "Hornsbergs strand"):
        assert words in page
    for words in ("April 2026: Enskilda: bara hur många", "senast augusti 2026"):
        assert words in page
    assert page.count('<strong class="tag tag-done">Registrerat <span lang="en"') == 2
    main = page[page.index("<main") : page.index("</main>")]
    assert not re.search(r"[A-Z]{3,}_[A-Z]", main), "a code stands where words should"
    assert 'lang="en"' in main
    assert "<script" not in main
    assert problems_of(page) == []


async def test_after_recording_one_is_led_to_the_list(intake: Intake) -> None:
    done = await sspf(intake).send("/intake/sspf", **OUTCOME)
    assert f'href="{PATH}"' in (await sspf(intake).get(done.headers["location"])).text
    assert f'href="{PATH}"' in (await sspf(intake).get("/intake/sspf")).text
    assert f'href="{PATH}"' in (await sspf(intake).get("/intake/")).text


async def test_an_empty_list_and_a_page_beyond_the_last_say_so(intake: Intake) -> None:
    assert "Ni har inte registrerat något" in (await sspf(intake).get(PATH)).text
    for month in ("2026-05", "2026-04", "2026-03"):
        await recorded(intake, month=month)
    first = (await sspf(intake).get(f"{PATH}?limit=2")).text
    assert "Sida 1 av 2" in first
    assert first.count("<article") == 2
    beyond = (await sspf(intake).get(f"{PATH}?page=9")).text
    assert "Ni har inte registrerat" not in beyond
    assert "Till första sidan" in beyond


async def test_an_outcome_is_taken_back_for_a_reason_by_who_is_sure(intake: Intake) -> None:
    one, owner = await recorded(intake), sspf(intake)
    path = f"{PATH}/{one}/withdraw"
    asked = (await owner.get(path)).text
    assert "Maj 2026: En grupp" in asked
    assert problems_of(asked) == []
    for fields, wrong in (
        ({}, {"reason", "sure"}),
        ({"reason": "SENT_TWICE"}, {"sure"}),
        ({"reason": "<script>", "sure": "yes"}, {"reason"}),
    ):
        answer = await owner.send(path, version=1, **fields)
        assert answer.status_code == 422
        assert set(re.findall(r'<li><a href="#(\w+)"', answer.text)) == wrong
        assert 'id="error-summary" autofocus' in answer.text
        assert "Välj skälet" in answer.text or "Kryssa för" in answer.text
        assert "<script>" not in answer.text
        assert problems_of(answer.text) == []
    assert len(await events(intake, one)) == 1

    done = await owner.send(path, **SURE)
    assert (done.status_code, done.headers["location"]) == (303, f"{PATH}?done=withdraw")
    [_, told] = await events(intake, one)
    assert told == ("SspfMeetingOutcomeWithdrawn", {"reason": "REPLACED_BY_NEW"})
    page = (await owner.get(done.headers["location"])).text
    assert "Utfallet är återtaget och räknas inte längre." in page
    assert "Återtaget" in page
    assert "Ett nytt utfall ersätter det" in page
    assert f"/{one}/withdraw" not in page


async def test_who_takes_it_back_a_second_time_is_told_so_kindly(intake: Intake) -> None:
    one, owner = await recorded(intake), sspf(intake)
    path = f"{PATH}/{one}/withdraw"
    await owner.send(path, **SURE)
    again = await owner.send(path, **(SURE | {"reason": "SENT_TWICE"}))
    asked = await owner.get(path)
    unsure = await owner.send(path, version=1)

    assert (again.status_code, again.headers["location"]) == (303, f"{PATH}?done=before")
    assert "redan återtaget" in (await owner.get(again.headers["location"])).text
    assert (asked.status_code, unsure.status_code) == (409, 409)
    assert "Utfallet är redan återtaget" in asked.text
    assert "Utfallet är redan återtaget" in unsure.text
    assert f'href="{PATH}"' in asked.text
    names = [name for name, _ in await events(intake, one)]
    assert names == ["SspfMeetingOutcomeRecorded", "SspfMeetingOutcomeWithdrawn"]
    [stored] = await intake.all("sspf_outcomes")
    assert stored["state"]["withdrawn"] == "REPLACED_BY_NEW"


async def test_a_form_of_another_version_or_of_none_changes_nothing(intake: Intake) -> None:
    one, owner = await recorded(intake), sspf(intake)
    path = f"{PATH}/{one}/withdraw"
    stale = await owner.send(path, **(SURE | {"version": 7}))
    unsaid = await owner.send(path, reason="SENT_TWICE", sure="yes")

    assert (stale.status_code, unsaid.status_code) == (412, 400)
    assert f'href="{PATH}"' in stale.text
    assert len(await events(intake, one)) == 1


async def test_anothers_outcome_does_not_exist(intake: Intake) -> None:
    one = await recorded(intake)
    other = signed_in(intake, "EDUCATION", Role.SSPF_COORDINATOR)
    for outcome_id in (one, str(uuid4())):
        path = f"{PATH}/{outcome_id}/withdraw"
        assert (await other.get(path)).status_code == 404
        assert (await other.send(path, **SURE)).status_code == 404
    assert one not in (await other.get(PATH)).text
    assert len(await events(intake, one)) == 1


async def test_only_who_may_record_sees_and_takes_back(intake: Intake) -> None:
    one = await recorded(intake)
    path = f"{PATH}/{one}/withdraw"
    others = (
        librarian(intake),
        signed_in(intake, "DISTRICT_PREVENTION", Role.COORDINATOR),
        signed_in(intake, "DISTRICT_PREVENTION", Role.SSPF_COORDINATOR, "SODERMALM"),
    )
    for person in others:
        assert (await person.get(PATH)).status_code == 403
        assert (await person.get(path)).status_code == 403
        assert (await person.send(path, **SURE)).status_code == 403
    nobody = await intake.http.get(path, headers={"Accept": "text/html"})
    assert nobody.headers["location"] == f"/coordination/sign-in?next={path}"
    stray = await sspf(intake).send(path, csrf="wrong", **SURE)
    assert stray.status_code == 403
    assert len(await events(intake, one)) == 1
    assert PATH not in (await librarian(intake).get("/intake/")).text


@pytest.mark.parametrize(
    ("where", "what", "error"),
    [
        (Sspf, "withdraw", Unavailable("AWAY")),
        (Sspf, "withdraw", Conflict("BUSY")),
        (OwnOutcomes, "one", Unavailable("AWAY")),
    ],
)
async def test_what_was_chosen_stands_while_the_store_is_away(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, where: type, what: str, error: Exception
) -> None:
    one = await recorded(intake)
    monkeypatch.setattr(where, what, gone(error))
    answer = await sspf(intake).send(f"{PATH}/{one}/withdraw", **SURE)
    kept(answer)
    assert 'value="REPLACED_BY_NEW" checked' in answer.text
    assert 'name="version" value="1"' in answer.text
