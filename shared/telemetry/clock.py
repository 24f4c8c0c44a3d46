"""Where time comes from: the system, or in demo mode the request and the last tick."""

from contextvars import ContextVar, Token
from datetime import UTC, datetime
from typing import Protocol

_request_now: ContextVar[datetime | None] = ContextVar("samlad_request_now", default=None)


class Clock(Protocol):
    """Tells the time, always aware and in UTC."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)


class DemoClock:
    """The time a request carries; else the last tick; else the machine's clock."""

    def __init__(self) -> None:
        self._ticked: datetime | None = None

    def now(self) -> datetime:
        """The moment the current request or the last tick says it is, in UTC."""
        return _request_now.get() or self._ticked or datetime.now(UTC)

    def tick(self, now: datetime) -> None:
        """Move to `now` (aware); time never goes back."""
        moment = now.astimezone(UTC)
        self._ticked = moment if self._ticked is None else max(moment, self._ticked)


def set_request_now(now: datetime | None) -> Token[datetime | None]:
    """Let a DemoClock in this context say `now`; give the token to `reset_request_now`."""
    return _request_now.set(now.astimezone(UTC) if now is not None else None)


def reset_request_now(token: Token[datetime | None]) -> None:
    """Undo `set_request_now`."""
    _request_now.reset(token)
