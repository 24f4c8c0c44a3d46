"""The pages: who sees them, what they tell, and that they need nothing but HTML."""

import re
from datetime import timedelta

import httpx
import pytest

from services.coordination.settings import Settings
from tests.coordination.desk import COORDINATOR, PARKS, Desk, running
from tests.coordination.test_thread import given, prioritised

pytestmark = pytest.mark.stack

SIGN_IN = "/coordination/sign-in"
HTML = {"accept": "text/html"}


async def sign_in(desk: Desk, part: str = "DISTRICT_COORD:COORDINATOR") -> httpx.Response:
    answer = await desk.http.post(SIGN_IN, data={"part": part})
    assert answer.status_code == 303, answer.text
    return answer


async def page(desk: Desk, path: str) -> str:
    answer = await desk.http.get(path, headers={**HTML, "X-Samlad-Now": desk.now.isoformat()})
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_nobody_is_led_to_the_sign_in_and_back(desk: Desk) -> None:
    led = await desk.http.get("/coordination/", headers=HTML)
    assert (led.status_code, led.headers["location"]) == (303, f"{SIGN_IN}?next=/coordination/")
    assert "Vem vill du vara?" in await page(desk, led.headers["location"])
    fragment = await desk.http.get("/coordination/fragments/board")
    assert fragment.status_code == 401
    wanted = {"part": "POLICE_NORRMALM:COMMUNITY_POLICE", "next": "/coordination/problems/x"}
    there = await desk.http.post(SIGN_IN, data=wanted)
    assert there.headers["location"] == "/coordination/problems/x"


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/coordination/\\evil", "/reporting/"]
)
async def test_the_sign_in_leads_nowhere_else(desk: Desk, wanted: str) -> None:
    parts = {"part": "DISTRICT_COORD:COORDINATOR", "next": wanted}
    answer = await desk.http.post(SIGN_IN, data=parts)
    assert answer.headers["location"] == "/coordination/"


async def test_a_role_must_be_chosen(desk: Desk) -> None:
    for part in ("", "DISTRICT_COORD:OPERATOR"):
        answer = await desk.http.post(SIGN_IN, data={"part": part})
        assert answer.status_code == 422
        assert "Välj en roll" in answer.text


async def test_only_the_desk_sees_the_board(desk: Desk) -> None:
    started = await sign_in(desk, "FIELD_WORKERS:REPORTER")
    assert started.headers["location"] == "/intake/"
    assert (await desk.http.get("/coordination/", headers=HTML)).status_code == 403
    owner = await desk.http.get("/coordination/", headers=desk.headers(PARKS))
    assert owner.status_code == 403


async def test_signing_out_needs_the_forms_token(desk: Desk) -> None:
    await sign_in(desk)
    forged = await desk.http.post("/coordination/sign-out", data={"csrf": "guess"})
    assert forged.status_code == 403
    shown = await page(desk, "/coordination/")
    token = re.search(r'name="csrf" value="([^"]+)"', shown)
    assert token
    left = await desk.http.post("/coordination/sign-out", data={"csrf": token[1]})
    assert left.status_code == 303
    assert (await desk.http.get("/coordination/", headers=HTML)).status_code == 303


async def test_the_board_tells_what_waits_and_what_to_do(desk: Desk) -> None:
    await sign_in(desk)
    empty = await page(desk, "/coordination/")
    assert "Inget väntar." in empty
    problem, _ = await prioritised(desk)
    await desk.comes_in()
    await desk.comes_in(category="ENV.SHARPS")
    spurned = await given(desk, problem, owner="TRAFFIC_OFFICE")
    why = {"reason": "NO_RESOURCES", "suggested_owner": "PORT"}
    await desk.done(f"assignments/{spurned}/decline", why)
    silent = await given(desk, problem, measure="TOILETS")
    done = await given(desk, problem, measure="CLEANING")
    for command in ("accept", "complete"):
        await desk.done(f"assignments/{done}/{command}")
    outside = await desk.comes_in(category="TRF.ESCOOTER")
    await desk.done(f"triage/{outside}/out-of-scope", {"reason": "FAULT_REPORT"})
    desk.now += timedelta(days=16)
    board = await page(desk, "/coordination/")
    for words in (
        "Hör troligen till ett öppet problem: koppla.",
        "Ensam än så länge",
        "Omdirigera. Ägaren föreslår Hamnen.",
        "Inget svar på 16 dagar",
        "2 dagar försenat",
        "Kontrollera på plats att det är gjort.",
        "Ägaren har inte svarat. Hör av dig, eller omdirigera.",
        "Utanför uppdraget",
        "Uppdrag pågår. Följ dem till effekt.",
        f"/coordination/problems/{problem}#a-{silent}",
    ):
        assert words in board
    rows = await page(desk, "/coordination/fragments/board")
    assert "<html" not in rows
    assert rows.strip() in board


