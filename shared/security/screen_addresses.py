"""Addresses that point at a stairwell or a flat. Pure.

A street, or a street with its number, is a place. What names an entrance, a stairwell, a floor or
a flat is where somebody lives: `Storgatan 12 B`, `uppgång C`, `port 4`, `2 tr`, `lgh 1203`, `c/o`.
A floor in words (`våning 3`) may be that of a shop: it counts only beside a street's number.
"""

import re
from collections.abc import Iterator

from shared.security.screen_spans import Span
from shared.security.screen_text import has_digit, lowered

_KIND = (
    r"(?:gatan?|vägen|väg|gränd(?:en)?|stig(?:en)?|torg(?:et)?|plan(?:en)?|plats(?:en)?|all[eé]n?"
    r"|backen?|strand(?:en)?|kaj(?:en)?|leden|esplanaden|park(?:en)?|hamn(?:en)?|bron?|trappor"
    r"|ringen|slingan?|liden|kroken|svängen|promenaden|gården|stråket|höjden|udden)"
)
_NAMED = (
    rf"(?:[^\W\d_]{{2,}}(?:-[^\W\d_]+)*(?i:{_KIND})|[A-ZÅÄÖ][\w:]*[sS] (?i:{_KIND})"
    r"|[A-ZÅÄÖ][^\W\d_]{4,}[gv]\.)"
)
_NUMBER = r"\d{1,3}(?: ?- ?\d{1,3})?"
_STREET = re.compile(
    rf"(?<!\w){_NAMED}(?:,? {_NUMBER}(?: ?[A-Za-z])?,?)? ?,?(?: ?i)? ?(?:nr\.? ?)?$"
)
_STREET_AND_NUMBER = re.compile(rf"(?<!\w){_NAMED} {_NUMBER}(?: ?[A-Za-z])?,? ?$")
_LETTERED = re.compile(
    rf"(?<![\w.,:/-]){_NUMBER}(?: ?[A-HJ-Z](?:-[A-Z])?| ?[a-h])(?![\w:-]|[./]\w)"
)
_COUNTED = r"(?! ?(?:gånger|ggr|st\b|stycken|meter|m\b|minut|tim|dag|person|nätter|veck|[.:]\d))"
_DOOR = (
    r"(?:port(?:en)?|upp?gång(?:en)?|uppg\.?|trapphus(?:et)?|trappuppgång(?:en)?|trappa)"
    rf"(?: ?:? ?(?:nr\.? ?|nummer )?\d{{1,3}}(?: ?[a-h])?(?!\w|-\w){_COUNTED}"
    r"|[ :] ?[a-hj-np-z](?![\w'-]))"
)
_FLAT = (
    r"(?:lght?|lägenhet(?:en|snummer(?:et)?)?|apt)\.?[ :-]*(?:(?:nr|nummer)\.?[ :]*)?"
    rf"#?\d{{1,4}}(?!\w){_COUNTED}"
)
_DWELLING = re.compile(
    rf"(?<!\w)(?:{_DOOR}|{_FLAT}|c/o [^\W\d_]+|tr\.? \d{{1,2}}(?!\w|[.:]\d)"
    r"|(?<![.,:-])\d{1,2}(?: 1/2)? ?tr(?:appor upp|\.)?(?!\w| ?\d))",
)
_FLOOR = re.compile(
    r"(?<!\w)(?:v[åa]n(?:ing|\.)?|plan|entré|ingång|hus) ?(?:\d{1,2}|[a-h])(?!\w)"
    r"|(?<!\w)(?:n\.?b\.?|b\.?v\.?|ö\.?g\.?|g\.?h\.?)(?!\w)"
)
_UNNUMBERED = ("port", "pgång", "uppg", "trapp", "c/o")  # these may go without a number
_LONGEST_STREET = 60


def addresses(text: str) -> Iterator[Span]:
    """Where addresses with a stairwell or a flat stand, from their street on."""
    low = lowered(text)
    numbered = has_digit(low)
    if not numbered and not any(word in low for word in _UNNUMBERED):
        return
    for match in _LETTERED.finditer(text) if numbered else ():
        street = _before(text, match, _STREET)
        if street is not None:
            yield street, match.end()
    for match in _DWELLING.finditer(low):
        street = _before(text, match, _STREET)
        yield match.start() if street is None else street, match.end()
    for match in _FLOOR.finditer(low) if numbered else ():
        street = _before(text, match, _STREET_AND_NUMBER)
        if street is not None:
            yield street, match.end()


def _before(text: str, match: re.Match[str], street: re.Pattern[str]) -> int | None:
    """Where the street begins that stands directly before the match."""
    start = max(0, match.start() - _LONGEST_STREET)
    found = street.search(text[start : match.start()])
    return None if found is None else start + found.start()
