"""What a look at one thing found, and how looks are kept short."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import Final

LOOK_SECONDS: Final = 5.0
ASK_SECONDS: Final = 4.0  # what a look asks others for ends before the look does


class Verdict(StrEnum):
    """OK; WARN: it works, with a risk or without something; FAIL: it does not work."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `advice` is a sentence that says what to do, empty when it is well."""

    what: str
    verdict: Verdict
    found: str
    advice: str = ""

    def row(self) -> dict[str, object]:
        """Return it as a row of the answer."""
        return {
            "what": self.what,
            "verdict": str(self.verdict),
            "found": self.found,
            "do": self.advice,
        }


def well(what: str, found: str) -> Finding:
    """Say that a thing is as it should be."""
    return Finding(what, Verdict.OK, found)


def warning(what: str, found: str, advice: str) -> Finding:
    """Say that a thing works, with a risk or without something."""
    return Finding(what, Verdict.WARN, found, advice)


def failure(what: str, found: str, advice: str) -> Finding:
    """Say that a thing does not work."""
    return Finding(what, Verdict.FAIL, found, advice)


@dataclass(frozen=True, slots=True)
class Look:
    """One look: what at, how, and what to do when it does not end."""

    what: str
    at: Callable[[], Sequence[Finding]]
    advice: str


def all_of(looks: Iterable[Look], seconds: float = LOOK_SECONDS) -> list[Finding]:
    """Look at everything at the same time; what does not end within `seconds` is a finding.

    Never raises: a look that does is a finding too.
    """
    begun = [_Begun(look) for look in looks]
    until = monotonic() + seconds
    return [finding for each in begun for finding in each.findings(until, seconds)]


class _Begun:
    """A look in a thread of its own, which is left behind when it does not end."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._findings: Sequence[Finding] | None = None
        self._thread = threading.Thread(target=self._run, name=look.what, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        look = self._look
        try:
            self._findings = look.at()
        except Exception as error:  # noqa: BLE001 - the doctor goes on, whatever one look met
            self._findings = [failure(look.what, type(error).__name__, look.advice)]

    def findings(self, until: float, seconds: float) -> Sequence[Finding]:
        """Return what was found by then (monotonic clock)."""
        self._thread.join(max(0.0, until - monotonic()))
        if self._findings is not None:
            return self._findings
        look = self._look
        return [failure(look.what, f"no answer within {seconds:g} s", look.advice)]
