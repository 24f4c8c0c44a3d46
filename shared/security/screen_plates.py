"""Swedish registration plates: three letters, two digits, and a digit or a letter. Pure.

I, Q, V, Å, Ä and Ö are not used, nor O as the last letter. A personal plate may say anything and
is found, as a foreign one is, only after a word like `regnr`.
"""

import re
from collections.abc import Iterator
from typing import Final

from shared.security.screen_ordinary import words
from shared.security.screen_spans import Span
from shared.security.screen_text import has_digit

_L = "A-HJ-PR-UW-Z"
_END = "0-9A-HJ-NPR-UW-Z"
_PLATE = re.compile(
    rf"(?<![\w/])(?<!\w[-.:])(?P<letters>[{_L}]{{3}})(?P<gap> ?[-_.·] ?| {{0,2}})"
    rf"(?P<digits>\d\d ?[{_END}])T?(?!\w|[-/:]\d|\.\d{{3}}| \d{{3}}(?!\d))",
    re.IGNORECASE,
)
_SPACED_OUT = re.compile(
    rf"(?<!\w)(?<!\b\w )[{_L}] [{_L}] [{_L}] \d \d [{_END}](?!\w| \d)", re.IGNORECASE
)
_TOLD = re.compile(
    r"\b(?i:reg(?:\.? ?nr|\.? ?nummer(?:et)?|istreringsnummer(?:et)?|istreringsskylt(?:en)?"
    r"|plåt(?:en)?|skylt(?:en)?)\b|nummer(?:skylt|plåt)(?:en)?\b)\.? ?(?::|är|var)? ?"
    r"(?P<plate>[A-ZÅÄÖ0-9]{1,4}[ -]?[A-ZÅÄÖ0-9]{1,5}|[a-zåäö]{2,3} ?\d{2,5}[a-z]?)(?!\w)"
)
_REFERENCE = re.compile(
    r"\b(?:dnr|diarie\w*|ärende\w*|ref(?:erens\w*|nr)?|beslut\w*|beställning\w*|faktura\w*"
    r"|objekt\w*|felanmälan|lgh|littera|artikel\w*)[.:#]* ?(?:nr|nummer|id)?[.:#]* ?$|[-/#]$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\b(?:id|nr|nummer)[.:#]* ?$", re.IGNORECASE)
_SIGNS = re.compile(r"(?:\breg|skylt|\bbil|moped|\bmc\b|plåt|fordon|skåp|släp|mercedes|volvo|saab)")
_BEFORE: Final = 24

#: Capitals with a number after them that are no plate.
_ABBREVIATIONS: Final = words(
    "art bmw brf dkk dnr eur gbp gps hsb jbl kod ktm led lgh max nok pnr ref rum sal sek"
    " sfs sms tel usd"
)
_WORDS: Final = _ABBREVIATIONS | words(
    """
    abb alt apr att aug bad bar bat bbr bet bkr bok bor box bra bro bry bus cab cad cal cam cat
    cet dag dan dec del dem den det dog dok dom dra eft elr ens era ert ett far fat fax feb fel
    fem for fre fru fyr gar gas gem ger get ggr gul gym han har hej hel hem hen her het hon hop
    hos hur hus jag jan jul jun kan kap kls kmh kmt kom kor kth kub kul lag lam las lax leg lek
    ler les let log lok lor lot lps ltu lur lya lyx maj man mar mat med mej men mer mes mkt mon
    mor mos mot mph mun nej ner nog nor not nrs num nya och okt ons ord ort oss par pek per pga
    pub rad rak ras red rek ren res rgn ror rot ryk sak sam sbf sen sep ser ses sex sju ska snr
    sol som son spp sta std str syn tag tak tal tam tap tar tax ten ter tex tfn tgb tog tom ton
    top tor tot tre tro trr tur typ ull ung upp utc ute yta
    """
)


def plates(text: str) -> Iterator[Span]:
    """Where registration plates stand."""
    if has_digit(text):
        shouted = text.isupper()
        for match in _PLATE.finditer(text):
            if not _is_other(match, text, shouted=shouted):
                yield match.span()
        yield from (match.span() for match in _SPACED_OUT.finditer(text))
    if any(word in text for word in ("reg", "Reg", "nummer", "Nummer")):
        yield from (match.span("plate") for match in _TOLD.finditer(text))


def _is_other(match: re.Match[str], text: str, *, shouted: bool) -> bool:
    before = text[max(0, match.start() - _BEFORE) : match.start()]
    if _REFERENCE.search(before):
        return True
    letters, gap, digits = match["letters"], match["gap"], match["digits"]
    if " " in digits and not (letters.isupper() and digits[-1].isupper()):
        return True
    if _SIGNS.search(before.lower()):
        return letters.lower() in _ABBREVIATIONS
    if _NUMBER.search(before):
        return True
    known = _WORDS if gap and (shouted or not letters.isupper()) else _ABBREVIATIONS
    return letters.lower() in known
