"""Events of topic `coordination.places`: places and who controls them."""

from typing import ClassVar

from pydantic import Field

from shared.contracts.codes import Disclosure
from shared.contracts.envelope import Event, example
from shared.contracts.topics import COORDINATION_PLACES, Topic
from shared.contracts.types import Code, Latitude, Longitude, ReviewedText


class _PlaceEvent(Event):
    topic: ClassVar[Topic] = COORDINATION_PLACES
    aggregate: ClassVar[str] = "place"
    disclosure: ClassVar[Disclosure] = Disclosure.PUBLIC


class PlaceRegistered(_PlaceEvent):
    """The district works with a place; somebody controls it."""

    model_config = example(
        name="Hornsbergs strand",
        lat=59.3405,
        lon=18.0078,
        part="STADSHAGEN",
        custodians=["DISTRICT_PARKS", "TRAFFIC_OFFICE"],
    )

    name: ReviewedText = Field(description="What people call it")
    lat: Latitude = Field(description="WGS 84")
    lon: Longitude = Field(description="WGS 84")
    part: Code = Field(description="District part it lies in")
    custodians: tuple[Code, ...] = Field(
        min_length=1, max_length=12, description="Agencies that control it, the first foremost"
    )


class PlaceControlChanged(_PlaceEvent):
    """Other agencies control the place now."""

    model_config = example(custodians=["PORT", "DISTRICT_PARKS"])

    custodians: tuple[Code, ...] = Field(
        min_length=1, max_length=12, description="Agencies that control it, the first foremost"
    )


class PlacePrioritised(_PlaceEvent):
    """The district gives the place more attention."""

    model_config = example(motive="CLUSTER_AT_PLACE")

    motive: Code = Field(description="Motive of the district file")


class PlaceDeprioritised(_PlaceEvent):
    """The place gets the usual attention again."""

    model_config = example(motive="CALM_PERIOD")

    motive: Code = Field(description="Motive of the district file")


class PlaceRetired(_PlaceEvent):
    """The district no longer works with the place under this id."""

    model_config = example(reason="MERGED")

    reason: Code = Field(description="Reason of the district file")
