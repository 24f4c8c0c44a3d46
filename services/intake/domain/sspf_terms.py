"""School terms: which a month lies in, and which may be attested. Pure."""

from datetime import datetime
from typing import Final

from shared.contracts.calendar import ZONE

AUGUST: Final = 8
YEARS: Final = 3  # this year and the two before


def term_of(month: str) -> str:
    """Spring term until the holidays end in July, autumn term from August."""
    year, number = month.split("-")
    return f"{year}-{'VT' if int(number) < AUGUST else 'HT'}"


def month_of(now: datetime) -> str:
    """The month it is in Sweden."""
    return now.astimezone(ZONE).strftime("%Y-%m")


def has_begun(term: str, now: datetime) -> bool:
    """Whether the first month of a term has come."""
    year, half = term.split("-")
    return f"{year}-{1 if half == 'VT' else AUGUST:02}" <= month_of(now)


def attestable(now: datetime) -> list[str]:
    """The terms one may attest: those of three years that have begun, the latest first."""
    year = int(month_of(now)[:4])
    terms = [f"{each}-{half}" for each in range(year, year - YEARS, -1) for half in ("HT", "VT")]
    return [term for term in terms if has_begun(term, now)]
