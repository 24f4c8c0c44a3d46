"""Opens a page as a person would and notes what must not be: foreign requests, errors, traps."""

import importlib.util
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, ConsoleMessage, Page, Request

PHONE, DESKTOP = 320, 1280
HEIGHT = 800
MOST_STEPS = 150
AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
COLOURS = ("color-contrast", "link-in-text-block")

_WIDTHS = """() => ({
  page: document.documentElement.scrollWidth,
  window: document.documentElement.clientWidth,
  wide: [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
    .filter((e) => !e.closest(".table-frame, .map, pre"))
    .slice(0, 5).map((e) => e.tagName + "." + e.className),
})"""
_FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const seen = style.outlineStyle !== "none" || style.boxShadow !== "none";
  const words = one.innerText || one.name || one.id || one.getAttribute("aria-label");
  window.walked = window.walked || new Map();
  if (!window.walked.has(one)) window.walked.set(one, window.walked.size);
  return { number: window.walked.get(one), tag: one.tagName, words, seen,
    shown: box.width > 0 && box.height > 0 };
}"""
_AT_REST = "() => Promise.all(document.getAnimations().map((each) => each.finished))"
_REACHABLE = """() => [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary")]
  .filter((e) => e.getClientRects().length && !e.disabled)
  .filter((e) => !e.closest("details:not([open]) > *:not(summary)"))
  .filter((e) => e.type !== "radio").length"""


@dataclass
class Visit:
    """A page and what went wrong while it was open."""

    page: Page
    scripts: bool = True
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    async def open(self, url: str) -> int:
        """Open the address; the status of the answer."""
        host = urlsplit(url).netloc

        def on_request(request: Request) -> None:
            there = urlsplit(request.url)
            if there.scheme not in {"data", "blob"} and there.netloc != host:
                self.foreign.append(there.netloc)

        self.page.on("request", on_request)
        answer = await self.page.goto(url, wait_until="load")
        return answer.status if answer else 0

    async def keep_to(self, width: int) -> None:
        """Fail unless the page fits a window of this width, however long its words are."""
        await self.page.set_viewport_size({"width": width, "height": HEIGHT})
        widths = await self.widths()
        assert widths["page"] <= width, widths["wide"]

    async def widths(self) -> dict[str, Any]:
        """How wide the page and the window are, and what sticks out."""
        found: dict[str, Any] = await self.page.evaluate(_WIDTHS)
        return found

    async def keyboard_walk(self) -> list[dict[str, Any]]:
        """Every stop of the tab key from the top until it leaves the page or comes round."""
        stops: list[dict[str, Any]] = []
        for _ in range(MOST_STEPS):
            await self.page.keyboard.press("Tab")
            stop = await self.page.evaluate(_FOCUSED)
            if stop is None or (stops and stop["number"] == 0):
                break
            if not stops or stop["number"] != stops[-1]["number"]:
                stops.append(stop)  # a date field takes several steps by itself
        return stops

    async def reachable(self) -> int:
        """How many controls and links must be stops of the keyboard walk."""
        found: int = await self.page.evaluate(_REACHABLE)
        return found

    async def axe(self) -> list[str]:
        """The ids and places of axe's findings; in the dark only what colours can do wrong."""
        source = axe_source()
        assert source is not None
        await self.page.evaluate(source.read_text(encoding="utf-8"))
        found = await self._axe("tag", AXE_TAGS)
        await self.page.emulate_media(color_scheme="dark")
        await self.page.evaluate(_AT_REST)
        return found + [f"dark: {each}" for each in await self._axe("rule", COLOURS)]

    async def _axe(self, kind: str, values: Sequence[str]) -> list[str]:
        result = await self.page.evaluate(
            "(only) => axe.run(document, {runOnly: only})", {"type": kind, "values": list(values)}
        )
        assert result["passes"], "axe looked at nothing"
        return [
            f"{finding['id']}: {node['target']}"
            for finding in result["violations"]
            for node in finding["nodes"][:3]
        ]


def axe_source() -> Path | None:
    """The script of axe-core, where the package that brings it is installed."""
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or not found.submodule_search_locations:
        return None
    script = Path(next(iter(found.submodule_search_locations))) / "axe.min.js"
    return script if script.is_file() else None


@asynccontextmanager
async def visiting(
    browser: Browser,
    width: int = DESKTOP,
    *,
    scripts: bool = True,
) -> AsyncIterator[Visit]:
    """A fresh browser window of this width."""
    context = await browser.new_context(
        viewport={"width": width, "height": HEIGHT},
        java_script_enabled=scripts,
        locale="sv-SE",
    )
    page = await context.new_page()
    visit = Visit(page, scripts)

    def on_console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            visit.errors.append(message.text)

    page.on("console", on_console)
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    try:
        yield visit
    finally:
        await context.close()
