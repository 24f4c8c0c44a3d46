import re
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import APIRouter, FastAPI, Request, Response
from jinja2 import UndefinedError

from shared.web import pages as pages_module
from shared.web.pages import Pages
from tests.web.trial import Trial, client_of

PAGE = """{% extends "shared/base.html" %}
{% import "shared/parts.html" as parts %}
{% import "shared/forms.html" as forms %}
{% block title %}Prov{% endblock %}
{% block main %}<h1>{{ words }}</h1>
{{ label("DISTRICT_COORD") }}|{{ label("UNKNOWN_CODE") }}|{{ label(none) }}
{{ parts.level("RED") }}{{ parts.notice_112() }}
<form method="post">
{{ forms.hidden(csrf, "k") }}
{{ forms.field("a", "Fält", {"a": words}, {"a": words}) }}
</form>
{% endblock %}"""


def paged_app(trial: Trial, folder: Path, template: str = PAGE) -> FastAPI:
    (folder / "templates").mkdir()
    (folder / "templates" / "one.html").write_text(template, encoding="utf-8")
    pages = Pages("trial", folder)
    router = APIRouter()

    @router.get("/trial/one")
    async def one(request: Request) -> Response:
        return pages.render(request, "one.html", status=202, words='<script>"&')

    app = trial.app()
    app.include_router(router)
    return app


async def test_what_somebody_wrote_is_text(trial: Trial, tmp_path: Path) -> None:
    async with client_of(paged_app(trial, tmp_path)) as client:
        answer = await client.get("/trial/one")
    assert answer.status_code == 202
    assert "<script>&" not in answer.text
    assert '<script>"' not in answer.text
    assert "&lt;script&gt;&#34;&amp;" in answer.text


async def test_a_page_speaks_swedish_and_names_codes_in_words(trial: Trial, tmp_path: Path) -> None:
    async with client_of(paged_app(trial, tmp_path)) as client:
        text = (await client.get("/trial/one")).text
    assert '<html lang="sv">' in text
    assert "UNKNOWN_CODE||" not in text
    assert "|UNKNOWN_CODE|" in text
    assert "Röd \N{EN DASH} allvarligt läge" in text
    assert 'href="tel:112"' in text


async def test_a_page_has_no_inline_script_or_style_and_no_foreign_address(
    trial: Trial, tmp_path: Path
) -> None:
    async with client_of(paged_app(replace(trial, demo=True), tmp_path)) as client:
        text = (await client.get("/trial/one")).text
        named = re.findall(r'(?:src|href)="(/trial/static/[^"]+)"', text)
        assert named
        for address in named:
            assert (await client.get(address)).status_code == 200, address
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"<style|\sstyle=|\son\w+=", text)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', text)


async def test_fetched_files_are_named_only_where_they_lie(
    trial: Trial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_module, "STATIC", tmp_path)
    async with client_of(paged_app(trial, tmp_path)) as client:
        assert "vendor" not in (await client.get("/trial/one")).text
    (tmp_path / "vendor" / "htmx").mkdir(parents=True)
    (tmp_path / "vendor" / "htmx" / "htmx.min.js").write_text("1", encoding="utf-8")
    monkeypatch.setattr(pages_module, "TEMPLATES", tmp_path)
    assert Pages("trial").environment.globals["vendor"]


async def test_the_demo_says_so_on_every_page(trial: Trial, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    async with client_of(paged_app(trial, tmp_path / "a")) as client:
        assert "Demonstration" not in (await client.get("/trial/one")).text
    async with client_of(paged_app(replace(trial, demo=True), tmp_path / "b")) as client:
        answer = await client.get("/trial/one", headers={"x-samlad-now": "2026-06-01T12:00:00Z"})
    assert "1 juni 2026 kl.\u00a014.00" in answer.text


async def test_who_is_signed_in_stands_on_the_page_with_a_way_out(
    trial: Trial, tmp_path: Path
) -> None:
    async with client_of(paged_app(trial, tmp_path)) as client:
        assert "Logga in" in (await client.get("/trial/one")).text
        token = (await client.post("/trial/enter")).json()
        text = (await client.get("/trial/one")).text
    assert "Logga ut" in text
    assert text.count(f'name="csrf" value="{token}"') == 2


async def test_an_undefined_name_is_an_error_not_a_blank(trial: Trial, tmp_path: Path) -> None:
    app = paged_app(trial, tmp_path, "{{ nothing }}")
    async with client_of(app) as client:
        assert (await client.get("/trial/one")).status_code == 500


def test_a_fragment_stands_alone() -> None:
    pages = Pages("trial")
    with pytest.raises(UndefinedError):
        pages.fragment("shared/problem.html")
