"""The report form and what follows it in a real browser: search, map, position, draft, receipt."""

import json
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from tests.browser.looking import DESKTOP, PHONE, Visit, visiting

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(240),
]
REPORT, FOLLOW = "/intake/report", "/intake/follow"
WORDS = "Tre lampor i rad är släckta."
DRAFT = "samlad.report.draft"


async def filled(page: Page, place: str | None = "PL-RALI") -> None:
    """Fill in what a report needs."""
    litter = page.locator("input[name=category][value='ENV.LITTER']")
    await page.locator("details").filter(has=litter).locator("summary").click()
    await litter.check()
    if place:
        await page.select_option("#place_id", place)


async def tell_more(page: Page, words: str) -> None:
    """Open the part for one's own words and write there."""
    await page.locator("details").filter(has=page.locator("#narrative")).locator("summary").click()
    await page.fill("#narrative", words)


async def sent(page: Page) -> str:
    """Send the form; the reference on the receipt."""
    async with page.expect_navigation():
        await page.click("#form button.button-primary")
    assert "/intake/report/received/" in page.url, await page.inner_text("main")
    return await page.inner_text(".reference")


async def listed(page: Page) -> list[str]:
    """The places the list offers."""
    words = "l => [...l.options].map((o) => o.value).filter((v) => v.startsWith('PL-'))"
    found: list[str] = await page.eval_on_selector("#place_id", words)
    return found


async def chosen(page: Page) -> tuple[str, str, str]:
    """What the form would send of the place."""
    return (
        await page.input_value("#place_id"),
        await page.input_value("[name=lat]"),
        await page.input_value("[name=lon]"),
    )


async def looked_at(visit: Visit, width: int) -> None:
    """The page fits the window, and axe finds nothing in light or dark."""
    assert (await visit.widths())["page"] <= width, visit.page.url
    assert await visit.axe() == [], visit.page.url
    await visit.page.emulate_media(color_scheme="light")


async def draft(page: Page) -> dict[str, Any] | None:
    """The draft on this device."""
    kept = await page.evaluate(f"localStorage.getItem('{DRAFT}')")
    return json.loads(kept) if kept else None


async def drafted(page: Page, words: str) -> None:
    """Wait until the draft holds these words."""
    await page.wait_for_function(
        f"words => (localStorage.getItem('{DRAFT}') ?? '').includes(words)", arg=words
    )


async def test_the_list_is_searched_while_one_types(browser: Browser, system_url: str) -> None:
    async with visiting(browser, PHONE) as visit:
        await visit.open(system_url + REPORT)
        page = visit.page
        everything = await listed(page)
        await page.fill("#q", "RALAMB")
        assert await listed(page) == ["PL-RALI"]
        assert "En plats passar." in await page.inner_text("#q-found")
        await page.press("#q", "Enter")
        assert page.url == system_url + REPORT
        assert await chosen(page) == ("PL-RALI", "", "")
        await page.fill("#q", "Sundsvall")
        assert await listed(page) == everything
        assert "Ingen plats heter så" in await page.inner_text("#q-found")
        assert await chosen(page) == ("PL-RALI", "", "")
        assert visit.errors == []


async def test_the_list_is_searched_without_scripts_and_nothing_is_lost(
    browser: Browser, system_url: str
) -> None:
    async with visiting(browser, PHONE, scripts=False) as visit:
        await visit.open(system_url + REPORT)
        page = visit.page
        await tell_more(page, WORDS)
        await page.fill("#q", "hornsberg")
        await page.press("#q", "Enter")
        await page.wait_for_load_state()
        assert page.url == f"{system_url}{REPORT}#place"
        assert await page.locator("#place_id option[value^=PL-]").count() == 1
        assert await page.input_value("#place_id") == "PL-HORN"
        assert await page.input_value("#narrative") == WORDS
        assert not await page.locator("[data-place-tools]").is_visible()
        assert not await page.locator("[data-draft-words]").is_visible()


