"""How much of the code the tests run through, and how much they must."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.samlad.places import root
from deploy.samlad.testing.count import Count

if TYPE_CHECKING:
    from coverage import Coverage

WHOLE = 90.0
EVERY_BRANCH = 100.0
PURE = (
    "services/*/domain.py",
    "services/*/domain/*",
    "services/*/projections.py",
    "services/*/projections/*",
    "shared/contracts/*",
)


@dataclass(frozen=True, slots=True)
class Demand:
    """What must be covered how far."""

    name: str
    percent: float
    include: tuple[str, ...] | None


DEMANDS = (
    Demand("the whole", WHOLE, None),
    Demand("domain, projections, contracts (every branch)", EVERY_BRANCH, PURE),
)


def judge(folder: Path) -> Count:
    """Combine what the tiers measured and compare it with the demands."""
    from coverage import Coverage

    measured = Coverage(
        data_file=str(folder / ".coverage"), config_file=str(root() / "pyproject.toml")
    )
    measured.combine([str(folder)], strict=True, keep=True)
    measured.save()
    return sum((_judge(measured, demand) for demand in DEMANDS), Count())


def _judge(measured: "Coverage", demand: Demand) -> Count:
    text = io.StringIO()
    reached = measured.report(
        file=text, include=[str(root() / part) for part in demand.include or ()] or None
    )
    well = reached >= demand.percent
    said = f"coverage of {demand.name}: {reached:.1f} %, at least {demand.percent:.0f} % wanted"
    print(f"  {'ok    ' if well else 'FAILED'} {said}")
    if not well:
        print(text.getvalue())
    return Count(passed=int(well), failed=int(not well))
