"""HTML in and out: what a person sees of intake."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.intake.commands.api_keys import AgencyKeys
from services.intake.commands.concerns import Concerns
from services.intake.commands.sspf import Sspf
from services.intake.pages import api_keys, desk, report, sspf
from services.intake.store import Store
from shared.web.pages import Pages


def routers(
    pages: Pages, *, on_concerns: Concerns, on_sspf: Sspf, on_keys: AgencyKeys, store: Store
) -> Sequence[APIRouter]:
    """Every page of intake."""
    return (
        report.router(pages, on_concerns, store),
        desk.router(pages, store),
        api_keys.router(pages, on_keys),
        sspf.router(pages, on_sspf, store),
    )