async def test_the_keyboard_chooses_on_the_map_a_place_or_a_point(
    browser: Browser, system_url: str
) -> None:
    async with visiting(browser) as visit:
        await visit.open(system_url + REPORT)
        page = visit.page
        await filled(page, None)
        await page.focus("[data-place-map] summary")
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".place-marker")
        marker = page.locator(".place-marker[aria-label=Fridhemsplan]")
        for _ in range(30):
            await page.keyboard.press("Tab")
            if await marker.evaluate("one => one === document.activeElement"):
                break
        await page.keyboard.press("Enter")
        assert await chosen(page) == ("PL-FRID", "", "")
        assert await marker.get_attribute("aria-pressed") == "true"
        assert "Vald plats / chosen: Fridhemsplan" in await page.inner_text("[data-place-told]")

        await page.focus("[data-ground]")
        await page.keyboard.press("ArrowRight")
        await page.focus("[data-middle]")
        await page.keyboard.press("Enter")
        place, lat, lon = await chosen(page)
        assert place == "POINT"
        assert 59.3 < float(lat) < 59.4
        assert 17.9 < float(lon) < 18.1
        assert await marker.get_attribute("aria-pressed") == "false"

        await page.select_option("#place_id", "PL-KRON")
        assert await chosen(page) == ("PL-KRON", "", "")
        assert visit.errors == []
        assert visit.foreign == []


async def test_a_tap_on_the_map_is_a_point_that_can_be_taken_back_or_sent(
    browser: Browser, system_url: str
) -> None:
    async with visiting(browser, PHONE) as visit:
        await visit.open(system_url + REPORT)
        page = visit.page
        await filled(page, "PL-HORN")
        await page.click("[data-place-map] summary")
        await page.wait_for_selector(".place-marker")
        await page.locator("[data-ground]").click(position={"x": 150, "y": 130})
        assert (await chosen(page))[0] == "POINT"
        await page.click("[data-unpoint]")
        assert await chosen(page) == ("", "", "")
        assert await page.evaluate("document.activeElement.id") == "place_id"
        await page.locator("[data-ground]").click(position={"x": 150, "y": 130})
        assert (await chosen(page))[0] == "POINT"
        await sent(page)
        assert visit.errors == []


async def test_ones_own_position_is_asked_for_by_the_button_alone(
    browser: Browser, system_url: str
) -> None:
    async with visiting(browser, PHONE) as visit:
        where = {"latitude": 59.33213, "longitude": 18.02913, "accuracy": 20}
        await visit.page.context.grant_permissions(["geolocation"], origin=system_url)
        await visit.page.context.set_geolocation(where)  # type: ignore[arg-type]
        await visit.open(system_url + REPORT)
        page = visit.page
        await filled(page, None)
        assert await chosen(page) == ("", "", "")
        await page.click("[data-locate]")
        await page.wait_for_function("document.querySelector('[name=lat]').value !== ''")
        assert await chosen(page) == ("POINT", "59.33213", "18.02913")
        told = await page.inner_text("[data-place-told]")
        assert "på ungefär 20 meter när" in told
        assert "Fridhemsplan" in told
        await sent(page)


async def test_a_position_that_is_not_given_leaves_the_list(
    browser: Browser, system_url: str
) -> None:
    async with visiting(browser, PHONE) as visit:
        await visit.open(system_url + REPORT)
        page = visit.page
        await page.evaluate(
            "() => { navigator.geolocation.getCurrentPosition = (_, no) => "
            "no({ code: 1, PERMISSION_DENIED: 1 }); }"
        )
        await page.click("[data-locate]")
        assert "Välj i listan i stället" in await page.inner_text("[data-place-told]")
        assert await chosen(page) == ("", "", "")


async def test_a_draft_comes_back_and_can_be_thrown_away_and_that_taken_back(
    browser: Browser, system_url: str
) -> None:
    async with visiting(browser, PHONE) as visit:
        await visit.open(system_url + REPORT)
        page = visit.page
        assert await page.locator("[data-draft-words]").is_visible()
        assert not await page.locator("[data-draft-notice]").is_visible()
        await filled(page)
        await page.locator("summary", has_text="Vill du ha svar?").click()
        await page.fill("#contact", "kanarie@exempel.se")
        await tell_more(page, WORDS)
        await drafted(page, WORDS)
        assert "kanarie" not in json.dumps(await draft(page))
        assert "csrf" not in json.dumps(await draft(page))

        await page.goto(system_url + REPORT)
        assert await page.locator("[data-draft-notice]").is_visible()
        assert await page.input_value("#narrative") == WORDS
        assert await page.locator("#narrative").is_visible()
        assert await page.locator("input[value='ENV.LITTER']").is_checked()
        assert (await chosen(page))[0] == "PL-RALI"
        assert await page.input_value("#contact") == ""

        await page.click("[data-draft-discard]")
        assert await page.input_value("#narrative") == ""
        assert (await chosen(page))[0] == ""
        assert await draft(page) is None
        await page.click("[data-draft-undo]")
        assert await page.input_value("#narrative") == WORDS
        assert (await chosen(page))[0] == "PL-RALI"
        assert await draft(page) is not None
        assert visit.errors == []


