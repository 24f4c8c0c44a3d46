"""What the parts of one app share: who it is, its settings, clock, keys and gauges."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from fastapi import Request

from shared.contracts.district import District
from shared.security.keys import KeyRing
from shared.security.session import SessionSeal
from shared.telemetry.clock import Clock
from shared.telemetry.health import Health
from shared.telemetry.metrics import Metrics
from shared.web.json_guard import Limits
from shared.web.settings import ServiceSettings

API_VERSION = "1.0.0"
API_RELEASED = "2026-11-23"  # the day API_VERSION was released: they change together

OnTick = Callable[[datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceInfo:
    """A service's name (first part of all its paths) and how its API describes itself.

    `limits` are larger body limits of whole paths, such as imports. `open_forms` are the paths that
    anybody may post to: nobody does so often.
    """

    name: str
    title_sv: str
    title_en: str
    description_sv: str
    description_en: str
    version: str = API_VERSION
    released: str = API_RELEASED
    limits: Mapping[str, Limits] = field(default_factory=dict)
    open_forms: frozenset[str] = frozenset()


class Part(Protocol):
    """Something that runs as long as the app does, such as the bus."""

    async def start(self) -> None:
        """Begin; must not fail because another system is away."""
        ...

    async def stop(self) -> None:
        """End in order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything a request may need to know about the app that serves it."""

    service: ServiceInfo
    settings: ServiceSettings
    clock: Clock
    health: Health
    metrics: Metrics
    keyring: KeyRing
    district: District
    seal: SessionSeal
    on_tick: Sequence[OnTick] = ()

    def wall_now(self) -> datetime:
        """The machine's own time: sessions and keys end by it, also in the demo."""
        return datetime.now(UTC)


def site_of(request: Request) -> Site:
    """The site of the app that serves this request."""
    site: Site = request.app.state.site
    return site
