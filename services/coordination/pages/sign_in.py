"""The demo's sign-in: choose a role. In demo mode only, and from the same machine only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from services.coordination.pages.visitor import SIGN_IN
from shared.contracts.codes import Role
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.security.roles import Principal, Via
from shared.web.auth import MaybeKnown
from shared.web.pages import Pages
from shared.web.problem import Problem
from shared.web.session import sign_in, sign_out
from shared.web.settings import LOOPBACK
from shared.web.site import site_of

BOARD: Final = "/coordination/"
DESK: Final = "/intake/"
SSPF: Final = "/intake/sspf"


@dataclass(frozen=True, slots=True)
class Part:
    """A part somebody can play in the demo."""

    agency: str
    role: Role
    start: str
    hint: str

    @property
    def code(self) -> str:
        """What the form sends."""
        return f"{self.agency}:{self.role}"


PARTS: Final[Sequence[Part]] = (
    Part("DISTRICT_COORD", Role.COORDINATOR, BOARD, "Bedömer, prioriterar, ger uppdrag, avslutar"),
    Part("POLICE_NORRMALM", Role.COMMUNITY_POLICE, BOARD, "Ser tavlan och problemen"),
    Part("DISTRICT_PREVENTION", Role.ANALYST, BOARD, "Ser tavlan och problemen"),
    Part("FIELD_WORKERS", Role.REPORTER, DESK, "Rapporterar och får återkoppling"),
    Part("LIBRARIES", Role.ACTION_OWNER, DESK, "Rapporterar, gör uppdrag, har nycklar till system"),
    Part("DISTRICT_PREVENTION", Role.SSPF_COORDINATOR, SSPF, "Registrerar SSPF-utfall, intygar"),
    Part("DISTRICT_COORD", Role.RECORDS_OFFICER, DESK, "Karantän, registerutdrag, radering"),
)


async def demo_only(request: Request) -> None:
    """Outside the demo, or by another name than the machine's own, there is no such page."""
    if not site_of(request).settings.demo or request.url.hostname not in LOOPBACK:
        raise Problem(404)


def router(pages: Pages) -> APIRouter:
    """The sign-in, which only the demo has, and the sign-out."""
    routes = APIRouter(prefix="/coordination", include_in_schema=False)

    @routes.get("/sign-in", dependencies=[Depends(demo_only)])
    async def choose(request: Request, next: str = "") -> Response:  # noqa: A002 - the address's word
        return _shown(pages, request, wanted=next)

    @routes.post("/sign-in", dependencies=[Depends(demo_only)])
    async def play(
        request: Request,
        part: Annotated[str, Form(max_length=80)] = "",
        next: Annotated[str, Form(max_length=200)] = "",  # noqa: A002 - the address's word
    ) -> Response:
        chosen = next_part(part)
        if chosen is None:
            return _shown(pages, request, wanted=next, missing=True)
        answer = RedirectResponse(_start(chosen, next), status_code=303)
        sign_in(request, answer, _principal(request, chosen))
        return answer

    @routes.post("/sign-out")
    async def leave(request: Request, _who: MaybeKnown) -> Response:
        target = SIGN_IN if site_of(request).settings.demo else "/reporting/"
        answer = RedirectResponse(target, status_code=303)
        sign_out(request, answer)
        return answer

    return routes


def next_part(code: str) -> Part | None:
    """The part the form chose."""
    return next((part for part in PARTS if part.code == code), None)


def _start(part: Part, wanted: str) -> str:
    """Where they wanted to go, if it is a page of a desk that their role has."""
    desk = wanted.startswith(DESK) or (wanted.startswith(BOARD) and part.start == BOARD)
    return wanted if desk and "\\" not in wanted else part.start


def _principal(request: Request, part: Part) -> Principal:
    return Principal(
        district=DistrictCode(site_of(request).district.code),
        agency=AgencyCode(part.agency),
        role=part.role,
        via=Via.SESSION,
    )


def _shown(pages: Pages, request: Request, *, wanted: str, missing: bool = False) -> Response:
    answer = pages.render(
        request,
        "sign_in.html",
        422 if missing else 200,
        parts_to_play=PARTS,
        wanted=wanted,
        errors={"part": "Välj en roll"} if missing else {},
    )
    answer.headers["cache-control"] = "no-store"
    return answer
