"""Puts one service's HTTP app together; importing it does nothing."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from fastapi import APIRouter, FastAPI

from shared.contracts.district import District
from shared.security.keys import FileKeyRing, KeyRing
from shared.security.session import SECRET_BYTES, SessionSeal
from shared.telemetry import log
from shared.telemetry.clock import Clock, DemoClock, SystemClock
from shared.telemetry.health import Health
from shared.telemetry.metrics import Metrics
from shared.web import answers, docs, routes
from shared.web.declared import hold_to_declared
from shared.web.middleware.body import BodyLimits, GuardedBody
from shared.web.middleware.demo_time import DemoTime
from shared.web.middleware.failure import Caught
from shared.web.middleware.head import HeadAsGet
from shared.web.middleware.headers import SecurityHeaders
from shared.web.middleware.lane import InLane, Lane
from shared.web.middleware.measure import Measured
from shared.web.middleware.rates import Limited
from shared.web.middleware.trace import Traced
from shared.web.openapi import described
from shared.web.problem_page import problem_page
from shared.web.settings import ServiceSettings
from shared.web.site import OnTick, Part, ServiceInfo, Site

GRACE_SECONDS: Final = 5  # on stop, requests that go on for longer are cut

__all__ = [
    "GRACE_SECONDS",
    "OnTick",
    "Part",
    "ServiceInfo",
    "clock_for",
    "keyring_for",
    "make_app",
    "seal_for",
]


def make_app(  # noqa: PLR0913 - where a service's objects meet, each by name
    service: ServiceInfo,
    settings: ServiceSettings,
    *,
    routers: Sequence[APIRouter],
    clock: Clock,
    health: Health,
    metrics: Metrics,
    district: District,
    parts: Sequence[Part] = (),
    keyring: KeyRing | None = None,
    on_tick: Sequence[OnTick] = (),
    lanes: Sequence[Lane] = (),
) -> FastAPI:
    """The ASGI app of a service: its routers, and everything all services have in common.

    `parts` run as long as the app does. `on_tick` is called when the demo's time moves on.
    `lanes` answer before the router does.
    """
    log.configure_once(service.name, settings.log_level)
    site = Site(
        service=service,
        settings=settings,
        clock=clock,
        health=health,
        metrics=metrics,
        keyring=keyring or keyring_for(settings),
        district=district,
        seal=seal_for(settings.secret_file),
        on_tick=tuple(on_tick),
    )
    app = described(site, lifespan=_running(parts))
    app.state.site = site
    app.state.problem_page = problem_page
    answers.install(app)
    for lane in lanes:
        app.add_middleware(InLane, lane=lane)
    _install_middlewares(app, site)
    for router in (*routers, routes.router(site), docs.router(site)):
        app.router.routes += router.routes  # include_router would make each a second time
    hold_to_declared(app.router.routes)
    routes.mount_static(app, service.name)
    return app


def clock_for(settings: ServiceSettings) -> Clock:
    """The machine's clock; in demo mode the one that requests and ticks can set."""
    return DemoClock() if settings.demo else SystemClock()


def keyring_for(settings: ServiceSettings) -> KeyRing:
    """The keys in the settings' file."""
    return FileKeyRing(settings.keys_file)


def seal_for(secret_file: Path) -> SessionSeal:
    """The session seal whose key is in the file: 32 raw bytes."""
    return SessionSeal(secret_file.read_bytes()[:SECRET_BYTES])


def _install_middlewares(app: FastAPI, site: Site) -> None:
    limits = BodyLimits(by_path=site.service.limits)
    app.add_middleware(GuardedBody, limits=limits)
    if site.settings.demo:
        app.add_middleware(DemoTime)
    app.add_middleware(Limited, site=site)
    app.add_middleware(Caught)
    app.add_middleware(HeadAsGet)
    app.add_middleware(Measured, metrics=site.metrics)
    app.add_middleware(SecurityHeaders, over_https=site.settings.over_https)
    app.add_middleware(Traced)


def _running(
    parts: Sequence[Part],
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for part in parts:
                await part.start()
                stack.push_async_callback(part.stop)
            yield

    return lifespan
