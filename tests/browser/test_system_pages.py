"""The real pages of a running system, named by SAMLAD_TEST_URL."""

import pytest
from playwright.async_api import Browser

from tests.browser.looking import DESKTOP, PHONE, axe_source, visiting

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
PAGES = ["/reporting/", "/intake/report", "/coordination/sign-in"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
async def test_a_page_asks_nobody_else_fits_and_has_no_errors(
    browser: Browser, system_url: str, path: str, width: int
) -> None:
    async with visiting(browser, width) as visit:
        assert await visit.open(system_url + path) == 200
        await visit.page.wait_for_timeout(300)
        widths = await visit.widths()
        assert (visit.foreign, visit.errors) == ([], [])
        assert widths["page"] <= width, widths["wide"]


@pytest.mark.parametrize("path", PAGES)
async def test_the_keyboard_reaches_everything(
    browser: Browser, system_url: str, path: str
) -> None:
    async with visiting(browser) as visit:
        await visit.open(system_url + path)
        stops = await visit.keyboard_walk()
        assert [stop for stop in stops if not (stop["seen"] and stop["shown"])] == []
        assert len(stops) >= await visit.reachable()


@pytest.mark.skipif(axe_source() is None, reason="axe-core is not installed")
@pytest.mark.parametrize("path", PAGES)
async def test_axe_finds_nothing(browser: Browser, system_url: str, path: str) -> None:
    async with visiting(browser) as visit:
        await visit.open(system_url + path)
        assert await visit.axe() == []
