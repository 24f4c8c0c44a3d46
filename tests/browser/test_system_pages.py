"""The real pages of a running system that has played some weeks, named by SAMLAD_TEST_URL."""

from collections.abc import Sequence
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.browser.looking import DESKTOP, PHONE, Visit, visiting

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(240),
]
PUBLIC = ["/reporting/", "/intake/report", "/intake/follow", "/coordination/sign-in"]
LINKED = {
    "situation": ("/reporting/", "/reporting/situation/"),
    "problem": ("/coordination/", "/coordination/problems/"),
}
DESK = {
    "/intake/": "COORDINATOR",
    "/intake/quarantine": "COORDINATOR",
    "/intake/imports": "COORDINATOR",
    "/intake/statistics": "COORDINATOR",
    "/intake/keys": "COORDINATOR",
    "/intake/sspf": "SSPF_COORDINATOR",
    "/intake/sspf/outcomes": "SSPF_COORDINATOR",
    "/intake/expunge": "RECORDS_OFFICER",
    "/intake/audit": "RECORDS_OFFICER",
    "/intake/access-exports": "RECORDS_OFFICER",
}
PAGES = [*PUBLIC, "/coordination/", *LINKED, *DESK]
SIGNED_IN = {"/coordination/": "COORDINATOR", "problem": "COORDINATOR"} | DESK
#: The cookies of who signed in, by role and whether with scripts: each does so once, by the page.
SESSIONS: dict[tuple[str, bool], Sequence[Any]] = {}


async def opened(visit: Visit, system_url: str, page: str) -> None:
    """Open a page as somebody does who looks for it, signed in where that is needed."""
    if page in SIGNED_IN:
        await enter(visit, system_url, SIGNED_IN[page])
    start, link = LINKED.get(page, (page, None))
    assert await visit.open(system_url + start) == 200
    if link is not None:
        await visit.page.click(f"main a[href^='{link}']:not([href$='.pdf']):visible >> nth=0")
        await visit.page.wait_for_load_state()
        assert link in visit.page.url


async def enter(visit: Visit, system_url: str, role: str) -> None:
    """Sign in by the page; who has before is still signed in."""
    session = SESSIONS.get((role, visit.scripts))
    if session:
        await visit.page.context.add_cookies(session)
        return
    await visit.open(f"{system_url}/coordination/sign-in")
    part = visit.page.locator(f"input[name=part][value$=':{role}']")
    await part.first.check(force=True)
    await visit.page.click("main button[type=submit]")
    await visit.page.wait_for_url(lambda url: "sign-in" not in url)
    SESSIONS[role, visit.scripts] = await visit.page.context.cookies()


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_asks_nobody_else_fits_and_has_no_errors(
    browser: Browser, system_url: str, page: str
) -> None:
    async with visiting(browser, PHONE) as visit:
        await opened(visit, system_url, page)
        await visit.page.wait_for_timeout(500)
        for width in (PHONE, DESKTOP):
            await visit.keep_to(width)
        assert (visit.foreign, visit.errors) == ([], [])
        assert await visit.page.locator("h1").count() == 1


@pytest.mark.parametrize("page", PAGES)
async def test_the_keyboard_reaches_everything_and_axe_finds_nothing(
    browser: Browser, system_url: str, page: str
) -> None:
    async with visiting(browser) as visit:
        await opened(visit, system_url, page)
        stops = await visit.keyboard_walk()
        assert [stop for stop in stops if not (stop["seen"] and stop["shown"])] == []
        assert len(stops) >= await visit.reachable()
        assert await visit.axe() == []


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_works_without_scripts(browser: Browser, system_url: str, page: str) -> None:
    async with visiting(browser, PHONE, scripts=False) as visit:
        await opened(visit, system_url, page)
        assert await visit.page.locator("h1").inner_text()
        assert (await visit.widths())["page"] <= PHONE


async def test_the_board_shows_a_new_report_without_being_asked(
    browser: Browser, system_url: str
) -> None:
    async with visiting(browser) as board, visiting(browser, PHONE) as reporter:
        await opened(board, system_url, "/coordination/")
        before = await board.page.locator("#triage").inner_text()
        await board.page.evaluate("window.stayed = true")
        await send_report(reporter, system_url)
        await board.page.wait_for_function(
            "before => document.querySelector('#triage').innerText !== before", arg=before
        )
        assert await board.page.evaluate("window.stayed"), "the page was loaded again"
        assert (board.foreign, board.errors) == ([], [])


async def send_report(visit: Visit, system_url: str) -> None:
    """Fill in the form as a resident does, and send it."""
    await visit.open(f"{system_url}/intake/report")
    page = visit.page
    litter = page.locator("input[name=category][value='ENV.LITTER']")
    await page.locator("details").filter(has=litter).locator("summary").click()
    await litter.check(force=True)
    await page.select_option("select[name=place_id]", "PL-RALI")
    async with page.expect_navigation():
        await page.click("#form button.button-primary")
    assert "/intake/report/received/" in page.url, await page.inner_text("main")
