"""What is answered to many concerns at once: one answer each, and how many of each kind."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.concerns import TurnTo
from shared.contracts.codes import ConcernState
from shared.contracts.types import Uuid


class Fate(StrEnum):
    """What became of one item."""

    ACCEPTED = "ACCEPTED"
    DIVERTED = "DIVERTED"
    REFUSED = "REFUSED"
    UNAVAILABLE = "UNAVAILABLE"


class Fault(BaseModel):
    """What is wrong with a property; never its value."""

    property: str = Field(description="Egenskap / property")
    reason: str = Field(description="Orsak / reason")


class ItemProblem(BaseModel):
    """Why an item was not taken, as a problem (RFC 9457) tells it."""

    model_config = ConfigDict(populate_by_name=True)

    type: str = Field(description="Slags problem / kind of problem")
    title: str = Field(description="I ord / in words, sv / en")
    code: str = Field(description="Kod / code")
    invalid: list[Fault] | None = Field(
        default=None, alias="invalid-parameters", description="Vad som är fel / what is wrong"
    )


class ItemAnswer(BaseModel):
    """What became of one item."""

    index: int = Field(description="Plats i listan, från 0 / place in the list, from 0")
    outcome: Fate = Field(description="Utfall / outcome")
    http_status: int = Field(description="Som för en ensam rapport / as for a single report")
    concern_id: Uuid | None = Field(default=None, description="Referens / reference")
    status: ConcernState | None = Field(default=None, description="REGISTERED, QUARANTINED")
    replayed: bool | None = Field(default=None, description="Fanns redan / was there already")
    links: dict[str, str] | None = Field(default=None, description="Länkar / links")
    turn_to: TurnTo | None = Field(default=None, description="Vänd dig hit / where to turn")
    problem: ItemProblem | None = Field(default=None, description="Varför inte / why not")


class Counts(BaseModel):
    """How many of each: total = accepted + diverted + refused + unavailable."""

    total: int = Field(description="Alla / all")
    accepted: int = Field(description="Mottagna / taken in")
    replayed: int = Field(description="Av dem: fanns redan / of these: there already")
    quarantined: int = Field(description="Av dem: i karantän / of these: quarantined")
    diverted: int = Field(description="Hör hemma annanstans / belong elsewhere")
    refused: int = Field(description="Avvisade / refused")
    unavailable: int = Field(description="Försök igen / try again")


class BatchAnswer(BaseModel):
    """One answer per item, in the order they were sent."""

    dry_run: bool = Field(description="Inget sparat / nothing stored")
    counts: Counts = Field(description="Antal / counts")
    results: list[ItemAnswer] = Field(description="Ett svar per rapport / one answer each")
