"""Swedish registration plates: three letters, two digits, and a digit or a letter. Pure.

I, Q, V, Å, Ä and Ö are not used, nor O as the last letter. A personal plate may say anything and
is found, as a foreign one is, only after a word like `regnr`.
"""

import re
from collections.abc import Iterator
from typing import Final

Span = tuple[int, int]

_L = "A-HJ-PR-UW-Z"
_END = "0-9A-HJ-NPR-UW-Z"
_PLATE = re.compile(
    rf"(?<![\w/])(?<!\w[-.:])(?P<letters>[{_L}]{{3}})(?P<gap> ?[-_.·] ?| {{0,2}})"
    rf"(?P<digits>\d\d ?[{_END}])T?(?!\w|[-/:]\d|\.\d{{3}}| \d{{3}}(?!\d))",
    re.IGNORECASE,
)
_SPACED_OUT = re.compile(rf"(?<!\w)(?<!\w )[{_L}] [{_L}] [{_L}] \d \d [{_END}](?! ?\w)", re.I)
_TOLD = re.compile(
    r"\b(?:reg(?:\.? ?nr|\.? ?nummer(?:et)?|istreringsnummer(?:et)?|istreringsskylt(?:en)?"
    r"|plåt(?:en)?|skylt(?:en)?)\b|nummerskylt(?:en)?\b)\.? ?(?::|är|var)? ?"
    r"(?P<plate>[A-ZÅÄÖ0-9]{1,4}[ -]?[A-ZÅÄÖ0-9]{1,5}|[a-zåäö]{2,3} ?\d{2,5}[a-z]?)(?!\w)"
)
_REFERENCE = re.compile(
    r"(?:\b(?:dnr|diarie\w*|ärende\w*|ref(?:erens\w*|nr)?|beslut\w*|beställning\w*|faktura\w*"
    r"|objekt\w*|felanmälan|lgh|littera|artikel\w*|id|nr|nummer)[.:#]* ?"
    r"(?:nr|nummer|id)?[.:#]* ?|[-/#])$",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"(?:\breg|skylt|\bbil|moped|\bmc\b|plåt|fordon|skåp|släp|mercedes|volvo|saab)")
_BEFORE: Final = 24

#: Capitals with a number after them that are no plate.
_ABBREVIATIONS: Final = frozenset(
    """bmw ktm jbl tgb man sek eur usd nok dkk gbp dnr ref tel lgh rum sal brf hsb sfs iso max kod
    art led sms gps utc cet kth ltu pnr nya plan bus tag bkr bbr sbf fax box abb cat las hen"""
    .split()
)
_WORDS: Final = _ABBREVIATIONS | frozenset(
    """och den det ett har han hon hos man men mer med dem dom ner upp ute ren per typ rad rum hus
    dag led lag bad sal mot kan ska bra nya sen tar tog fem sex tre tio kom kor bor bar alt tex tom
    gps cal cam cad cab bat bok bro bry dra dog dok ens era ert eft fat fall far fel fler flat for
    fram fru fyr gar gas gav ger get gem gul gott hav hej hel hem her het hop jag jan jul jun kap
    kort kul lam lax leg ler les let lok lot lur lya lyx lag lamp mar maj max mat mej mes mor mos
    mun nej nog nor not num nrs oss ord par pek pga pub rak ras red rek rev ror ryk rot sak sam
    sett skar slog slut sms sol som son spp sta stor ser sju tak tal tam tap tar tel ten ter ton
    tor trr tro tur two the and for has had was are our out top mph kmt kmh ggr sek her kls kls
    lps mkt osv str sthlm std tfn ung upp uti ute ull van hur hen dan ons lor mon fre rgn"""
    .split()
)


def plates(text: str) -> Iterator[Span]:
    """Where registration plates stand."""
    if not any(char.isdigit() for char in text) and "sk" not in text.lower():
        return
    shouted = text.isupper()
    for match in _PLATE.finditer(text):
        if not _is_other(match, text, shouted=shouted):
            yield match.span()
    yield from (match.span() for match in _SPACED_OUT.finditer(text))
    yield from (match.span("plate") for match in _TOLD.finditer(text))


def _is_other(match: re.Match[str], text: str, *, shouted: bool) -> bool:
    before = text[max(0, match.start() - _BEFORE) : match.start()]
    if _REFERENCE.search(before):
        return True
    letters, gap, digits = match["letters"], match["gap"], match["digits"]
    if " " in digits and not (letters.isupper() and digits[-1].isupper()):
        return True
    if gap and _SIGNS.search(before.lower()):
        return letters.lower() in _ABBREVIATIONS
    known = _WORDS if gap and (shouted or not letters.isupper()) else _ABBREVIATIONS
    return letters.lower() in known
