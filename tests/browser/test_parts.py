import pytest
from playwright.async_api import Browser

from tests.browser.looking import DESKTOP, PHONE, axe_source, visiting

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
PAGES = ["/coordination/parts", "/coordination/parts?errors", "/coordination/asyncapi"]


@pytest.mark.parametrize("path", [*PAGES, "/coordination/docs"])
async def test_a_page_asks_nobody_else_and_has_no_errors(
    browser: Browser, parts_url: str, path: str
) -> None:
    async with visiting(browser, PHONE) as visit:
        assert await visit.open(parts_url + path) == 200
        await visit.page.wait_for_timeout(300)
        if path in PAGES:
            for width in (PHONE, DESKTOP):
                await visit.keep_to(width)
        assert (visit.foreign, visit.errors) == ([], [])


@pytest.mark.parametrize("path", PAGES)
async def test_nothing_scrolls_sideways_without_scripts(
    browser: Browser, parts_url: str, path: str
) -> None:
    async with visiting(browser, PHONE, scripts=False) as visit:
        await visit.open(parts_url + path)
        await visit.keep_to(PHONE)


@pytest.mark.parametrize("path", PAGES[:2])
async def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    browser: Browser, parts_url: str, path: str
) -> None:
    async with visiting(browser) as visit:
        await visit.open(parts_url + path)
        if "errors" in path:
            summary = await visit.page.evaluate("document.activeElement.id")
            assert summary == "error-summary"
            return
        stops = await visit.keyboard_walk()
        assert stops[0]["words"] == "Hoppa till innehållet"
        assert [stop for stop in stops if not (stop["seen"] and stop["shown"])] == []
        assert len(stops) >= await visit.reachable()


async def test_the_skip_link_leads_to_the_content(browser: Browser, parts_url: str) -> None:
    async with visiting(browser) as visit:
        await visit.open(f"{parts_url}/coordination/parts")
        await visit.page.keyboard.press("Tab")
        await visit.page.keyboard.press("Enter")
        assert await visit.page.evaluate("document.activeElement.id") == "main"


@pytest.mark.skipif(axe_source() is None, reason="axe-core is not installed")
@pytest.mark.parametrize("path", PAGES)
async def test_axe_finds_nothing(browser: Browser, parts_url: str, path: str) -> None:
    async with visiting(browser) as visit:
        await visit.open(parts_url + path)
        assert await visit.axe() == []
