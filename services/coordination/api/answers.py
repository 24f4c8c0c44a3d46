"""What every command answers: the id, the state it is in, the version it has."""

from typing import Any, Final, TypeVar

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from services.coordination.commands import Made
from services.coordination.domain.decision import State
from services.coordination.store import Stored
from shared.contracts.types import AggregateId
from shared.web.answered_headers import named
from shared.web.conditional import etag

MADE: Final[dict[int | str, dict[str, Any]]] = {201: named("Location")}
S = TypeVar("S", bound=State)


class Outcome(BaseModel):
    """Where something stands after a command."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"id": "0b9d8f13-0f45-5a67-8d27-6f4f3a9f7c21", "state": "ACCEPTED", "version": 3}
            ]
        }
    )

    id: AggregateId = Field(description="Referens / reference")
    state: str = Field(description="Läge efteråt / state afterwards", max_length=40)
    version: int = Field(description="Version, även som ETag / also the ETag", ge=1)


def moved(response: Response, done: Stored[S], state: str) -> Outcome:
    """What a command changed, with its version as the ETag."""
    response.headers["etag"] = etag(done.version)
    return Outcome(id=done.id, state=state, version=done.version)


def made(response: Response, done: Made[S], under: str) -> Outcome:
    """What a command made, with where it is; a repeat says that it is one."""
    response.headers["etag"] = etag(done.version)
    response.headers["location"] = f"{under}/{done.id}"
    if done.replayed:
        response.headers["idempotent-replayed"] = "true"
    return Outcome(id=done.id, state=done.state, version=done.version)
