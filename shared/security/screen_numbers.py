"""Identity numbers and mobile numbers among the digits of a folded text.

A personal number is a birth date and four digits, the last a check digit (Luhn); a coordination
number has 60 added to the day (and may have an unknown month or day, 00 and 60); a temporary one
has a letter for its seventh digit. Digits may be parted anywhere people part them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from shared.contracts.codes import FindingType
from shared.security.screen_spans import Span, overlaps
from shared.security.screen_text import has_digit

_GAP = r"[ \-+./_,:;|'\"()\[\]{}<>=~*·•\\]{0,4}"
_RUN = re.compile(rf"\d(?:{_GAP}\d){{8,}}")
_DIGIT_AND_GAP = re.compile(rf"(\d)({_GAP})")
_TEMPORARY = re.compile(r"(?<!\d)((?:18|19|20)?\d{6}) ?[-+]? ?[TRSUWXJKLMNtrsuwxjklmn]\d{3}(?!\d)")
_TIME_RANGE = re.compile(
    r"(?<!\d)(?<!\d[.:])[0-2]?\d[.:][0-5]\d ?- ?[0-2]?\d[.:][0-5]\d(?!\d|[.:]\d)"
)
_TOLD_APART = re.compile(
    r"(?<!\d)((?:18|19|20)?\d{6})\W{1,3}(?:(?:och|med|de|sista|fyra|siffror(?:na)?|slut\w*|nr"
    r"|kontrollsiffror(?:na)?)\W{1,3}){1,5}(\d{4})(?!\d)",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    r"(?<![\d./-])(\d{1,2})([./ -])(\d{1,2})\2((?:18|19|20)?\d\d)\W{1,3}(\d{4})(?![\d:]|[./-]\d)"
)
_BORN = re.compile(
    r"(?<!\w)(?:född|fd\.?|födelse(?:datum|tid|nummer)|person-?(?:nummer|nr\.?)|p-?nr\.?|pnr\.?)"
    r"(?: (?:är|den))?[ :]{1,3}((?:18|19|20)?\d\d-?\d\d-?\d\d)(?!\d|[./-]\d)",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_BORN_DAY_FIRST = re.compile(
    r"(?<!\w)(?:född(?:es)?|fd\.?|födelse(?:datum|dag|tid))(?: (?:är|den))?[ :]{1,3}"
    rf"(\d{{1,2}})(?::?e)?[ ./-]{{1,2}}(\d{{1,2}}|(?:{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?)"
    r"[ ,./'-]{1,3}((?:18|19|20)?\d\d)(?!\d)",
    re.IGNORECASE,
)
_LIKE_DIGITS = re.compile(r"(?<!\w)[lI](?=\d)|(?<=\d)[lIoO]+(?=[-+ ]?\d)|(?<=\d[-+])[lIoO]+(?=\d)")
_DIGITS_MEANT = str.maketrans("lIoO", "1100")
_YEAR_FIRST = re.compile(r"(?:19|20)\d\d")
_MORE_DATE = re.compile(r"[-./]\d{1,2}[-./]\d{1,2}(?!\d)")
_CENTURIES = frozenset({"18", "19", "20"})
_MOBILE = re.compile(r"(?:0|46|0046|460)7[02369]\d{7}")
_LONG, _SHORT, _DATE, _TAIL = 12, 10, 6, 4
_COORDINATION = 60
_NO_SERIAL = "000"
_SPLITS_TIME = frozenset(":.")


@dataclass(frozen=True, slots=True)
class Run:
    """Digits with the gaps after them and their places in the text."""

    digits: str
    gaps: tuple[str, ...]
    places: tuple[int, ...]
    text: str

    def windows(self, size: int) -> Iterator["Run"]:
        """Every `size` digits that begin and end where a group of digits does."""
        for start in range(len(self.digits) - size + 1):
            end = start + size
            begins = start == 0 or self.gaps[start - 1] != ""
            ends = end == len(self.digits) or self.gaps[end - 1] != ""
            if begins and ends:
                part = slice(start, end)
                yield Run(self.digits[part], self.gaps[part], self.places[part], self.text)

    @property
    def span(self) -> Span:
        """Where the digits stand."""
        return self.places[0], self.places[-1] + 1

    @property
    def inner(self) -> tuple[str, ...]:
        """The gaps between the digits."""
        return self.gaps[:-1]


def identity_numbers(text: str) -> Iterator[tuple[Span, FindingType]]:
    """Personal, coordination and temporary numbers."""
    if not has_digit(text):
        return
    yield from _numbers(text)
    meant = _LIKE_DIGITS.sub(lambda found: found.group().translate(_DIGITS_MEANT), text)
    if meant != text:
        yield from _numbers(meant)


def _numbers(text: str) -> Iterator[tuple[Span, FindingType]]:
    times = [match.span() for match in _TIME_RANGE.finditer(text)]
    for run in _runs(text):
        taken = list(times)
        for size in (_LONG, _SHORT):
            for window in run.windows(size):
                kind = _kind(window)
                if kind is not None and not overlaps(window.span, taken):
                    taken.append(window.span)
                    yield window.span, kind
    yield from _numbers_in_words(text)


def _numbers_in_words(text: str) -> Iterator[tuple[Span, FindingType]]:
    """What is told apart, day first, only by its date, or with a letter in it."""
    for match in _TOLD_APART.finditer(text):
        if kind := _checked(*match.groups()):
            yield match.span(), kind
    for match in _DAY_FIRST.finditer(text):
        day, _, month, year, four = match.groups()
        if kind := _checked(f"{year}{month:0>2}{day:0>2}", four):
            yield match.span(), kind
    for match in _BORN_DAY_FIRST.finditer(text):
        day, month, year = match.groups()
        if kind := _dated(f"{year[-2:]}{_month(month)}{day:0>2}", year[:-2]):
            yield match.span(), kind
    for pattern in (_TEMPORARY, _BORN):
        for match in pattern.finditer(text):
            born = match.group(1).replace("-", "")
            if kind := _dated(born[-_DATE:], born[:-_DATE]):
                yield match.span(), kind


def _month(written: str) -> str:
    """Two digits, of a number or a name."""
    name = written[:3].lower()
    return f"{_MONTHS.index(name) + 1:02}" if name in _MONTHS else f"{written:0>2}"


def _checked(born: str, four: str) -> FindingType | None:
    kind = _dated(born[-_DATE:], born[:-_DATE])
    return kind if kind is not None and _luhn(born[-_DATE:] + four) else None


def mobile_numbers(text: str) -> Iterator[Span]:
    """Swedish mobile numbers however their digits are parted."""
    for run in _runs(text):
        for size in range(_SHORT, _SHORT + 5):
            for window in run.windows(size):
                if _MOBILE.fullmatch(window.digits) and not _looks_timed(window):
                    yield window.span


def _runs(text: str) -> Iterator[Run]:
    for match in _RUN.finditer(text):
        parts = list(_DIGIT_AND_GAP.finditer(text, match.start(), match.end()))
        yield Run(
            "".join(part.group(1) for part in parts),
            tuple(part.group(2) for part in parts),
            tuple(part.start() for part in parts),
            text,
        )


def _kind(window: Run) -> FindingType | None:
    century = window.digits[:-_SHORT]
    ten = window.digits[-_SHORT:]
    if century and century not in _CENTURIES:
        return None
    kind = _dated(ten[:_DATE], century)
    if kind is None or ten[_DATE:-1] == _NO_SERIAL or not _luhn(ten):
        return None
    if not _parted_as_written(window) or any(looks(window) for looks in _OTHER_THINGS):
        return None
    return kind


def _dated(six: str, century: str) -> FindingType | None:
    year, month, day = int(six[:2]), int(six[2:4]), int(six[4:])
    if day >= _COORDINATION:
        unknown = month == 0 or day == _COORDINATION
        known = unknown or _is_day(century, year, month, day - _COORDINATION)
        plausible = month <= 12 and day <= _COORDINATION + 31  # noqa: PLR2004 - months and days
        return FindingType.COORDINATION_NUMBER if known and plausible else None
    return FindingType.PERSONAL_NUMBER if _is_day(century, year, month, day) else None


def _is_day(century: str, year: int, month: int, day: int) -> bool:
    for hundreds in [century] if century else ["20", "19"]:
        try:
            date(int(hundreds) * 100 + year, month, day)
        except ValueError:
            continue
        return True
    return False


def _luhn(ten: str) -> bool:
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(ten))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0  # noqa: PLR2004 - Luhn's digit sum


def _parted_as_written(window: Run) -> bool:
    """Parted evenly, or only between pairs, and the last four only where the date ends too."""
    gapped = [place for place, gap in enumerate(window.inner, 1) if gap]
    if not gapped or _even(gapped, len(window.digits)):
        return True
    tail = len(window.digits) - _TAIL
    if any(place % 2 for place in gapped):
        return False
    return tail + 2 not in gapped or tail in gapped


def _even(gapped: Sequence[int], size: int) -> bool:
    return any(gapped == list(range(step, size, step)) for step in (1, 2, 3, 4))


def _looks_timed(window: Run) -> bool:
    """The last four digits are a time of day: `2026-06-01 14:05`."""
    middle = window.inner[-2]
    alike = len({gap for gap in window.inner if gap}) == 1
    return middle != "" and middle in _SPLITS_TIME and not (alike and window.inner[-1] != "")


def _first_of_two_dates(window: Run) -> bool:
    """`2026-06-01 - 2026-06-07`: what looks like the last four is the next year."""
    after = window.text[window.span[1] :]
    tail = window.digits[-_TAIL:]
    return _YEAR_FIRST.fullmatch(tail) is not None and _MORE_DATE.match(after) is not None


def _decimals(window: Run) -> bool:
    """The digits begin after a decimal point: `59.3203 18.0686`."""
    start = window.places[0]
    pointed = start > 1 and window.text[start - 1] in ".," and window.text[start - 2].isdigit()
    return pointed and any(window.inner[: _DATE - 1])


_OTHER_THINGS = (_looks_timed, _first_of_two_dates, _decimals)
