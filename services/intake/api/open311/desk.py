"""Behind the routes: who may post and read what, and how it is answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from fastapi import Request, Response

from services.intake.api.open311.access import (
    NO_KEY,
    Caller,
    allowed_here,
    caller,
    check_jurisdiction,
    refused,
)
from services.intake.api.open311.asked import MOST, Page, Wanted
from services.intake.api.open311.errors import faulty
from services.intake.api.open311.formats import answer
from services.intake.api.open311.posting import fields_of
from services.intake.api.open311.services import no_service, services
from services.intake.api.open311.view import View
from services.intake.api.open311.words import language, notice
from services.intake.commands.concerns import Accepted, Diverted
from services.intake.commands.open311 import Reader, Seen, ServiceRequests, Update
from services.intake.domain.open311.attributes import attributes
from services.intake.domain.open311.posted import Faulty, Read, fault, read
from services.intake.domain.open311.status import Status
from services.intake.store import Readers, ServiceRequest, Store
from shared.contracts.district import Diversion
from shared.contracts.refusal import Refusal, Refused
from shared.security.roles import Right, allowed
from shared.web.requests import provenance
from shared.web.site import site_of

REPLAYED: Final = {"idempotent-replayed": "true"}
FIRST: Final = Page()


class Desk:
    """Takes requests in and shows them.

    `public` opens an excerpt to everybody: only requests by categories that derive from no person,
    without words, with a place or cell for a position, and told to the hour.
    """

    def __init__(self, on_requests: ServiceRequests, store: Store, *, public: bool) -> None:
        self._on_requests = on_requests
        self._store = store
        self._public = public

    async def take_in(self, request: Request, form: str) -> Response:
        """A post: its number, or everything that is wrong with it."""
        fields = await fields_of(request)
        named = dict(fields)
        who = await caller(request, named.get("api_key", ""))
        if who is None:
            raise refused(NO_KEY)
        who = allowed_here(request, who, Right.REPORT_CONCERN)
        for jurisdiction in (named, request.query_params):
            check_jurisdiction(request, jurisdiction.get("jurisdiction_id", ""))
        try:
            given = read(fields, attributes(site_of(request).district))
            outcome = await self._decided(request, who, given)
        except Faulty as wrong:
            raise faulty(wrong.faults) from wrong
        except Refused as refusal:
            raise faulty([refusal.refusal]) from refusal
        return self._receipt(request, form, outcome, (who, given))

    async def _decided(self, request: Request, who: Caller, given: Read) -> Accepted:
        district, code = site_of(request).district, given.posted.service_code
        if code not in services(district) and code not in district.diversions:
            raise no_service()
        outcome = await self._on_requests.take_in(
            given.posted,
            provenance(request, who.principal),
            key=who.key,
            synthetic=who.testing,
        )
        if isinstance(outcome, Diverted):
            raise faulty([_elsewhere(outcome.to)])
        return outcome

    def _receipt(
        self, request: Request, form: str, outcome: Accepted, given: tuple[Caller, Read]
    ) -> Response:
        who, said = given
        told = {
            "service_request_id": outcome.concern_id,
            "service_notice": notice(
                outcome.status, said.left_out, language(request), testing=who.testing
            ),
            "account_id": None,
        }
        answered = answer("service_requests", [told], form, 201)
        answered.headers.update(REPLAYED if outcome.replayed else {})
        return answered

    async def there(self, request: Request, who: Caller | None, request_id: str) -> bool:
        """Whether there is such a request that the caller may see; nothing of it is opened."""
        for readers in self._readers(request, who):
            if await self._store.service_requests.of([request_id], readers):
                return True
        return False

    async def of(
        self, request: Request, who: Caller | None, ids: Sequence[str], page: Page = FIRST
    ) -> list[Seen]:
        """A page of those of these that the caller may see, newest first."""
        found: dict[str, ServiceRequest] = {}
        for readers in self._readers(request, who):
            rows = await self._store.service_requests.of(ids, readers)
            found = {row.id: row for row in rows} | found
        newest = sorted(found.values(), key=lambda row: (row.registered_at, row.id), reverse=True)
        shown = newest[page.first : page.first + page.size]
        return await self._opened(request, who, await self._on_requests.seen(shown))

    async def many(self, request: Request, who: Caller | None, asked: Wanted) -> list[Seen]:
        """A page of what was asked for, newest first."""
        if asked.ids:
            return await self.of(request, who, asked.ids, asked.page)
        span = asked.span if who else asked.span.whole_hours
        seen: list[Seen] = []
        readers = next(iter(self._readers(request, who)), None)
        before, skip, limit = _before(asked)
        more = readers is not None
        while readers and more and len(seen) < asked.page.size:
            rows = await self._store.service_requests.between(
                span.since,
                span.until,
                readers=readers,
                codes=asked.codes,
                skip=skip,
                limit=limit,
            )
            found = await self._on_requests.seen(rows)
            fitting = [one for one in found if one.progress.status in asked.statuses]
            seen += fitting[before:]
            before = max(0, before - len(fitting))
            more, skip = len(rows) == limit, skip + limit
        return await self._opened(request, who, seen[: asked.page.size])

    async def updates(
        self, request: Request, who: Caller, since: datetime, until: datetime
    ) -> list[Update]:
        """Every move of the caller's own requests then, the first first; at most a thousand."""
        rows = await self._store.service_requests.moved(since, until, _own(request, who))
        return (await self._on_requests.updates(rows, since, until))[:MOST]

    async def view(self, request: Request, who: Caller | None, *, extensions: bool) -> View:
        """How the caller is shown what was found."""
        return View(
            district=site_of(request).district,
            places=await self._store.places.known(),
            lang=language(request),
            agency=who.principal.agency if who else None,
            extensions=extensions,
        )

    async def _opened(
        self, request: Request, who: Caller | None, seen: Sequence[Seen]
    ) -> list[Seen]:
        if who is None:
            return list(seen)
        reads_texts = allowed(who.principal, Right.READ_OWN_NARRATIVES)
        reader = Reader(provenance(request, who.principal), who.key, reads_texts)
        return await self._on_requests.opened(seen, reader)

    def _readers(self, request: Request, who: Caller | None) -> list[Readers]:
        """As whom the caller may look: as its agency, and as anybody where that is opened."""
        own = [_own(request, who)] if who else []
        district = site_of(request).district
        codes = [code for code, one in services(district).items() if not one.person_derived]
        return own + ([Readers(district.code, None, codes)] if self._public else [])


def _before(asked: Wanted) -> tuple[int, int, int]:
    """How many that fit precede the page, how many rows to skip, how many to look at in one go.

    Where every status fits, the rows of the page are known without those before them.
    """
    if asked.statuses == frozenset(Status):
        return 0, asked.page.first, asked.page.size
    return asked.page.first, 0, MOST


def _own(request: Request, who: Caller) -> Readers:
    return Readers(site_of(request).district.code, who.principal.agency)


def _elsewhere(to: Diversion) -> Refusal:
    """Where to turn instead; nothing of it was kept."""
    more = " ".join(part for part in (f"({to.phone})", to.url or "") if part).strip()
    return fault(
        "DIVERTED",
        f"{to.label.sv} {more}. Samlad tar inte emot detta och har inte sparat det.",
        f"{to.label.en} {more}. Not taken in, not stored.",
    )
