"""Names of persons, and what looks like one. Pure.

Swedish capitalises names and what begins a sentence, and little else: two capitals in a row that
are no place, agency or ordinary word are taken for a name. One alone is, after a word that
introduces a person or ends a letter, and where it ends as surnames do. A text in capitals says
nothing by them. Of the known names every one counts, in any case.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from shared.security.screen_known import WORD, Known, phrase_at
from shared.security.screen_ordinary import (
    PARTICLES,
    PLACE_ADJECTIVES,
    PLACE_KINDS,
    PLACE_NOUNS,
    is_ordinary,
    words,
)
from shared.security.screen_spans import Span, merged

_SURNAME = re.compile(r".{2,}(?:sson|sdotter)s?")
_SENTENCE_END = re.compile(r"(?:^|[.!?:\n]|\d[.)]|[-*•])[\s\"'(\[\u201c\u201d]*$")
_SIGNED = re.compile(r"(?<![\w)])/ ?([^\W\d_]{2,}(?: [^\W\d_]+\.?)?)[.!]?\s*$")
_SHOUTED = 0.7
_ACRONYM, _INITIAL = 3, 1
_TWO = 2

_INTRODUCES: Final = words(
    """heter hette kallas kallad namnet namn förnamn efternamn herr fru fröken mr mrs ms dr familjen
    fam granne grannen son sonen dotter dottern bror brodern brorsan syster systern pappa pappan
    mamma mamman elev eleven kompis kompisen kamrat kamraten vän vännen kille killen tjej tjejen
    pojke pojken flicka flickan flickvän pojkvän mannen kvinnan gubben tanten lärare läraren rektor
    rektorn kurator kuratorn väktare väktaren ordningsvakt ordningsvakten vaktmästare vaktmästaren
    hyresgäst hyresgästen ägaren ungdomen barnet farfar morfar farmor mormor sambo sambon exmake
    chefen handläggare handläggaren fältassistent fältassistenten
    """
)
_CALLED: Final = frozenset({"heter", "hette", "kallas"})
_OF_PERSONS: Final = frozenset({"han", "hon", "hen", "som", "namn", "förnamn", "efternamn"})
_SHORTENED: Final = frozenset({"fam", "dr", "mr", "mrs", "ms"})
_FORMS: Final = frozenset({"namn", "förnamn", "efternamn"})
_ENDS_A_LETTER: Final = words(
    "mvh hälsningar hälsning hälsn hälsar vh vänligen kram tack undertecknad"
)
_DESIGNATED: Final = words(
    """linje port uppgång plan hus hiss entré ingång zon grupp klass sektion del spår sal kategori
    trapphus trappa nivå lag skylt fack kö område vitamin typ etapp alternativ
    """
)
_CUES: Final = _INTRODUCES | _ENDS_A_LETTER
#: Names that are words as well: they count with a capital that no sentence asks for.
_ALSO_WORDS: Final = words(
    """bo björn sten stig my love lo rut liv saga sol viola tor dag dan ben bror kaj lage mark maj
    april lilja ros rosa stina tove vera min an li si no du ek alm gran berg bro dal lind ström
    holm strand ung lång glad frid hans hennes lina mia per sara ester max mona lea ebba isa ida
    ella else august jana mars kim kia ira ali bill are even hans var ros pia tindra vinter
    """
)


class Word(NamedTuple):
    """A word and where it stands."""

    text: str
    low: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        """Whether it begins with one."""
        return self.text[0].isupper()

    @property
    def initial(self) -> bool:
        """Whether it is a single capital letter."""
        return len(self.text) == _INITIAL and self.capital


def names(lined: str, known: Known) -> Iterator[Span]:
    """Where names and name-like words stand; ends of lines are still in the text."""
    said = [Word(m.group(), m.group().lower(), *m.span()) for m in WORD.finditer(lined)]
    text = _Text(lined, said, known)
    found = [*text.known_names(), *text.surnames(), *text.introduced(), *text.signed()]
    if not _shouted(lined):
        found += text.several_capitals()
    yield from merged(found, gap=1)


@dataclass(frozen=True, slots=True)
class _Text:
    lined: str
    words: Sequence[Word]
    known: Known

    def known_names(self) -> Iterator[Span]:
        if not self.known.names and not self.known.full_names:
            return
        lows = [word.low for word in self.words]
        for at, word in enumerate(self.words):
            size = phrase_at(lows[at : at + 8], self.known.full_names)
            if size:
                yield word.start, self.words[at + size - 1].end
            elif self._is_known_name(word):
                yield word.start, word.end

    def surnames(self) -> Iterator[Span]:
        """What ends as only surnames do, in any case: `andersson`."""
        for at, word in enumerate(self.words):
            if "ss" not in word.low and "sd" not in word.low:
                continue
            if (
                _SURNAME.fullmatch(word.low)
                and not self._names_a_street(at)
                and not self.known.is_public(word.text)
            ):
                yield word.start, word.end

    def introduced(self) -> Iterator[Span]:
        """One word after what introduces a person or ends a letter: `grannen Ali`, `mvh Ali`."""
        for at, (before, word) in enumerate(pairwise(self.words), start=1):
            if before.low not in _CUES:
                continue
            if not (self._introduces(at) or self._closes(before, word)):
                continue
            if self._stands_for_a_name(at):
                yield word.start, word.end

    def signed(self) -> Iterator[Span]:
        """The name under a text: `Tack på förhand! /Anna`."""
        match = _SIGNED.search(self.lined, self.lined.rfind("/")) if "/" in self.lined else None
        if match and not any(map(self.known.is_public, match[1].split())):
            yield match.span(1)

    def several_capitals(self) -> Iterator[Span]:
        """Two capitals in a row, or one and an initial, that nobody knows as something else."""
        for run in self._runs():
            public = self._public(run)
            part: list[int] = []
            for at in [*run, -1]:
                if at >= 0 and not public[at]:
                    part.append(at)
                    continue
                if at >= 0 and part and self.words[at].low in PARTICLES:
                    continue
                if self._is_name(part):
                    yield self.words[part[0]].start, self.words[part[-1]].end
                part = []

    def _is_known_name(self, word: Word) -> bool:
        low = word.low if word.low in self.known.names else word.low.removesuffix("s")
        if low not in self.known.names:
            return False
        if low not in _ALSO_WORDS and not is_ordinary(word.text):
            return True
        return word.capital and not self._begins_sentence(word)

    def _names_a_street(self, at: int) -> bool:
        """`Per Albin Hanssons väg`."""
        if at + 1 >= len(self.words) or not self.words[at].low.endswith(("s", "x", "z")):
            return False
        after = self.words[at + 1]
        return after.low in PLACE_NOUNS and self.lined[self.words[at].end : after.start] == " "

    def _introduces(self, at: int) -> bool:
        before, word = self.words[at - 1], self.words[at]
        if before.low not in _INTRODUCES:
            return False
        between = self.lined[before.end : word.start]
        if between != " " and not (before.low in _FORMS and between.strip() == ":"):
            return before.low in _SHORTENED and between == ". " and word.capital
        return word.capital or self._asked_for(at - 1)

    def _closes(self, before: Word, word: Word) -> bool:
        """The end of a letter, and at most two words after it."""
        if before.low not in _ENDS_A_LETTER or not word.capital:
            return False
        between = self.lined[before.end : word.start]
        signs = " ,\n/-" if before.low == "tack" else " ,.!\n/-"
        return not between.strip(signs) and len(self.lined[word.end :].split()) <= _TWO

    def _asked_for(self, at: int) -> bool:
        """`Namn: anna`, `han heter kalle`: a name follows, whatever its first letter."""
        cue = self.words[at]
        if cue.low in _FORMS:
            return self.lined[cue.end : cue.end + 2].lstrip().startswith(":")
        return cue.low in _CALLED and at > 0 and self.words[at - 1].low in _OF_PERSONS

    def _stands_for_a_name(self, at: int) -> bool:
        word = self.words[at]
        if len(word.text) < _TWO or (word.text.isupper() and len(word.text) <= _ACRONYM):
            return False
        return not self.known.is_public(word.text) and not self._names_a_street(at)

    def _runs(self) -> Iterator[list[int]]:
        """Words with capitals in a row, particles between them left out."""
        run: list[int] = []
        for at, word in enumerate(self.words):
            if run and not self._joined(self.words[at - 1], word):
                yield run
                run = []
            if word.capital:
                run.append(at)
            elif run and word.low not in PARTICLES:
                yield run
                run = []
        if run:
            yield run

    def _joined(self, before: Word, word: Word) -> bool:
        between = self.lined[before.end : word.start]
        return between in {" ", "  "} or (before.initial and between in {".", ". "})

    def _public(self, run: Sequence[int]) -> dict[int, bool]:
        """Which words of a run are somebody else's than a person's."""
        lows = [self.words[at].low for at in run]
        public = {at: self._is_public(at) for at in run}
        for place, at in enumerate(run):
            size = phrase_at(lows[place:], self.known.phrases)
            public |= dict.fromkeys(run[place : place + size], True)
            if lows[place] in PLACE_KINDS:
                public |= dict.fromkeys(run[place:], True)
            elif lows[place] in PLACE_ADJECTIVES:
                public |= dict.fromkeys(run[place : place + 2], True)
            if self._names_a_street(at):
                public |= dict.fromkeys(run[max(0, place - 2) : place + 1], True)
        if self._shouts_words(run, public):
            return dict.fromkeys(run, True)
        return public

    def _is_public(self, at: int) -> bool:
        word = self.words[at]
        if word.initial:
            return self._designates(at)
        if word.text.isupper() and len(word.text) <= _ACRONYM:
            return True
        return self.known.is_public(word.text)

    def _designates(self, at: int) -> bool:
        """A letter that tells one of several: `linje B`, `12 B`; or the word `I`."""
        word = self.words[at]
        before = self.lined[: word.start].rstrip()[-1:]
        if before.isdigit() or before == "/":
            return True
        if at > 0 and self.words[at - 1].low in _DESIGNATED:
            return True
        if word.text not in "IÅÖ" or self.lined[word.end : word.end + 1] == ".":
            return False
        return at == 0 or not (
            self.words[at - 1].capital and self._joined(self.words[at - 1], word)
        )

    def _shouts_words(self, run: Sequence[int], public: dict[int, bool]) -> bool:
        """`MYCKET MÖRKT`: written large for weight, not for being a name."""
        return all(self.words[at].text.isupper() for at in run) and any(public.values())

    def _is_name(self, part: Sequence[int]) -> bool:
        words = [self.words[at] for at in part]
        whole = [word for word in words if not word.initial]
        if len(whole) == 1 and len(words) == 1:
            return self._is_double(whole[0])
        return bool(whole) and not (len(whole) == 1 and self._begins_lower_elsewhere(whole[0]))

    def _is_double(self, word: Word) -> bool:
        """`Anna-Lena`: two given names, neither of them a place."""
        parts = word.text.split("-")
        return len(parts) == _TWO and all(
            part[:1].isupper() and part[1:].islower() and not self.known.is_public(part)
            for part in parts
        )

    def _begins_lower_elsewhere(self, word: Word) -> bool:
        """A sentence begins with it, and elsewhere in the text it is a word as others."""
        return self._begins_sentence(word) and any(other.text == word.low for other in self.words)

    def _begins_sentence(self, word: Word) -> bool:
        return _SENTENCE_END.search(self.lined[: word.start]) is not None


def _shouted(text: str) -> bool:
    large = sum(map(str.isupper, text))
    return large > _SHOUTED * (large + sum(map(str.islower, text)))
