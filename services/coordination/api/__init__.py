"""JSON in and out: validate, call, answer."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.coordination.api import assignments, pictures, places, problems, triage
from services.coordination.commands import Commands
from services.coordination.store import Store
from services.coordination.store.triage_list import TriageList


def routers(commands: Commands, store: Store, waiting: TriageList) -> Sequence[APIRouter]:
    """Every JSON route of coordination."""
    return (
        triage.router(commands.triage, waiting),
        problems.router(commands.problems, store),
        assignments.router(commands.assignments, store),
        places.router(commands.places, store),
        pictures.pictures_router(commands.pictures, store),
        pictures.cycles_router(commands.cycles, store),
    )
