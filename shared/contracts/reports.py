"""Event of topic `reporting.reports`: what was built, how, and its fingerprint."""

from typing import ClassVar

from pydantic import Field

from shared.contracts.codes import Disclosure
from shared.contracts.envelope import Event, example
from shared.contracts.topics import REPORTING_REPORTS, Topic
from shared.contracts.types import Count, MethodVersion, Period, Sha256, Slug


class ReportBuilt(Event):
    """A report stands; the same input gives the same fingerprint."""

    topic: ClassVar[Topic] = REPORTING_REPORTS
    aggregate: ClassVar[str] = "report"
    disclosure: ClassVar[Disclosure] = Disclosure.PUBLIC

    model_config = example(
        report_type="weekly-situation",
        period="2026-W23",
        rows=24,
        suppressed_cells=3,
        method_version="1",
        sha256="9f" * 32,
    )

    report_type: Slug = Field(description="Which report")
    period: Period = Field(description="What it covers")
    rows: Count = Field(description="Rows in its tables")
    suppressed_cells: Count = Field(description="Cells withheld to protect persons")
    method_version: MethodVersion = Field(description="How it was counted")
    sha256: Sha256 = Field(description="Of the file")
