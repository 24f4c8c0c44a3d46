"""Server-rendered pages: one look for all services, Swedish first.

A page template extends `base.html` and imports `forms.html` and `parts.html`. Every value is
escaped; an undefined name is an error, not a blank.
"""

import hashlib
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    pass_context,
)
from jinja2.runtime import Context

from shared.web import words
from shared.web.session import session_of
from shared.web.site import site_of

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"

FILTERS = {
    "date_sv": words.date_sv,
    "weekday_sv": words.weekday_sv,
    "time_sv": words.time_sv,
    "week": words.week_sv,
    "number": words.number_sv,
    "iso": words.iso,
    "said": words.said,
    "both": words.both,
    "data": lambda points: [asdict(point) for point in points],
}


class Pages:
    """The pages of one service; its templates lie in `<package_dir>/templates`."""

    def __init__(self, service: str, package_dir: Path | None = None) -> None:
        self._service = service
        self.environment = _environment(service, package_dir)

    def render(
        self, request: Request, name: str, /, status: int = 200, **context: object
    ) -> HTMLResponse:
        """The named template as an answer; `context` is what the template may name."""
        template = self.environment.get_template(name)
        return HTMLResponse(template.render(_common(request, self._service) | context), status)

    def fragment(self, name: str, /, **context: object) -> str:
        """A template without the page around it, for live updates."""
        return self.environment.get_template(name).render(context)


@cache
def _environment(service: str, package_dir: Path | None) -> Environment:
    """The templates of a service: compiled once in a process, however many apps there are."""
    shared = FileSystemLoader(TEMPLATES)
    own = [FileSystemLoader(package_dir / "templates")] if package_dir else []
    environment = Environment(
        loader=ChoiceLoader([*own, shared, PrefixLoader({"shared": shared})]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= FILTERS
    environment.globals |= {
        "asset": partial(_asset, service),
        "vendor": partial(_vendor, service),
        "label": _label,
    }
    return environment


def _asset(service: str, name: str) -> str:
    return f"/{service}/static/{name}?v={_fingerprint(name)}"


def _vendor(service: str, name: str) -> str | None:
    """The address of a fetched file, or None where set-up has not fetched it."""
    there = (STATIC / "vendor" / name).is_file()
    return _asset(service, f"vendor/{name}") if there else None


def _common(request: Request, service: str) -> dict[str, Any]:
    site = site_of(request)
    session = session_of(request)
    return {
        "request": request,
        "site": site,
        "service": service,
        "demo": site.settings.demo,
        "district": site.district,
        "principal": session.principal if session else None,
        "csrf": session.csrf if session else "",
        "now": site.clock.now(),
        "lang": "sv",
    }


@pass_context
def _label(context: Context, code: str | None, lang: str = "sv") -> str:
    """The words for a code of the district file; the code itself where there are none."""
    if not code:
        return ""
    text: str = context["site"].district.label(str(code)).in_(lang)
    return text


@cache
def _fingerprint(name: str) -> str:
    file = STATIC / name
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else "0"
