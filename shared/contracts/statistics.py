"""Events of topic `intake.statistics`: figures of other publishers, their suppression kept."""

from datetime import date
from typing import ClassVar, Self

from pydantic import Field, model_validator

from shared.contracts.codes import Disclosure, StatisticCaution
from shared.contracts.envelope import Event, example
from shared.contracts.topics import INTAKE_STATISTICS, Topic
from shared.contracts.types import Count, Period, Sha256, Slug, Uuid


class _StatisticsEvent(Event):
    topic: ClassVar[Topic] = INTAKE_STATISTICS
    disclosure: ClassVar[Disclosure] = Disclosure.AGENCY


class StatisticsImported(_StatisticsEvent):
    """A publisher's file was taken in, with its account."""

    aggregate: ClassVar[str] = "import"

    model_config = example(
        source="bra-sol",
        content_sha256="9f" * 32,
        period_from="2025-01",
        period_to="2025-12",
        geographies=290,
        rows=3480,
        taken=3468,
        skipped=12,
        caution="REPORTED_CRIME",
    )

    source: Slug = Field(description="Kind of file and its publisher")
    content_sha256: Sha256 = Field(description="Of the file as it was sent")
    period_from: Period = Field(description="Earliest period in the file")
    period_to: Period = Field(description="Latest period in the file")
    geographies: Count = Field(description="How many geographies it covers")
    rows: Count = Field(description="Rows read")
    taken: Count = Field(description="Rows taken")
    skipped: Count = Field(description="Rows skipped, each with a reason in the account")
    caution: StatisticCaution = Field(description="The caution the figures are shown with")
    fetched_on: date | None = Field(
        default=None, description="Day the file was fetched from its publisher, when it was said"
    )


class StatisticObserved(_StatisticsEvent):
    """One published figure: an indicator, a geography, a period and a value or its absence."""

    aggregate: ClassVar[str] = "statistic"

    model_config = example(
        source="bra-sol",
        indicator="stold-och-tillgrepp.cykelstold",
        geography="stockholm",
        period="2025-06",
        value=412.0,
        suppressed=False,
        preliminary=True,
        unit="antal",
    )

    source: Slug = Field(description="Kind of file and its publisher")
    indicator: Slug = Field(description="The publisher's indicator as a slug")
    geography: Slug = Field(description="The publisher's geography as a slug")
    period: Period = Field(description="Year, half-year, quarter, month or week")
    value: float | None = Field(default=None, description="None where there is no figure")
    suppressed: bool = Field(description="The publisher withheld the figure")
    preliminary: bool = Field(description="The publisher may still change the figure")
    unit: Slug = Field(description="Unit of the value")
    n: Count | None = Field(default=None, description="Number of answers behind it, in surveys")
    fetched_on: date | None = Field(
        default=None, description="Day its file was fetched from its publisher, when it was said"
    )
    import_id: Uuid | None = Field(default=None, description="The import it came with")
    older: bool = Field(
        default=False,
        description="A figure fetched later stands already; this one is kept beside it",
    )

    @model_validator(mode="after")
    def _nothing_behind_suppression(self) -> Self:
        if self.suppressed and self.value is not None:
            raise ValueError("a suppressed figure has no value")
        return self
