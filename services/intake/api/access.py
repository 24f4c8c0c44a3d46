"""Who may do what at intake's API: the role's right, and only in this deployment's district."""

from typing import Annotated, Any

from fastapi import Depends, Request

from services.intake.commands.changing import By
from services.intake.commands.readings import Reader as NarrativeReader
from shared.security.roles import Principal, Right, Via, allowed
from shared.web.auth import Known, principal, require
from shared.web.conditional import if_match
from shared.web.problem import Problem
from shared.web.requests import provenance
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


async def _auditor(
    request: Request, who: Annotated[Principal, Depends(require(Right.READ_AUDIT))]
) -> Principal:
    return _here(request, who)


async def _changer(
    request: Request, who: Annotated[Principal, Depends(require(Right.CHANGE_OWN_CONCERNS))]
) -> By:
    return by(request, _here(request, who))


async def _recorder(request: Request, who: Annotated[Principal, Depends(_sspf)]) -> By:
    return by(request, who)


async def _desk(
    request: Request, who: Annotated[Principal, Depends(require(Right.HANDLE_QUARANTINE))]
) -> Principal:
    return _here(request, who)


async def _expunger(
    request: Request, who: Annotated[Principal, Depends(require(Right.EXPUNGE_NARRATIVES))]
) -> By:
    return by(request, _here(request, who))


async def _giver(
    request: Request, who: Annotated[Principal, Depends(require(Right.GIVE_ACCESS))]
) -> Principal:
    return _here(request, who)


async def _disposer(
    request: Request, who: Annotated[Principal, Depends(require(Right.RUN_DISPOSAL))]
) -> Principal:
    return _here(request, who)


async def _at_the_desk(request: Request, who: Annotated[Principal, Depends(_desk)]) -> By:
    return by(request, who)


async def _answerer(
    request: Request, who: Annotated[Principal, Depends(require(Right.READ_ANY_NARRATIVE))]
) -> Principal:
    return _here(request, who)


async def _narrative_reader(request: Request, known: Known) -> NarrativeReader:
    """An agency reads what it wrote; the coordinator what any agency of the district wrote."""
    of_any_agency = allowed(known, Right.READ_ANY_NARRATIVE)
    if not of_any_agency and not allowed(known, Right.READ_OWN_NARRATIVES):
        raise Problem(403)
    why = provenance(request, _here(request, known))
    return NarrativeReader(why, of_any_agency=of_any_agency)


def by(request: Request, who: Principal) -> By:
    """Who commands, and which version they have read."""
    return By(why=provenance(request, who), if_match=if_match(request))


# What `_reporter` asks for, as OpenAPI says it.
SIGNED_IN: dict[str, Any] = {"security": [{"ApiKey": []}, {"Session": []}]}
Reporter = Annotated[Principal, Depends(_reporter)]
Reader = Annotated[Principal, Depends(_reader)]
SspfCoordinator = Annotated[Principal, Depends(_sspf)]
Importer = Annotated[Principal, Depends(_importer)]
KeyMaker = Annotated[Principal, Depends(_key_maker)]
Auditor = Annotated[Principal, Depends(_auditor)]
Changer = Annotated[By, Depends(_changer)]
Recorder = Annotated[By, Depends(_recorder)]
DeskReader = Annotated[Principal, Depends(_desk)]
AtTheDesk = Annotated[By, Depends(_at_the_desk)]
Answerer = Annotated[Principal, Depends(_answerer)]
ReaderOfNarratives = Annotated[NarrativeReader, Depends(_narrative_reader)]
Expunger = Annotated[By, Depends(_expunger)]
Giver = Annotated[Principal, Depends(_giver)]
Disposer = Annotated[Principal, Depends(_disposer)]
