"""Who may do what at coordination's API: the role's right, and only in this district."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request

from services.coordination.commands import By
from shared.contracts.codes import Role
from shared.security.roles import Principal, Right
from shared.web.auth import require
from shared.web.conditional import IfMatch
from shared.web.problem import Problem
from shared.web.requests import provenance
from shared.web.site import site_of


def _here(right: Right) -> Callable[..., Awaitable[Principal]]:
    async def check(
        request: Request, who: Annotated[Principal, Depends(require(right))]
    ) -> Principal:
        if who.district != site_of(request).district.code:
            raise Problem(403)
        return who

    return check


def _by(right: Right) -> Callable[..., Awaitable[By]]:
    async def command(
        request: Request, who: Annotated[Principal, Depends(_here(right))], version: IfMatch
    ) -> By:
        return By(why=provenance(request, who), if_match=version)

    return command


async def _desk_reader(
    who: Annotated[Principal, Depends(_here(Right.READ_COORDINATION))],
) -> Principal:
    """Those who see the whole desk; an owning agency sees its own assignments elsewhere."""
    if who.role is Role.ACTION_OWNER:
        raise Problem(403)
    return who


Reader = Annotated[Principal, Depends(_here(Right.READ_COORDINATION))]
DeskReader = Annotated[Principal, Depends(_desk_reader)]
Triaging = Annotated[By, Depends(_by(Right.TRIAGE))]
Deciding = Annotated[By, Depends(_by(Right.DECIDE_PROBLEMS))]
Analysing = Annotated[By, Depends(_by(Right.RECORD_CAUSES))]
Assigning = Annotated[By, Depends(_by(Right.ASSIGN))]
Acting = Annotated[By, Depends(_by(Right.ACT_ON_OWN_ASSIGNMENTS))]
Picturing = Annotated[By, Depends(_by(Right.DECIDE_PICTURE))]
KeepingPlaces = Annotated[By, Depends(_by(Right.MANAGE_PLACES))]
KeepingCycles = Annotated[By, Depends(_by(Right.MANAGE_CYCLES))]
