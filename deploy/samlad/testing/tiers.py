"""The tiers in their order: what each runs, and what it needs to be able to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from deploy.samlad.testing.browser import chromium


def _nothing_missing() -> str | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A part of the tests that runs by itself.

    `missing` says why it cannot run on this machine, or nothing.
    """

    name: str
    says: str
    marker: str
    workers: int = 0
    needs_stack: bool = False
    measured: bool = True
    children_measured: bool = False
    missing: Callable[[], str | None] = _nothing_missing
    environment: Callable[[], Mapping[str, str]] = field(default=dict)


def _no_chromium() -> str | None:
    return None if chromium() else "no Chromium on this machine"


def _chromium() -> Mapping[str, str]:
    return {"SAMLAD_CHROMIUM": str(chromium() or "")}


LINT = "lint"
UNIT = Tier(
    name="unit",
    says="rules, contracts, adapters without a broker or a database",
    marker="not stack and not system and not browser and not wheels",
    workers=2,
)
STACK = Tier(
    name="stack",
    says="adapters and services on real Kafka and MongoDB",
    marker="stack and not system and not browser and not wheels",
    workers=2,
    needs_stack=True,
    children_measured=True,
)
SYSTEM = Tier(
    name="system",
    says="the whole system as separate processes",
    marker="system and not browser and not wheels",
    children_measured=True,
)
BROWSER = Tier(
    name="browser",
    says="the pages in a real browser",
    marker="browser",
    measured=False,
    missing=_no_chromium,
    environment=_chromium,
)
WHEELS = Tier(name="wheels", says="every distribution, built and installed alone", marker="wheels")
TIERS = (UNIT, STACK, SYSTEM, BROWSER, WHEELS)
NAMES = (LINT, *(tier.name for tier in TIERS))
FAST = (LINT, UNIT.name)
