"""How much of the code the tests run through, and how much they must."""

import io
from collections.abc import Collection
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
    """What must be covered how far, and by the tests of which tiers together."""

    name: str
    percent: float
    include: tuple[str, ...] | None
    tiers: tuple[str, ...]


DEMANDS = (
    Demand("domain, projections, contracts (every branch)", EVERY_BRANCH, PURE, ("unit",)),
    Demand("the whole", WHOLE, None, ("unit", "stack")),
)


def judge(folder: Path, tiers: Collection[str], *, whole: bool) -> Count:
    """Compare what these tiers measured with the demands that they are enough for."""
    total = Count()
    for demand in DEMANDS:
        if demand.include is None and not whole:
            print(f"  {demand.name} is not measured; `./samlad test --coverage` does")
        elif set(demand.tiers) <= set(tiers):
            total += _judge(folder, demand)
        else:
            print(f"  {demand.name} is not judged without {' and '.join(demand.tiers)}")
    return total


def _combined(folder: Path, tiers: Collection[str]) -> "Coverage":
    from coverage import Coverage

    measured = Coverage(data_file=None, config_file=str(root() / "pyproject.toml"))
    files = [str(file) for tier in tiers for file in folder.glob(f".coverage.{tier}*")]
    measured.combine(files, strict=True, keep=True)
    return measured


def _judge(folder: Path, demand: Demand) -> Count:
    text = io.StringIO()
    reached = _combined(folder, demand.tiers).report(
        file=text, include=[str(root() / part) for part in demand.include or ()] or None
    )
    well = reached >= demand.percent
    said = f"coverage of {demand.name}: {reached:.2f} %, at least {demand.percent:.0f} % wanted"
    print(f"  {'ok    ' if well else 'FAILED'} {said}")
    if not well:
        print(text.getvalue())
    return Count(passed=int(well), failed=int(not well))
