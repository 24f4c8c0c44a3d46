"""Who may do what at intake's API: the role's right, and only in this deployment's district."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Request

from services.intake.commands.changing import By
from services.intake.commands.readings import Reader as NarrativeReader
from services.intake.commands.readings import reader_of
from shared.security.roles import Principal, Right, Via, allowed
from shared.web.auth import Known, principal, require
from shared.web.conditional import IfMatch
from shared.web.problem import Problem
from shared.web.requests import provenance
from shared.web.site import site_of


def _here(request: Request, who: Principal) -> Principal:
    if who.district != site_of(request).district.code:
        raise Problem(403)
    return who


async def reporter(request: Request) -> Principal:
    """Who reports: somebody of this district whose role has the right."""
    who = await principal(request)
    if not allowed(who, Right.REPORT_CONCERN):
        raise Problem(403)
    return _here(request, who)


def _in_role(right: Right) -> Callable[..., Awaitable[Principal]]:
    """A dependency: somebody of this district whose role has the right."""

    async def check(
        request: Request, who: Annotated[Principal, Depends(require(right))]
    ) -> Principal:
        return _here(request, who)

    return check


def _commanding(right: Right) -> Callable[..., Awaitable[By]]:
    """A dependency: as `_in_role`, and which version they have read."""

    async def check(
        request: Request, who: Annotated[Principal, Depends(_in_role(right))], version: IfMatch
    ) -> By:
        return By(why=provenance(request, who), if_match=version)

    return check


async def _key_maker(
    request: Request, who: Annotated[Principal, Depends(require(Right.MANAGE_KEYS))]
) -> Principal:
    """Only a signed-in person makes keys: a key that makes keys would outlive its end."""
    if who.via is not Via.SESSION:
        raise Problem(
            403,
            "sign-in-needed",
            ("Nycklar görs av en inloggad person", "Keys are made by a signed-in person"),
        )
    return _here(request, who)


async def _narrative_reader(request: Request, known: Known) -> NarrativeReader:
    """An agency reads what it wrote; the coordinator what any agency of the district wrote."""
    reader = reader_of(known, provenance(request, _here(request, known)))
    if reader is None:
        raise Problem(403)
    return reader


# What `reporter` asks for, as OpenAPI says it.
SIGNED_IN: dict[str, Any] = {"security": [{"ApiKey": []}, {"Session": []}]}
Reporter = Annotated[Principal, Depends(reporter)]
Reader = Annotated[Principal, Depends(_in_role(Right.READ_OWN_CONCERNS))]
SspfCoordinator = Annotated[Principal, Depends(_in_role(Right.RECORD_SSPF))]
Importer = Annotated[Principal, Depends(_in_role(Right.IMPORT_STATISTICS))]
KeyMaker = Annotated[Principal, Depends(_key_maker)]
Auditor = Annotated[Principal, Depends(_in_role(Right.READ_AUDIT))]
Changer = Annotated[By, Depends(_commanding(Right.CHANGE_OWN_CONCERNS))]
Recorder = Annotated[By, Depends(_commanding(Right.RECORD_SSPF))]
DeskReader = Annotated[Principal, Depends(_in_role(Right.HANDLE_QUARANTINE))]
AtTheDesk = Annotated[By, Depends(_commanding(Right.HANDLE_QUARANTINE))]
Answerer = Annotated[Principal, Depends(_in_role(Right.READ_ANY_NARRATIVE))]
ReaderOfNarratives = Annotated[NarrativeReader, Depends(_narrative_reader)]
Expunger = Annotated[By, Depends(_commanding(Right.EXPUNGE_NARRATIVES))]
Giver = Annotated[Principal, Depends(_in_role(Right.GIVE_ACCESS))]
Disposer = Annotated[Principal, Depends(_in_role(Right.RUN_DISPOSAL))]
