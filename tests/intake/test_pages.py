"""The report form as a person without JavaScript meets it."""

import html
import re
from uuid import uuid4

import httpx
import pytest

from shared.contracts.codes import Role
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.security.roles import Principal
from shared.security.session import SessionSeal, opened
from tests.intake.conftest import DISTRICT, NOW, Intake, Json
from tests.intake.forms import problems_of
from tests.intake.people import signed_in

pytestmark = pytest.mark.stack

REPORT = "/intake/report"
AT = {"X-Samlad-Now": NOW.isoformat()}


def form(**changes: object) -> Json:
    filled: Json = {
        "category": "ENV.LITTER",
        "place_id": "PL-HORN",
        "place_type": "OUTDOOR",
        "date": "2026-06-05",
        "hour": "22",
        "certainty": "SEEN",
        "recurrence": "FIRST",
        "severity": "1",
        "idempotency_key": str(uuid4()),
    }
    return filled | changes


async def send(intake: Intake, filled: Json, **more: str) -> httpx.Response:
    return await intake.http.post(REPORT, data=filled, headers=AT | more)


def reference_in(page: str) -> str:
    [reference] = re.findall(r'class="reference">([0-9A-Z]{5}-[0-9A-Z]{5})<', page)
    return str(reference)


async def test_the_start_leads_to_the_form(intake: Intake) -> None:
    answer = await intake.http.get("/intake/")

    assert (answer.status_code, answer.headers["location"]) == (303, REPORT)


