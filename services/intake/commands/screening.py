"""The screen for personal data, as intake uses it: which kinds were found, never where or what."""

from shared.contracts.codes import FindingType
from shared.security.screen import screen


def kinds_found(text: str) -> list[FindingType]:
    """The kind of every finding in the text."""
    return [finding.type for finding in screen(text)]
