"""HTML in and out: what a person sees of intake."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.intake.commands.every import Commands
from services.intake.pages import access_export, api_keys, desk, narrative, report, sspf
from services.intake.store import Store
from shared.web.pages import Pages


def routers(pages: Pages, store: Store, do: Commands) -> Sequence[APIRouter]:
    """Every page of intake."""
    return (
        report.router(pages, do.concerns, store),
        desk.router(pages, store),
        narrative.router(pages, do.readings),
        api_keys.router(pages, do.keys),
        sspf.router(pages, do.sspf, store),
        access_export.router(pages, do.records.access),
    )
