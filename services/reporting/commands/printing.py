"""The weekly report as PDF/UA-1: the same picture in, the same bytes out."""

import json
from datetime import datetime
from pathlib import Path
from typing import Final

import typst

from services.reporting.domain import chart
from services.reporting.domain.picture import Picture

TEMPLATES: Final = Path(__file__).parent.parent / "templates"


def weekly(picture: Picture) -> bytes:
    """The report of a picture. Takes a tenth of a second: call it off the event loop."""
    compiled = typst.compile(
        str(TEMPLATES / "weekly_situation.typ"),
        root=str(TEMPLATES),
        format="pdf",
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        timestamp=int(datetime.fromisoformat(picture.as_of).timestamp()),
        sys_inputs={
            "picture": json.dumps(picture.model_dump(mode="json"), ensure_ascii=False),
            "chart": chart.bars(picture),
            "chart_title": chart.title(picture),
            "chart_words": chart.described(picture),
        },
    )
    return bytes(compiled)
