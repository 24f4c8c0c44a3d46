"""The small bodies of commands: one or two codes of the district's lists."""

from datetime import date
from typing import Final

from pydantic import ConfigDict, Field, JsonValue

from services.coordination.commands.wishes import Asked, Custodians
from shared.contracts.codes import Effect
from shared.contracts.types import Code, Uuid

EARLIEST: Final = date(2000, 1, 1)  # what anybody can mean by the day it was done


def _example(**fields: JsonValue) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [fields]})


class Nothing(Asked):
    """No particulars: `{}`, or no body at all."""

    model_config = _example()


class ToProblem(Asked):
    """Which problem."""

    model_config = _example(problem_id="5f0c7a52-8f6e-5a39-9d0c-1f6a6c2b7e11")

    problem_id: Uuid = Field(description="Problemet / the problem")


class OfConcern(Asked):
    """Which other concern."""

    model_config = _example(duplicate_of="2c1f6a5e-3b0d-5c55-8a4b-7d2f9e0c4a10")

    duplicate_of: Uuid = Field(description="Den första rapporten / the concern that came first")


class Because(Asked):
    """Why, as a code of the district's list."""

    model_config = _example(reason="NOT_POSSIBLE")

    reason: Code = Field(description="Skäl ur stadsdelens lista / reason of the district's list")


class Motive(Asked):
    """Why, as a code of the district's list of motives."""

    model_config = _example(motive="CLUSTER_AT_PLACE")

    motive: Code = Field(description="Motiv ur stadsdelens lista / motive of the list")


class Declining(Asked):
    """Why not, and who instead."""

    model_config = _example(reason="NOT_OUR_CONTROL", suggested_owner="PORT")

    reason: Code = Field(description="Skäl ur stadsdelens lista / reason of the district's list")
    suggested_owner: Code = Field(description="Vem som kan i stället / who can instead")


class Redirecting(Asked):
    """Who shall do it now."""

    model_config = _example(to_owner="PORT")

    to_owner: Code = Field(description="Ny ägare / the new owner")


class Completing(Asked):
    """When it was done."""

    model_config = _example(completed_on="2026-07-01")

    completed_on: date | None = Field(
        default=None, ge=EARLIEST, description="Dagen; i dag / the day; today"
    )


class Closing(Asked):
    """The effect, if one wants to say it again."""

    model_config = _example(effect="IMPROVED")

    effect: Effect | None = Field(
        default=None, description="Samma som uppföljningens / the same as the follow-up's"
    )


class Resolving(Asked):
    """What the measures did to the problem."""

    model_config = _example(effect="IMPROVED")

    effect: Effect = Field(description="Effekten / the effect")


class Postponing(Asked):
    """Another due date, and why."""

    model_config = _example(due="2026-07-10", reason="AWAITING_DELIVERY")

    due: date = Field(description="Ny förfallodag / the new due date")
    reason: Code = Field(description="Skäl ur stadsdelens lista / reason of the district's list")


class Control(Asked):
    """Who controls the place, the first foremost."""

    model_config = _example(custodians=["PORT", "DISTRICT_PARKS"])

    custodians: Custodians = Field(description="Rådighetshavare / custodians")