async def test_a_drafted_point_comes_back(browser: Browser, system_url: str) -> None:
    async with visiting(browser) as visit:
        await visit.open(system_url + REPORT)
        page = visit.page
        await page.click("[data-place-map] summary")
        await page.wait_for_selector(".place-marker")
        await page.click("[data-middle]")
        before = await chosen(page)
        await drafted(page, before[1])
        await page.goto(system_url + REPORT)
        assert before[0] == "POINT"
        assert await chosen(page) == before
        await page.click("[data-draft-discard]")
        assert await chosen(page) == ("", "", "")


async def test_a_draft_is_gone_when_it_is_sent(browser: Browser, system_url: str) -> None:
    async with visiting(browser, PHONE) as visit:
        await visit.open(system_url + REPORT)
        page = visit.page
        await filled(page)
        await drafted(page, "PL-RALI")
        await sent(page)
        assert await draft(page) is None
        await page.goto(system_url + REPORT)
        assert not await page.locator("[data-draft-notice]").is_visible()


async def test_mistakes_keep_what_was_sent_and_take_the_focus(
    browser: Browser, system_url: str
) -> None:
    async with visiting(browser, PHONE) as visit:
        await visit.open(system_url + REPORT)
        page = visit.page
        await tell_more(page, WORDS)
        async with page.expect_navigation():
            await page.click("#form button.button-primary")
        assert await page.evaluate("document.activeElement.id") == "error-summary"
        assert await page.input_value("#narrative") == WORDS
        assert not await page.locator("[data-draft-notice]").is_visible()
        assert await draft(page) is not None


async def test_a_draft_of_more_than_seven_days_is_gone(browser: Browser, system_url: str) -> None:
    async with visiting(browser, PHONE) as visit:
        await visit.open(system_url + REPORT)
        page = visit.page
        old = (
            "days => localStorage.setItem('samlad.report.draft', JSON.stringify("
            "{at: Date.now() - days * 86400000, values: [['narrative', 'Gammalt']]}))"
        )
        await page.evaluate(old, 6.9)
        await page.goto(system_url + REPORT)
        assert await page.input_value("#narrative") == "Gammalt"
        await page.evaluate(old, 7.1)
        await page.goto(system_url + REPORT)
        assert await page.input_value("#narrative") == ""
        assert await draft(page) is None


async def test_the_reference_on_the_receipt_leads_to_where_the_report_is(
    browser: Browser, system_url: str
) -> None:
    async with visiting(browser, PHONE, scripts=False) as visit:
        await visit.open(system_url + REPORT)
        page = visit.page
        await filled(page)
        reference = await sent(page)
        await page.click("main a[href='/intake/follow'] >> nth=0")
        await page.fill("#reference", reference.lower())
        await page.click("#form button.button-primary")
        await page.wait_for_load_state()
        assert page.url == system_url + FOLLOW
        assert reference in await page.inner_text("main")


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
async def test_every_page_of_the_way_fits_and_axe_finds_nothing(
    browser: Browser, system_url: str, width: int
) -> None:
    async with visiting(browser, width) as visit:
        await visit.open(system_url + REPORT)
        page = visit.page
        await filled(page, None)
        await page.evaluate(
            "for (const one of document.querySelectorAll('#form details')) one.open = true"
        )
        await page.wait_for_selector(".place-marker")
        await page.click("[data-middle]")
        await page.fill("#narrative", WORDS)
        await drafted(page, WORDS)
        await looked_at(visit, width)
        await page.goto(system_url + REPORT)
        assert await page.locator("[data-draft-notice]").is_visible()
        await looked_at(visit, width)
        await page.select_option("#place_id", "PL-RALI")
        reference = await sent(page)
        await looked_at(visit, width)
        await page.goto(system_url + FOLLOW)
        await looked_at(visit, width)
        await page.fill("#reference", "fel")
        await page.click("#form button.button-primary")
        await page.wait_for_selector("#error-summary")
        await looked_at(visit, width)
        await page.fill("#reference", reference)
        await page.click("#form button.button-primary")
        await page.wait_for_selector(".way")
        await looked_at(visit, width)
        assert visit.foreign == []
