"""Who may do what at intake's API: the role's right, and only in this deployment's district."""

from typing import Annotated

from fastapi import Depends, Request

from shared.security.roles import Principal, Right
from shared.web.auth import require
from shared.web.problem import Problem
from shared.web.site import site_of


def _here(request: Request, who: Principal) -> Principal:
    if who.district != site_of(request).district.code:
        raise Problem(403)
    return who


async def _reporter(
    request: Request, who: Annotated[Principal, Depends(require(Right.REPORT_CONCERN))]
) -> Principal:
    return _here(request, who)


async def _reader(
    request: Request, who: Annotated[Principal, Depends(require(Right.READ_OWN_CONCERNS))]
) -> Principal:
    return _here(request, who)


async def _sspf(
    request: Request, who: Annotated[Principal, Depends(require(Right.RECORD_SSPF))]
) -> Principal:
    return _here(request, who)


async def _importer(
    request: Request, who: Annotated[Principal, Depends(require(Right.IMPORT_STATISTICS))]
) -> Principal:
    return _here(request, who)


Reporter = Annotated[Principal, Depends(_reporter)]
Reader = Annotated[Principal, Depends(_reader)]
SspfCoordinator = Annotated[Principal, Depends(_sspf)]
Importer = Annotated[Principal, Depends(_importer)]
