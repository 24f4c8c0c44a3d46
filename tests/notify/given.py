"""What the tests of notify share: events as they come, a mail sink that answers as told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP

from services.notify.domain.delivery import Delivery, Facts, Origin, Owed, Template, request
from shared.contracts.assignments import AssignmentAssigned, AssignmentProposed
from shared.contracts.codes import Role
from shared.contracts.envelope import Event, Provenance, Received, meta_of
from shared.contracts.ids import AgencyCode, DistrictCode, aggregate_id

NOW = datetime(2026, 6, 5, 8, 30, tzinfo=UTC)
PROBLEM = aggregate_id("problem", "DISTRICT_COORD", "1")
ASSIGNMENT = aggregate_id("assignment", "DISTRICT_COORD", "1")
CONCERN = aggregate_id("concern", "FIELD_WORKERS", "1")
DUE = date(2026, 7, 3)
PROPOSED = AssignmentProposed(
    problem_id=PROBLEM,
    place_id="PL-HORN",
    category="ENV.LITTER",
    cause_no=1,
    quick_fix=False,
    measure="BINS",
    owner="DISTRICT_PARKS",
    due=DUE,
)
ASSIGNED = AssignmentAssigned(owner="DISTRICT_PARKS", due=DUE)


def received(
    event: Event,
    sequence: int = 1,
    *,
    subject: str = ASSIGNMENT,
    agency: str = "DISTRICT_COORD",
    district: str = "KUNGSHOLMEN",
) -> Received[Any]:
    why = Provenance(
        time=NOW,
        district=DistrictCode(district),
        agency=AgencyCode(agency),
        actor_role=Role.COORDINATOR,
        correlation_id="c0ffee00-0000-4000-8000-000000000001",
    )
    source = f"/{event.topic.owner}"
    return Received(
        meta_of(event, source=source, subject=subject, sequence=sequence, why=why), event
    )


def owed(
    template: Template = Template.ASSIGNMENT_ASSIGNED, recipient: str = "DISTRICT_PARKS"
) -> Owed:
    about = ("case", CONCERN) if template is Template.FEEDBACK else ("assignment", ASSIGNMENT)
    facts = Facts(problem_id=PROBLEM, place_id="PL-HORN", measure="BINS", due=DUE)
    return Owed(
        template=template,
        recipient=recipient,
        about_kind=about[0],
        about_id=about[1],
        facts=Facts(feedback="MEASURE_DONE") if template is Template.FEEDBACK else facts,
    )


def pending(template: Template = Template.ASSIGNMENT_ASSIGNED) -> Delivery:
    meta = received(ASSIGNED).meta
    origin = Origin(
        event_id=meta.id,
        district=meta.district,
        agency=meta.agency,
        correlation_id=meta.correlation_id,
    )
    return request(owed(template), origin, reachable=True, requested_at=NOW, now=NOW)[0]


@dataclass(slots=True)
class Sink:
    """A mail server that answers DATA as told and remembers what it took."""

    port: int = 0
    answers: list[str] = field(default_factory=list)
    taken: list[EmailMessage] = field(default_factory=list)
    on_taken: Callable[[], None] = lambda: None

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: ANN401, N802 - aiosmtpd's name, untyped
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
            self.on_taken()
        return answer


@asynccontextmanager
async def sink() -> AsyncIterator[Sink]:
    kept = Sink()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(kept, enable_SMTPUTF8=True), "127.0.0.1", 0)
    kept.port = server.sockets[0].getsockname()[1]
    try:
        yield kept
    finally:
        end(server)


def end(server: asyncio.Server) -> None:
    """Stop a server without waiting for its clients, as `async with` does from Python 3.12 on."""
    server.close()
    getattr(server, "close_clients", lambda: None)()
