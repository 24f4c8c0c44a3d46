"""HTML in and out: the coordinator's board, one problem's story, and the demo's sign-in."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.coordination.pages import board, problem, sign_in
from services.coordination.store import Store
from services.coordination.store.board import Boards
from shared.web.pages import Pages


def routers(pages: Pages, boards: Boards, store: Store) -> Sequence[APIRouter]:
    """Every page of coordination."""
    return (
        sign_in.router(pages),
        board.router(pages, boards, store),
        problem.router(pages, store),
    )
