"""What a tier counted."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Count:
    """Tests by outcome, and sentences about what went wrong besides them."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def from_report(file: Path) -> Count:
    """Read pytest's JUnit report; no report counts as one failure."""
    try:
        suites = list(ET.parse(file).getroot().iter("testsuite"))  # noqa: S314 - our own pytest wrote it
    except (OSError, ET.ParseError):
        return Count(failed=1)
    total = sum(int(each.get("tests", 0)) for each in suites)
    bad = sum(int(each.get("failures", 0)) + int(each.get("errors", 0)) for each in suites)
    skipped = sum(int(each.get("skipped", 0)) for each in suites)
    return Count(max(total - bad - skipped, 0), bad, skipped)
