"""Whether this process lives and whether it can serve, from named checks."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

CHECK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Status:
    """One check's answer; `detail_code` is a code, never a message."""

    ok: bool
    detail_code: str = "OK"


@dataclass(frozen=True, slots=True)
class Report:
    """All checks' answers."""

    ok: bool
    checks: Mapping[str, Status]


Check = Callable[[], Awaitable[Status] | Status]


class Health:
    """The checks of one service. `live` checks end the process when they fail; others only ready.

    A check may be a plain or an async function. One that fails or takes longer than two seconds
    counts as not ok.
    """

    def __init__(self) -> None:
        self._checks: dict[str, tuple[Check, bool]] = {}

    def add(self, name: str, check: Check, *, live: bool = False) -> None:
        """Take in a check under a name; the same name again replaces it."""
        self._checks[name] = (check, live)

    async def live(self) -> Report:
        """The checks that say whether the process should go on."""
        return await self._run(
            {name: check for name, (check, live) in self._checks.items() if live}
        )

    async def ready(self) -> Report:
        """All checks: whether the service can do its whole work now."""
        return await self._run({name: check for name, (check, _) in self._checks.items()})

    async def _run(self, checks: Mapping[str, Check]) -> Report:
        answers = await asyncio.gather(*(_answer(check) for check in checks.values()))
        return Report(all(a.ok for a in answers), dict(zip(checks, answers, strict=True)))


async def _answer(check: Check) -> Status:
    try:
        answer = check()
        if inspect.isawaitable(answer):
            return await asyncio.wait_for(answer, CHECK_SECONDS)
    except TimeoutError:
        return Status(ok=False, detail_code="TIMEOUT")
    except Exception:  # noqa: BLE001 - a check that fails is an answer, whatever went wrong
        return Status(ok=False, detail_code="FAILED")
    return answer
