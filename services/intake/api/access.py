"""Who may do what at intake's API: the role's right, and only in this deployment's district."""

from typing import Annotated, Any

from fastapi import Depends, Request

from shared.security.roles import Principal, Right, allowed
from shared.web.auth import principal, require
from shared.web.problem import Problem
from shared.web.site import site_of


def _here(request: Request, who: Principal) -> Principal:
    if who.district != site_of(request).district.code:
        raise Problem(403)
    return who


async def _reporter(request: Request) -> Principal:
    """As `require`, in one step: the tree of dependencies is a fifth of a report's cost."""
    who = await principal(request)
    if not allowed(who, Right.REPORT_CONCERN):
        raise Problem(403)
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


async def _auditor(
    request: Request, who: Annotated[Principal, Depends(require(Right.READ_AUDIT))]
) -> Principal:
    return _here(request, who)


async def _expunger(
    request: Request, who: Annotated[Principal, Depends(require(Right.EXPUNGE_NARRATIVES))]
) -> Principal:
    return _here(request, who)


async def _giver(
    request: Request, who: Annotated[Principal, Depends(require(Right.GIVE_ACCESS))]
) -> Principal:
    return _here(request, who)


async def _disposer(
    request: Request, who: Annotated[Principal, Depends(require(Right.RUN_DISPOSAL))]
) -> Principal:
    return _here(request, who)


# What `_reporter` asks for, as OpenAPI says it.
SIGNED_IN: dict[str, Any] = {"security": [{"ApiKey": []}, {"Session": []}]}
Reporter = Annotated[Principal, Depends(_reporter)]
Reader = Annotated[Principal, Depends(_reader)]
SspfCoordinator = Annotated[Principal, Depends(_sspf)]
Importer = Annotated[Principal, Depends(_importer)]
Auditor = Annotated[Principal, Depends(_auditor)]
Expunger = Annotated[Principal, Depends(_expunger)]
Giver = Annotated[Principal, Depends(_giver)]
Disposer = Annotated[Principal, Depends(_disposer)]