async def test_the_form_asks_plain_questions_and_says_who_reads_the_answers(
    intake: Intake,
) -> None:
    page = (await intake.http.get(REPORT, headers=AT)).text

    assert "Vid pågående fara: ring" in page
    assert "tel:112" in page
    assert "Hornsbergs strand" in page
    assert 'value="ENV.LIGHTING"' in page
    assert 'value="DIV.CHILD_CONCERN"' in page
    assert page.count("Läses av:") == len(re.findall(r'id="\w+-readers"', page))
    fields = set(re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', page))
    told = set(re.findall(r'id="(\w+)-readers"', page)) | {
        "hour",
        "csrf",
        "idempotency_key",
        "agency",
        "lat",
        "lon",
    }
    assert fields == told
    assert re.search(r'name="idempotency_key" value="[0-9a-f-]{36}"', page)
    assert "<script" not in page.split("</head>")[1]


async def test_a_report_gets_a_receipt_with_its_reference(intake: Intake) -> None:
    sent = await send(intake, form(narrative="Fullt med burkar."))
    receipt = await intake.http.get(sent.headers["location"], headers=AT)

    [kept] = await intake.all("concerns")
    assert sent.status_code == 303
    assert receipt.status_code == 200
    assert reference_in(receipt.text)
    assert "Nedskräpning" in receipt.text
    assert "ring" in receipt.text
    assert "tel:112" in receipt.text
    assert "burkar" not in receipt.text
    assert (kept["agency"], kept["outbox"][0]["meta"]["actor_role"]) == ("RESIDENTS", "PUBLIC")


async def test_sending_the_form_twice_is_one_report(intake: Intake) -> None:
    filled = form()
    first, second = await send(intake, filled), await send(intake, filled)

    assert first.headers["location"] == second.headers["location"]
    assert len(await intake.all("concerns")) == 1


async def test_personal_data_in_the_text_gets_a_receipt_that_says_so(intake: Intake) -> None:
    sent = await send(intake, form(narrative="Ring 070-174 06 05"))
    receipt = await intake.http.get(sent.headers["location"], headers=AT)

    assert "En person granskar texten först" in receipt.text
    assert "070-174" not in receipt.text


async def test_the_receipt_of_a_rejected_report_says_that_it_has_ended(intake: Intake) -> None:
    answer = await send(intake, form(narrative="Ring 070-174 06 05"))
    address = answer.headers["location"]
    await intake.http.post(
        f"/intake/v1/quarantine/{address.rsplit('/', 1)[1]}/reject",
        json={"reason": "ABOUT_A_PERSON"},
        headers=intake.headers("DISTRICT_COORD"),
    )
    receipt = (await intake.http.get(address)).text

    assert "Avvisad" in receipt
    assert "Handlar om en person." in receipt
    assert "Samordnaren går igenom" not in receipt
    assert "070-174" not in receipt


async def test_what_belongs_elsewhere_shows_where_to_turn(intake: Intake) -> None:
    for category, phone in [("DIV.ONGOING_DANGER", "tel:112"), ("DIV.CRIME", "tel:11414")]:
        page = await send(intake, form(category=category, place_id=""))

        assert page.status_code == 422
        assert phone in page.text
        assert "inget av det du skrev är sparat" in page.text
    assert len(await intake.all("diversions")) == 2


async def test_mistakes_are_listed_and_nothing_filled_in_is_lost(intake: Intake) -> None:
    key = str(uuid4())
    wrong = form(category="", place_id="", narrative="<b>Kvar</b>", idempotency_key=key)
    page = await send(intake, wrong | {"flags": ["ALCOHOL"]})

    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert "autofocus" in page.text
    assert 'href="#category"' in page.text
    assert 'href="#place_id"' in page.text
    assert "&lt;b&gt;Kvar&lt;/b&gt;" in page.text
    assert 'value="ALCOHOL" checked' in page.text
    assert key in page.text
    assert await intake.all("concerns") == []


async def test_a_broken_rule_points_to_its_field(intake: Intake) -> None:
    page = await send(intake, form(date="2026-06-07"))

    assert page.status_code == 422
    assert 'href="#date"' in page.text
    assert "Tiden ligger i framtiden." in page.text


CHANGED: Json = {"severity": "3", "narrative": 'Nu "två" <lådor>.\nOch en till.', "flags": "WEAPON"}


def fields_in(page: str) -> Json:
    """What the page's own form would send."""
    [sent] = re.findall(r'<form method="post" action="/intake/report".*?</form>', page, re.DOTALL)
    found: Json = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', sent):
        found.setdefault(name, []).append(html.unescape(value))
    return found


async def test_who_goes_back_and_sends_a_changed_form_is_told_that_the_first_stands(
    intake: Intake,
) -> None:
    filled = form()
    first = await send(intake, filled)
    page = await send(intake, filled | CHANGED)

    assert page.status_code == 422
    assert "är mottagen och står kvar" in page.text
    assert "inte skickat" in page.text
    assert "has not been sent" in page.text
    assert "yckel" not in page.text
    assert f'href="{first.headers["location"]}"' in page.text
    assert "tel:112" in page.text
    assert problems_of(page.text) == []
    assert page.headers["cache-control"] == "no-store"
    assert len(await intake.all("concerns")) == 1


async def test_the_changed_form_is_sent_as_another_report_on_purpose_and_once(
    intake: Intake,
) -> None:
    filled = form()
    first = await send(intake, filled)
    page = await send(intake, filled | CHANGED)
    fields = fields_in(page.text)
    assert fields["narrative"] == [CHANGED["narrative"]]

    other, twice = await send(intake, fields), await send(intake, fields)
    anew = await send(intake, fields_in((await send(intake, filled | CHANGED)).text))

    assert other.status_code == 303
    assert {one.headers["location"] for one in (other, twice, anew)} == {other.headers["location"]}
    assert first.headers["location"] != other.headers["location"]
    kept = [one["state"]["registered"] for one in await intake.all("concerns")]
    assert sorted(one["severity"] for one in kept) == [1, 3]
    assert [one["flags"] for one in kept if one["severity"] == 3] == [["WEAPON"]]


async def test_the_changed_form_can_be_looked_over_first_and_nothing_is_lost(
    intake: Intake,
) -> None:
    filled = form(contact="namn@exempel.se")
    await send(intake, filled)
    page = await send(intake, filled | CHANGED)
    assert 'name="find"' in page.text
    shown = await send(intake, fields_in(page.text) | {"find": "yes"})

    assert shown.status_code == 200
    assert "Nu &#34;två&#34; &lt;lådor&gt;.\nOch en till.</textarea>" in shown.text
    assert 'value="namn@exempel.se"' in shown.text
    assert len(await intake.all("concerns")) == 1


async def test_only_who_holds_its_ticket_is_led_to_the_first_receipt(intake: Intake) -> None:
    filled = form()
    first = await send(intake, filled)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=intake.app), base_url="http://127.0.0.1:8080"
    ) as stranger:
        page = await stranger.post(REPORT, data=filled | CHANGED, headers=AT)

    assert "är mottagen och står kvar" in page.text
    assert first.headers["location"].rpartition("/")[2] not in page.text
    assert 'href="/intake/follow"' in page.text


async def test_an_agency_that_took_its_first_report_back_is_not_told_that_it_stands(
    intake: Intake,
) -> None:
    filled, person = form(), signed_in(intake, "GUARDS", Role.ACTION_OWNER)
    first = await person.send(REPORT, **filled)
    pages = [await person.send(REPORT, **(filled | CHANGED))]
    concern_id = first.headers["location"].rpartition("/")[2]
    took = await person.send(
        f"/intake/concerns/{concern_id}/withdraw", version=1, reason="NOT_SO", sure="yes"
    )
    assert took.status_code == 303, took.text
    pages.append(await person.send(REPORT, **(filled | CHANGED)))

    assert ["är mottagen och står kvar" in page.text for page in pages] == [True, False]
    for page in pages:
        assert "inte skickat" in page.text
        assert f'href="{first.headers["location"]}"' in page.text


