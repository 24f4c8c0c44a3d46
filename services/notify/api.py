"""JSON and events out: what notify delivers, and what is happening now."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Final, Self

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from services.notify.commands.watching import Beat, Missed, Watching
from services.notify.domain.delivery import Template
from services.notify.store import Held, Store, Told
from shared.contracts.codes import DeliveryChannel, DeliveryState
from shared.security.roles import Principal, Right
from shared.store.errors import StoreError
from shared.web.auth import require
from shared.web.paging import Listing, Paged, paged
from shared.web.problem import Problem

RECONNECT_MS: Final = 2000
LONGEST_NUMBER: Final = 18  # digits that fit what MongoDB counts with
MISSED: Final = '{"type":"samlad.missed"}'

DeliveryReader = Annotated[Principal, Depends(require(Right.READ_DELIVERIES))]
StreamReader = Annotated[Principal, Depends(require(Right.READ_STREAM))]


class DeliveryView(BaseModel):
    """One delivery; addresses never leave notify."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "delivery_id": "4c0f6b1e-7a2d-5f1b-9c3e-2d4a6b8c0e1f",
                    "state": "DELIVERED",
                    "template": "ASSIGNMENT_ASSIGNED",
                    "channel": "MAIL",
                    "recipient_agency": "DISTRICT_PARKS",
                    "about_kind": "assignment",
                    "about_id": "0b9d8f13-0f45-5a67-8d27-6f4f3a9f7c21",
                    "cause_event_id": "8a6f3f0e-9f5d-5b2a-8c7f-1e2d3c4b5a69",
                    "requested_at": "2026-06-05T08:30:00Z",
                    "attempts": 1,
                }
            ]
        }
    )

    delivery_id: str = Field(description="Leveransens id / id of the delivery")
    state: DeliveryState = Field(description="Läge / state")
    template: Template = Field(description="Vilket meddelande / which message")
    channel: DeliveryChannel = Field(description="Hur det går ut / how it goes out")
    recipient_agency: str = Field(description="Till vem / to whom")
    about_kind: str = Field(description="Vad det rör / what it is about")
    about_id: str = Field(description="Vilken / which one")
    cause_event_id: str = Field(description="Händelsen bakom / the event behind it")
    requested_at: datetime = Field(description="När det begärdes / when it was asked for")
    due_at: datetime | None = Field(default=None, description="Nästa försök / next attempt")
    attempts: int = Field(description="Antal försök / attempts so far")
    reason: str | None = Field(default=None, description="Varför det inte gick / why it failed")

    @classmethod
    def of(cls, held: Held) -> Self:
        """The view of what is stored."""
        delivery, owed = held.delivery, held.delivery.owed
        return cls(
            delivery_id=held.id,
            state=delivery.status,
            template=owed.template,
            channel=delivery.channel,
            recipient_agency=owed.recipient,
            about_kind=owed.about_kind,
            about_id=owed.about_id,
            cause_event_id=delivery.origin.event_id,
            requested_at=delivery.requested_at,
            due_at=delivery.due_at,
            attempts=delivery.attempts,
            reason=delivery.reason,
        )


class Deliveries(Paged[DeliveryView]):
    """One page of deliveries, and how many there are in which state."""

    totals: dict[DeliveryState, int] = Field(description="Antal per läge / number per state")


def router(store: Store, watching: Watching) -> APIRouter:
    """The routes under `/notify/v1`."""
    routes = APIRouter(prefix="/notify/v1")
    _add_deliveries(routes, store)
    _add_stream(routes, watching)
    return routes


def _add_deliveries(routes: APIRouter, store: Store) -> None:
    @routes.get(
        "/deliveries",
        tags=["leveranser / deliveries"],
        summary="Leveranser / deliveries",
        response_description="En sida leveranser / one page of deliveries",
    )
    async def deliveries(
        request: Request,
        response: Response,
        who: DeliveryReader,
        part: Listing,
        state: Annotated[
            DeliveryState | None, Query(description="Bara detta läge / only this state")
        ] = None,
    ) -> Deliveries:
        """Distriktets leveranser, senaste först, och antal per läge. / Newest first, and totals."""
        found = await store.deliveries_of(who.district, state, skip=part.skip, limit=part.limit)
        items = [DeliveryView.of(held) for held in found]
        totals = await store.totals(who.district)
        total = totals.get(state, 0) if state else sum(totals.values())
        page = paged(items, total, part=part, request=request, response=response)
        return Deliveries(**dict(page), totals=totals)


def _add_stream(routes: APIRouter, watching: Watching) -> None:
    @routes.get(
        "/stream",
        tags=["direkt / live"],
        summary="Direktflöde / live stream",
        response_class=StreamingResponse,
        responses={
            200: {"content": {"text/event-stream": {}}, "description": "Händelser / events"}
        },
    )
    async def stream(
        request: Request,
        who: StreamReader,
        last_event_id: Annotated[
            str | None,
            Header(description="Fortsätt efter detta nummer / go on after this number"),
        ] = None,
    ) -> StreamingResponse:
        """Vad som händer nu: typ och id:n, inget innehåll (Server-Sent Events).

        Numren växer; `Last-Event-ID` fortsätter där läsaren slutade. Är numret för gammalt
        kommer `samlad.missed`: läs om allt. / What happens now: types and ids only. Numbers
        grow; `Last-Event-ID` resumes; `samlad.missed` says that everything must be read again.
        """
        ending = getattr(request.app.state, "ending", lambda: False)
        lines = _events(watching.follow(_number(last_event_id), ending), who)
        return StreamingResponse(
            lines, media_type="text/event-stream", headers={"x-accel-buffering": "no"}
        )


async def _events(
    followed: AsyncIterator[Told | Missed | Beat], who: Principal
) -> AsyncIterator[str]:
    yield f"retry: {RECONNECT_MS}\n\n"
    try:
        async for line in followed:
            match line:
                case Beat():
                    yield f": \nid: {line.number}\n\n"
                case Missed():
                    yield f"id: {line.number}\ndata: {MISSED}\n\n"
                case Told() if _visible(line, who):
                    yield f"id: {line.number}\ndata: {line.row.glimpse.model_dump_json()}\n\n"
    except StoreError:
        return  # the reader comes again and goes on where it was


def _visible(told: Told, who: Principal) -> bool:
    return told.row.visible_to(district=who.district, agency=who.agency, role=who.role)


def _number(last_event_id: str | None) -> int | None:
    """The number a reader names; what is no number of ours is one that was never given."""
    if last_event_id is None or not last_event_id.strip():
        return None
    if len(last_event_id) > LONGEST_NUMBER:
        raise Problem(400, invalid=[("Last-Event-ID", "för långt / too long")])
    return int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() else -1
