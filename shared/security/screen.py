"""The screen for personal data in free text: identity numbers, phones, e-mail addresses.

Recall goes before precision: a false alarm costs a person at the quarantine desk a minute, a miss
puts a person's number where it must not be. Pure; nothing found is ever logged or repeated.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import phonenumbers

from shared.contracts.codes import FindingType
from shared.security.screen_numbers import Span, identity_numbers, mobile_numbers
from shared.security.screen_text import Folded, folded
from shared.security.screen_words import addresses, names

REGION = "SE"
FEWEST_DIGITS = 6
_DATES_AND_TIMES = re.compile(
    r"(?<!\d)(?:19|20)\d\d-[01]\d-[0-3]\d(?!\d)"
    r"|(?<![\d.])[0-2]?\d[.:][0-5]\d ?- ?[0-2]?\d[.:][0-5]\d(?![\d.])"
)


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """What kind of data stands where in the text, in characters as it was given."""

    start: int
    end: int
    type: FindingType


def screen(text: str, known_names: Collection[str] = ()) -> tuple[Finding, ...]:
    """Everything found in the text, in order; empty when nothing was.

    `known_names` are names that count as findings wherever they stand as whole words.
    """
    view = folded(text)
    found = {
        *(_finding(view, span, kind) for span, kind in identity_numbers(view.text)),
        *(_finding(view, span, FindingType.PHONE) for span in _phones(view.text)),
        *(_finding(view, span, FindingType.EMAIL) for span in addresses(view.text)),
        *(_finding(view, span, FindingType.NAME) for span in names(view.text, known_names)),
    }
    return tuple(sorted(found))


def _finding(view: Folded, span: Span, kind: FindingType) -> Finding:
    start, end = view.original(span)
    return Finding(start, end, kind)


def _phones(text: str) -> Iterator[Span]:
    if sum(map(str.isdigit, text)) < FEWEST_DIGITS:
        return
    timeless = _DATES_AND_TIMES.sub(lambda found: "x" * len(found.group()), text)
    yield from mobile_numbers(timeless)
    matcher = phonenumbers.PhoneNumberMatcher(
        timeless, REGION, leniency=phonenumbers.Leniency.VALID, max_tries=200
    )
    for match in matcher:
        yield match.start, match.end