async def test_a_second_receipt_does_not_close_the_first(intake: Intake) -> None:
    sent = [await send(intake, form()), await send(intake, form(severity="2"))]
    pages = [await intake.http.get(one.headers["location"], headers=AT) for one in sent]

    assert [page.status_code for page in pages] == [200, 200]


async def test_who_was_sent_elsewhere_and_goes_back_is_told_that_nothing_was_taken_in(
    intake: Intake,
) -> None:
    filled = form(category="DIV.CHILD_CONCERN")
    await send(intake, filled)
    page = await send(intake, filled | {"category": "ENV.LITTER"})

    assert page.status_code == 422
    assert "togs inte emot" in page.text
    assert "yckel" not in page.text
    [fresh] = re.findall(r'name="idempotency_key" value="([^"]+)"', page.text)
    again = await send(intake, filled | {"category": "ENV.LITTER", "idempotency_key": fresh})
    assert again.status_code == 303


async def test_a_point_inside_is_taken_and_kept_as_the_rules_say(intake: Intake) -> None:
    point = {"place_id": "POINT", "lat": "59.33301", "lon": "18.02211"}
    assert (await send(intake, form(**point))).status_code == 303
    assert (await send(intake, form(**point, category="ORD.FIGHT"))).status_code == 303

    kept = [one["state"]["registered"] for one in await intake.all("concerns")]
    by_category = {one["category"]: one for one in kept}
    assert by_category["ENV.LITTER"]["lat"] == 59.333
    assert by_category["ORD.FIGHT"]["cell"] == by_category["ENV.LITTER"]["cell"]
    assert "lat" not in by_category["ORD.FIGHT"]


async def test_a_named_place_is_sent_without_the_point_left_in_the_form(intake: Intake) -> None:
    assert (await send(intake, form(lat="57.7", lon="11.97"))).status_code == 303

    [kept] = await intake.all("concerns")
    assert kept["state"]["registered"]["place_id"] == "PL-HORN"
    assert "lat" not in kept["state"]["registered"]


async def test_a_point_outside_is_told_at_the_place_with_the_nearest_one_offered(
    intake: Intake,
) -> None:
    near = await send(intake, form(place_id="POINT", lat="59.3455", lon="18.0078"))
    far = await send(intake, form(place_id="POINT", lat="57.7", lon="11.97"))

    for page in (near, far):
        assert page.status_code == 422
        assert 'href="#place_id"' in page.text
        assert re.search(r'id="place_id-error">.*utanför stadsdelsområdet', page.text)
        assert 'value="POINT" selected' in page.text
    assert "Hornsbergs strand (närmast din punkt" in near.text
    assert near.text.count('<option value="PL-HORN"') == 1
    assert "närmast din punkt" not in far.text
    assert await intake.all("concerns") == []


async def test_the_list_is_searched_without_scripts_and_nothing_filled_in_is_lost(
    intake: Intake,
) -> None:
    linked = await intake.http.get(REPORT, params={"q": "park"}, headers=AT)
    key = str(uuid4())
    typed = form(q="hornsb", place_id="", narrative="Kvar", idempotency_key=key, find="place")
    pressed = await send(intake, typed)

    shown = re.findall(r'<option value="(PL-\w+)"', linked.text)
    assert sorted(shown) == ["PL-KRON", "PL-KRPK", "PL-RALI"]
    assert "3 platser passar" in linked.text
    assert pressed.status_code == 200
    assert re.findall(r'<option value="(PL-\w+)"', pressed.text) == ["PL-HORN"]
    assert 'value="PL-HORN" selected' in pressed.text
    assert ">Kvar</textarea>" in pressed.text
    assert key in pressed.text
    assert 'role="alert"' not in pressed.text
    assert await intake.all("concerns") == []


async def test_the_page_says_where_a_draft_is_kept_and_a_sent_one_is_dropped(
    intake: Intake,
) -> None:
    page = (await intake.http.get(REPORT, headers=AT)).text
    wrong = (await send(intake, form(category=""))).text
    sent = await send(intake, form())
    receipt = (await intake.http.get(sent.headers["location"], headers=AT)).text
    elsewhere = (await send(intake, form(category="DIV.CRIME"))).text

    assert "Utkastet sparas bara i din telefon eller dator" in page
    assert 'data-draft="fresh"' in page
    assert 'data-draft="keep"' in wrong
    for done in (receipt, elsewhere):
        assert '<meta name="samlad-draft" content="sent">' in done
        assert "report-draft.js" in done


async def test_only_the_form_may_ask_where_the_visitor_is(intake: Intake) -> None:
    page = await intake.http.get(REPORT, headers=AT)
    other = await intake.http.get("/intake/docs", headers=AT)

    assert "geolocation=(self)" in page.headers["permissions-policy"]
    assert "geolocation=()" in other.headers["permissions-policy"]