async def test_a_problem_is_told_from_first_concern_to_effect(desk: Desk) -> None:
    await sign_in(desk)
    problem, _ = await prioritised(desk)
    path = f"assignments/{await given(desk, problem)}"
    for command in ("accept", "start"):
        await desk.done(f"{path}/{command}", actor=PARKS)
    desk.now += timedelta(days=10)
    await desk.done(f"{path}/complete", actor=PARKS)
    await desk.done(f"{path}/verify")
    desk.now += timedelta(days=36)
    await desk.done(f"{path}/follow-up", {"effect": "IMPROVED", "displacement_place_id": "PL-KRIS"})
    await desk.done(f"{path}/close")
    desk.now += timedelta(minutes=5)
    await desk.done(f"problems/{problem}/resolve", {"effect": "IMPROVED"})
    await desk.carry()
    told = await page(desk, f"/coordination/problems/{problem}")
    steps = [
        "iakttagelse",
        "Problem föreslaget",
        "3 rapporter kopplade",
        "Orsaker nedskrivna",
        "Problemet prioriterat",
        "Uppdrag givet: Fler eller bättre papperskorgar",
        "Accepterat",
        "Påbörjat",
        "Utfört",
        "Kontrollerat",
        "Uppföljning planerad",
        "3 rapporter före, 0 efter (28 dagar). Förbättrat.",
        "Överflyttning till Kristineberg: Inte överflyttat.",
        "Avslutat",
        "Problemet löst",
        "3 återkopplingar",
    ]
    timeline = told[told.index("Tidslinje") :].replace("Iakttagelse", "iakttagelse")
    assert sorted(steps, key=timeline.index) == steps
    assert "<svg" in told
    assert "Före åtgärden" in told
    assert "http://" not in re.sub(r'xmlns="[^"]+"', "", told)


async def test_a_problem_without_measures_says_so_and_an_unknown_one_is_not_there(
    desk: Desk,
) -> None:
    ids = [await desk.comes_in() for _ in range(2)]
    problem = (await desk.done("problems", {"concern_ids": ids}))["id"]
    led = await desk.http.get(f"/coordination/problems/{problem}", headers=HTML)
    assert led.headers["location"].endswith(f"next=/coordination/problems/{problem}")
    await sign_in(desk)
    told = await page(desk, f"/coordination/problems/{problem}")
    assert "Inga uppdrag än." in told
    assert "Inga orsaker nedskrivna än." in told
    gone = await desk.http.get(f"/coordination/problems/{ids[0]}", headers=HTML)
    assert gone.status_code == 404


async def test_outside_the_demo_there_is_no_role_picker(settings: Settings) -> None:
    async with running(settings.model_copy(update={"demo": False})) as desk:
        assert (await desk.http.get(SIGN_IN)).status_code == 404
        assert (await desk.http.post(SIGN_IN, data={"part": "x"})).status_code == 404
        assert (await desk.get("places", actor=COORDINATOR)).status_code == 200
        left = await desk.http.post("/coordination/sign-out")
        assert left.headers["location"] == "/reporting/"


async def test_the_role_picker_answers_to_this_machine_only(desk: Desk) -> None:
    answer = await desk.http.get(f"http://samlad.example{SIGN_IN}")
    assert answer.status_code == 404
