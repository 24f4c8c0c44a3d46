"""The tiers in their order: what each runs, and what it needs to be able to."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from deploy.samlad.testing import containers, docker
from deploy.samlad.testing.backing import played, stack
from deploy.samlad.testing.browser import chromium

Environment = Mapping[str, str]
Backing = Callable[[Path, Environment], AbstractContextManager[Environment]]


def _nothing_missing() -> str | None:
    return None


def _nothing(_folder: Path, _environment: Environment) -> AbstractContextManager[Environment]:
    return nullcontext({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A part of the tests that runs by itself.

    Attributes:
        where: the files and folders its tests are in; everywhere when none is named.
        backing: what runs while its tests do, and how they are told where it is.
        measured: whether the coverage of its tests is measured, when that of the whole is.
        children_measured: and that of the processes they start.
        of_rules: whether it is measured always, as far as its tests are about rules.
        asked: whether it runs only when it is asked for by its name.
        missing: says why it cannot run on this machine, or nothing.
    """

    name: str
    says: str
    marker: str
    where: tuple[str, ...] = ()
    workers: int = 0
    backing: Backing = _nothing
    measured: bool = False
    children_measured: bool = False
    of_rules: bool = False
    asked: bool = False
    missing: Callable[[], str | None] = _nothing_missing
    environment: Callable[[], Environment] = field(default=dict)


def _no_chromium() -> str | None:
    return None if chromium() else "no Chromium on this machine"


def _chromium() -> Environment:
    return {"SAMLAD_CHROMIUM": str(chromium() or "")}


LINT = "lint"
MEASURED: Final = "SAMLAD_TEST_MEASURED"
RULES: Final = "rules"
WHEELS = Tier(
    name="wheels",
    says="every distribution, built and installed alone",
    marker="wheels",
    where=("tests/deploy/test_wheels.py",),
)
UNIT = Tier(
    name="unit",
    says="rules, contracts, adapters without a broker or a database",
    marker="not stack and not slow and not system and not browser and not wheels "
    "and not containers",
    workers=2,
    measured=True,
    of_rules=True,
)
#: Who collects less begins sooner.
ON_STACK: Final = (
    *("tests/bus", "tests/conformance", "tests/coordination", "tests/deploy", "tests/intake"),
    *("tests/notify", "tests/reporting", "tests/store"),
)
STACK = Tier(
    name="stack",
    says="adapters and services on real Kafka and MongoDB",
    marker="stack and not slow and not system and not browser and not wheels",
    where=ON_STACK,
    workers=4,
    backing=stack,
    measured=True,
    children_measured=True,
)
SLOW = Tier(
    name="slow",
    says="thousands of made-up requests, and the largest files of publishers",
    marker="slow",
    where=ON_STACK,
    workers=2,
    backing=stack,
    asked=True,
)
SYSTEM = Tier(
    name="system",
    says="the whole system as separate processes",
    marker="system and not browser and not wheels",
    where=("tests/system",),
)
BROWSER = Tier(
    name="browser",
    says="the pages in a real browser",
    marker="browser",
    where=("tests/browser",),
    workers=2,
    backing=played,
    missing=_no_chromium,
    environment=_chromium,
)
TIERS = (WHEELS, UNIT, STACK, SLOW, SYSTEM, BROWSER)
NAMES = (LINT, *(tier.name for tier in TIERS))
FAST = (LINT, UNIT.name)

EMBEDDED, CONTAINERS = "embedded", "containers"
IN_CONTAINERS = (
    replace(
        STACK,
        says="adapters and services on Kafka and MongoDB in containers",
        backing=containers.stack,
        measured=False,
        children_measured=False,
        missing=docker.missing,
    ),
    Tier(
        name="containers",
        says="the images, and compose from nothing to a played season",
        marker="containers",
        where=("tests/containers",),
        missing=docker.missing,
        backing=docker.built,
    ),
    replace(
        SYSTEM,
        says="the whole system as containers of a compose project",
        marker=f"{SYSTEM.marker} and not embedded",
        missing=docker.missing,
        backing=docker.built,
        environment=lambda: {"SAMLAD_TEST_BACKEND": CONTAINERS},
    ),
)
BACKENDS = {EMBEDDED: TIERS, CONTAINERS: IN_CONTAINERS}


def there(backend: str, *, coverage: bool) -> tuple[Tier, ...]:
    """The tiers of a backend, measuring the whole or the tests of rules alone.

    Tracing takes as much time as the tests themselves: the whole is measured when it is asked for.
    """
    return tuple(tier if coverage else _of_rules(tier) for tier in BACKENDS[backend])


def _of_rules(tier: Tier) -> Tier:
    if tier.of_rules:
        return replace(tier, environment=lambda: {MEASURED: RULES})
    return replace(tier, measured=False, children_measured=False)


def names_of(backend: str) -> tuple[str, ...]:
    """The tiers of a backend, in their order; lint belongs to the embedded one."""
    return NAMES if backend == EMBEDDED else tuple(tier.name for tier in BACKENDS[backend])


def usual_of(backend: str) -> tuple[str, ...]:
    """The tiers that run when none is named."""
    asked = {tier.name for tier in BACKENDS[backend] if tier.asked}
    return tuple(name for name in names_of(backend) if name not in asked)
