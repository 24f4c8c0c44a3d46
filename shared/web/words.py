"""Dates, weeks and numbers as Swedish readers expect them, without a language package."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

ZONE = ZoneInfo("Europe/Stockholm")
WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip
_NBSP = "\N{NO-BREAK SPACE}"
_BETWEEN = " / "


def date_sv(moment: date) -> str:
    """`1 juni 2026`; a moment is told on Stockholm's calendar."""
    day = local(moment)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def month_sv(month: str) -> str:
    """`2026-05` as `maj 2026`."""
    year, number = month.split("-")
    return f"{MONTHS[int(number) - 1]} {year}"


def weekday_sv(moment: date) -> str:
    """`måndag 1 juni 2026`."""
    return f"{WEEKDAYS[local(moment).weekday()]} {date_sv(moment)}"


def time_sv(moment: datetime) -> str:
    """`1 juni 2026 kl. 14.05`, Stockholm time."""
    at = moment.astimezone(ZONE)
    return f"{date_sv(moment)} kl.{_NBSP}{at:%H.%M}"


def week_sv(week: str) -> str:
    """`vecka 23, 2026` of `2026-W23`; anything else as it is."""
    year, _, number = week.partition("-W")
    return f"vecka {int(number)}, {year}" if number.isdigit() else week


def number_sv(number: float) -> str:
    """`1 234` and `3,5`: narrow groups and a decimal comma."""
    text = f"{number:,}" if isinstance(number, int) else f"{number:,.1f}"
    return text.translate({ord(","): _NBSP, ord("."): ","})


def said(words: str) -> Markup:
    """`Svenska / English`: the English marked as such, so that it is read out and looks so."""
    sv, between, en = escape(words).partition(_BETWEEN)
    return both(sv, en) if between else sv


def joined(several: Iterable[str], between: str = "; ") -> str:
    """Several `Svenska / English` as one: the Swedish together, then the English."""
    parts = [words.partition(_BETWEEN) for words in several]
    sv, en = (between.join(part[i] for part in parts if part[i]) for i in (0, 2))
    return f"{sv}{_BETWEEN}{en}" if en else sv


def both(sv: str, en: str) -> Markup:
    """Swedish words and, marked and quieter, the English ones."""
    return Markup('{} <span lang="en" class="quiet">{}</span>').format(sv, en)


def iso(moment: date) -> str:
    """The machine's form, for `<time datetime>`."""
    return moment.isoformat()


def local(moment: date) -> date:
    """The moment's day in Stockholm; a plain day is itself."""
    return moment.astimezone(ZONE).date() if isinstance(moment, datetime) else moment
