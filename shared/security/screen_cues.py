"""One word as a name, for what stands before or after it: `grannen Ali`, `Ali, 15 år`. Pure."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from shared.security.screen_ordinary import words
from shared.security.screen_said import Said
from shared.security.screen_spans import Span

_SIGNED = re.compile(
    r"(?<![\w):/])//?(?: (?=[A-ZÅÄÖ]))?(?P<name>[^\W\d_]{2,}(?: [^\W\d_]+\.?)?)[.!]?\s*$"
)
_AGED = re.compile(r",? (?:\d{1,2}(?: ?år\b|-åring)|\(\d{1,2}(?: ?år)?\))")
_ACRONYM, _TWO = 3, 2

_INTRODUCES: Final = words(
    """heter hette kallas kallad namnet namn förnamn efternamn herr fru fröken mr mrs ms dr familjen
    fam granne grannen son sonen dotter dottern bror brodern brorsan syster systern pappa pappan
    mamma mamman elev eleven kompis kompisen kamrat kamraten vän vännen kille killen tjej tjejen
    pojke pojken flicka flickan flickvän pojkvän mannen kvinnan gubben tanten lärare läraren rektor
    rektorn kurator kuratorn väktare väktaren ordningsvakt ordningsvakten vaktmästare vaktmästaren
    hyresgäst hyresgästen ägaren ungdomen barnet farfar morfar farmor mormor sambo sambon exmake
    hej hejsan tjena hallå kära käre chefen handläggare handläggaren fältassistent fältassistenten
    """
)
_CALLED: Final = frozenset({"heter", "hette", "kallas"})
_OF_PERSONS: Final = frozenset({"han", "hon", "hen", "som", "namn", "förnamn", "efternamn"})
_SHORTENED: Final = frozenset({"fam", "dr", "mr", "mrs", "ms"})
_FORMS: Final = frozenset({"namn", "förnamn", "efternamn"})
_ENDS_A_LETTER: Final = words(
    "mvh hälsningar hälsning hälsn hälsar vh vänligen kram tack undertecknad"
)
CUES: Final = _INTRODUCES | _ENDS_A_LETTER


def introduced(said: Said) -> Iterator[Span]:
    """One word after what introduces a person or ends a letter: `grannen Ali`, `mvh Ali`."""
    for at, (before, word) in enumerate(pairwise(said.words), start=1):
        if before.low not in CUES:
            continue
        if not (_introduces(said, at) or _closes(said, at)):
            continue
        if _stands_for_a_name(said, at):
            yield word.start, word.end


def may_tell_an_age(lined: str) -> bool:
    """Whether there is an age in the text."""
    return ("år" in lined or "(" in lined) and _AGED.search(lined) is not None


def aged(said: Said) -> Iterator[Span]:
    """One word before an age: `Ali, 15 år`, `Ali (15)`."""
    if not may_tell_an_age(said.lined):
        return
    for at, word in enumerate(said.words):
        if word.capital and _AGED.match(said.lined, word.end) and _stands_for_a_name(said, at):
            yield word.start, word.end


def signed(said: Said) -> Iterator[Span]:
    """The name under a text: `Tack på förhand! /Anna`."""
    last = said.lined.rfind("/")
    match = _SIGNED.search(said.lined, max(0, last - 1)) if last >= 0 else None
    if match and not any(map(said.known.is_public, match["name"].split())):
        yield match.span("name")


def _introduces(said: Said, at: int) -> bool:
    before, word, between = said.words[at - 1], said.words[at], said.between(at)
    if before.low not in _INTRODUCES:
        return False
    if between != " " and not (before.low in _FORMS and between.strip() == ":"):
        return before.low in _SHORTENED and between == ". " and word.capital
    return word.capital or _asked_for(said, at - 1)


def _closes(said: Said, at: int) -> bool:
    """The end of a letter, and at most two words after it."""
    before, word = said.words[at - 1], said.words[at]
    if before.low not in _ENDS_A_LETTER or not word.capital:
        return False
    signs = " ,\n/-" if before.low == "tack" else " ,.!\n/-"
    return not said.between(at).strip(signs) and len(said.after(word).split()) <= _TWO


def _asked_for(said: Said, at: int) -> bool:
    """`Namn: anna`, `han heter kalle`: a name follows, whatever its first letter."""
    cue = said.words[at]
    if cue.low in _FORMS:
        return said.after(cue)[:2].lstrip().startswith(":")
    return cue.low in _CALLED and at > 0 and said.words[at - 1].low in _OF_PERSONS


def _stands_for_a_name(said: Said, at: int) -> bool:
    word = said.words[at]
    if len(word.text) < _TWO or (word.text.isupper() and len(word.text) <= _ACRONYM):
        return False
    return not said.known.is_public(word.text) and not said.names_a_street(at)
