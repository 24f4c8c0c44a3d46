"""HTML in and out: what a person sees of intake."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.intake.commands.concerns import Concerns
from services.intake.commands.giving_access import GivingAccess
from services.intake.pages import access_export, report
from services.intake.store import Store
from shared.web.pages import Pages


def routers(
    pages: Pages, *, on_concerns: Concerns, store: Store, access: GivingAccess
) -> Sequence[APIRouter]:
    """Every page of intake."""
    return (
        report.router(pages, on_concerns, store),
        access_export.router(pages, access),
    )
