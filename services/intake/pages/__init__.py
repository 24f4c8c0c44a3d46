"""HTML in and out: what a person sees of intake."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.intake.commands.concerns import Concerns
from services.intake.commands.imports import Imports
from services.intake.pages import imports, report
from services.intake.store import Store
from shared.web.pages import Pages


def routers(
    pages: Pages, *, on_concerns: Concerns, on_imports: Imports, store: Store
) -> Sequence[APIRouter]:
    """Every page of intake."""
    return (report.router(pages, on_concerns, store), imports.router(pages, on_imports))
