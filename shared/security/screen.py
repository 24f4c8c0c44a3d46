"""The screen for personal data in free text.

Identity numbers, phones, e-mail addresses, registration plates, addresses with a stairwell or a
flat, URLs and handles, names and what looks like one. Recall goes before precision: a false alarm
costs a person at the quarantine desk a minute, a miss puts a person's data where it must not be.

The order of the work: NFKC, what cannot be seen taken out, dashes and spaces made alike, the
patterns of numbers, the date (a coordination number's day less 60), the check digit. The library
`personnummer` says the same about the check digit, but its answer depends on today's date; it is
the oracle of the tests instead. Pure; nothing found is ever logged or repeated.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import phonenumbers

from shared.contracts.codes import FindingType
from shared.security.screen_addresses import addresses
from shared.security.screen_codes import undone
from shared.security.screen_known import NOTHING, Known
from shared.security.screen_links import emails, handles, urls
from shared.security.screen_names import names
from shared.security.screen_numbers import identity_numbers, mobile_numbers
from shared.security.screen_plates import plates
from shared.security.screen_spans import Span, merged, overlaps
from shared.security.screen_text import Folded, folded

REGION = "SE"
_DIGITS = re.compile(r"\d(?:[^\w\n]{0,4}\d){5}")
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


def screen(text: str, known: Known = NOTHING) -> tuple[Finding, ...]:
    """Everything found in the text, in order; empty when nothing was."""
    found = set(_found(folded(text), known))
    if plain := undone(text):
        found.update(_found(plain, known))
    return tuple(sorted(found))


def _found(view: Folded, known: Known) -> Iterator[Finding]:
    yield from (_finding(view, span, kind) for span, kind in identity_numbers(view.text))
    yield from _findings(view, FindingType.PHONE, _phones(view.text))
    yield from _findings(view, FindingType.PLATE, plates(view.text))
    yield from _findings(view, FindingType.ADDRESS, addresses(view.text))
    yield from _findings(view, FindingType.NAME, names(view.lined, known))
    yield from _linked(view, known)


def _linked(view: Folded, known: Known) -> Iterator[Finding]:
    """E-mail addresses, and the URLs and handles that are no part of one."""
    mails = list(emails(view.text))
    links = [span for span in urls(view.text) if not overlaps(span, mails)]
    tags = [span for span in handles(view.text) if not overlaps(span, [*mails, *links])]
    if not (mails or links or tags):
        return
    yield from _findings(view, FindingType.EMAIL, mails)
    yield from _findings(view, FindingType.URL, links)
    yield from _findings(
        view, FindingType.HANDLE, (s for s in tags if not known.is_public(view.text[slice(*s)][1:]))
    )


def _findings(view: Folded, kind: FindingType, spans: Iterable[Span]) -> Iterator[Finding]:
    """What is told twice, by two patterns, is one finding."""
    found = list(spans)
    return (_finding(view, span, kind) for span in merged(found)) if found else iter(())


def _finding(view: Folded, span: Span, kind: FindingType) -> Finding:
    start, end = view.original(span)
    return Finding(start, end, kind)


def _phones(text: str) -> Iterator[Span]:
    if not _DIGITS.search(text):
        return
    timeless = _DATES_AND_TIMES.sub(lambda found: "x" * len(found.group()), text)
    yield from mobile_numbers(timeless)
    matcher = phonenumbers.PhoneNumberMatcher(
        timeless, REGION, leniency=phonenumbers.Leniency.VALID, max_tries=200
    )
    for match in matcher:
        yield match.start, match.end