async def test_a_form_without_a_key_is_still_taken(intake: Intake) -> None:
    assert (await send(intake, form(idempotency_key="x"))).status_code == 303


async def test_somebody_elses_receipt_does_not_exist(intake: Intake) -> None:
    answer = await intake.report("k")
    address = f"/intake/report/received/{answer.json()['concern_id']}"

    page = await intake.http.get(address, headers={"Accept": "text/html"})
    assert page.status_code == 404


async def test_a_resident_cannot_open_another_residents_receipt(intake: Intake) -> None:
    first, other = await send(intake, form()), await send(intake, form(severity="2"))
    one, two = first.headers["location"], other.headers["location"]
    ticket = first.headers["set-cookie"].split(";")[0]
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=intake.app), base_url="http://127.0.0.1:8080"
    ) as stranger:
        without = await stranger.get(one, headers=AT)
        with_another = await stranger.get(two, headers=AT | {"Cookie": ticket})
        own = await stranger.get(one, headers=AT | {"Cookie": ticket})
        unknown = await stranger.get(f"/intake/report/received/{uuid4()}", headers=AT)

    assert [page.status_code for page in (without, with_another, own, unknown)] == [
        404, 404, 200, 404
    ]  # fmt: skip
    assert "Nedskräpning" not in without.text
    assert without.text == unknown.text


async def test_the_ticket_to_a_receipt_is_for_this_receipt_this_browser_and_an_hour(
    intake: Intake,
) -> None:
    sent = await send(intake, form())
    cookie = sent.headers["set-cookie"].lower()

    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "max-age=3600" in cookie
    [name] = re.findall(r"^(samlad_receipt_[0-9a-f-]{36})=", cookie)
    assert sent.headers["location"].endswith(name.removeprefix("samlad_receipt_"))
    assert "path=/intake/report;" in cookie


async def test_who_is_signed_in_reports_for_their_agency(intake: Intake) -> None:
    who = Principal(
        district=DistrictCode(DISTRICT.code),
        agency=AgencyCode("LIBRARIES"),
        role=Role.REPORTER,
    )
    session = opened(who, intake.app.state.site.wall_now())
    seal = SessionSeal(intake.settings.secret_file.read_bytes())
    cookie = f"samlad_session={seal.seal(session)}"

    page = await intake.http.get(REPORT, headers=AT | {"Cookie": cookie})
    assert "Du rapporterar för Biblioteken" in page.text
    assert 'name="wants_feedback"' in page.text
    assert "draft" not in page.text
    forged = await send(intake, form(), Cookie=cookie)
    assert forged.status_code == 403
    sent = await send(intake, form(csrf=session.csrf, wants_feedback="yes"), Cookie=cookie)
    assert sent.status_code == 303
    [kept] = await intake.all("concerns")
    assert kept["agency"] == "LIBRARIES"
    assert kept["state"]["registered"]["wants_feedback"] is True


async def test_no_draft_is_kept_where_anybody_is_signed_in(intake: Intake) -> None:
    for role in (Role.REPORTER, Role.ANALYST):  # the second may not report for an agency
        who = Principal(
            district=DistrictCode(DISTRICT.code), agency=AgencyCode("LIBRARIES"), role=role
        )
        seal = SessionSeal(intake.settings.secret_file.read_bytes())
        session = seal.seal(opened(who, intake.app.state.site.wall_now()))
        page = await intake.http.get(REPORT, headers=AT | {"Cookie": f"samlad_session={session}"})

        assert page.status_code == 200
        assert "draft" not in page.text
        assert ("Du är anonym" in page.text) is (role is Role.ANALYST)


async def test_a_session_that_ended_meanwhile_does_not_report_as_the_public(
    intake: Intake,
) -> None:
    filled = form(agency="LIBRARIES", narrative="Fullt med burkar.")
    refused = await send(intake, filled)

    assert refused.status_code == 409
    assert "Inloggningen ändrades medan du skrev" in refused.text
    assert "Fullt med burkar." in refused.text
    assert 'name="agency" value="RESIDENTS"' in refused.text
    assert filled["idempotency_key"] in refused.text
    assert await intake.all("concerns") == []

    assert (await send(intake, filled | {"agency": "RESIDENTS"})).status_code == 303


@pytest.mark.parametrize(
    "changes", [{"hour": "99999999999"}, {"date": "0001-01-01"}, {"date": "9999-12-31"}]
)
async def test_a_day_or_hour_beyond_the_calendar_is_asked_for_again(
    intake: Intake, changes: Json
) -> None:
    answer = await send(intake, form(**changes))

    assert answer.status_code == 422
    assert await intake.all("concerns") == []
