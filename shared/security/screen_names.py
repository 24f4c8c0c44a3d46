"""Names of persons, and what looks like one. Pure.

Swedish capitalises names and what begins a sentence, and little else: two capitals in a row that
are no place, agency or ordinary word are taken for a name. One alone is, where it ends as surnames
do and where `screen_cues` says so. A text in capitals says nothing by them. Of the known names
every one counts, in any case.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Final

from shared.security.screen_cues import CUES, aged, introduced, may_tell_an_age, signed
from shared.security.screen_known import WORD, Known, phrase_at
from shared.security.screen_ordinary import (
    PARTICLES,
    PLACE_ADJECTIVES,
    PLACE_KINDS,
    is_ordinary,
    words,
)
from shared.security.screen_said import Said, Word
from shared.security.screen_spans import Span, merged

_SURNAME = re.compile(r".{2,}(?:sson|sdotter)s?")
_SHOUTED, _OF_LETTERS = 7, 10
_ACRONYM, _TWO, _LONGEST_NAME = 3, 2, 8

_DESIGNATED: Final = words(
    """linje port uppgång plan hus hiss entré ingång zon grupp klass sektion del spår sal kategori
    trapphus trappa nivå lag skylt fack kö område vitamin typ etapp alternativ
    """
)
#: Names that are words as well: they count with a capital that no sentence asks for.
_ALSO_WORDS: Final = words(
    """bo björn sten stig my love lo rut liv saga sol viola tor dag dan ben bror kaj lage mark maj
    april lilja ros rosa stina tove vera min an li si no du ek alm gran berg bro dal lind ström
    holm strand ung lång glad frid hans hennes lina mia per sara ester max mona lea ebba isa ida
    ella else august jana mars kim kia ira ali bill are even hans var ros pia tindra vinter
    """
)


def names(lined: str, known: Known) -> Iterator[Span]:
    """Where names and name-like words stand; ends of lines are still in the text."""
    if not _may_name(lined, known):
        return
    said = Said.read(lined, known)
    found = [*_known_names(said), *_surnames(said), *introduced(said), *aged(said), *signed(said)]
    if not _shouted(lined):
        found += _Capitals(said).several()
    if found:
        yield from merged(found, gap=1)


def _may_name(lined: str, known: Known) -> bool:
    """Whether anything below could find a name: most texts have nothing that begins to be one."""
    if known.names or known.full_names or "/" in lined or may_tell_an_age(lined):
        return True
    found = WORD.findall(lined)
    low = list(map(str.lower, found))
    if not CUES.isdisjoint(low) or any("sson" in word or "sdotter" in word for word in low):
        return True
    capitals = [at for at, word in enumerate(found) if word[0].isupper()]
    return any("-" in found[at] for at in capitals) or any(
        PARTICLES.issuperset(low[one + 1 : other]) for one, other in pairwise(capitals)
    )


def _known_names(said: Said) -> Iterator[Span]:
    if not said.known.names and not said.known.full_names:
        return
    lows = [word.low for word in said.words]
    for at, word in enumerate(said.words):
        size = phrase_at(lows[at : at + _LONGEST_NAME], said.known.full_names)
        if size:
            yield word.start, said.words[at + size - 1].end
        elif _is_known_name(said, word):
            yield word.start, word.end


def _is_known_name(said: Said, word: Word) -> bool:
    low = word.low if word.low in said.known.names else word.low.removesuffix("s")
    if low not in said.known.names:
        return False
    if low not in _ALSO_WORDS and not is_ordinary(word.text):
        return True
    return word.capital and not said.begins_sentence(word)


def _surnames(said: Said) -> Iterator[Span]:
    """What ends as only surnames do, in any case: `andersson`."""
    for at, word in enumerate(said.words):
        if "ss" not in word.low and "sd" not in word.low:
            continue
        if not _SURNAME.fullmatch(word.low) or said.names_a_street(at):
            continue
        if not said.known.is_public(word.text):
            yield word.start, word.end


@dataclass(frozen=True, slots=True)
class _Capitals:
    said: Said

    def several(self) -> Iterator[Span]:
        """Two capitals in a row, or one and an initial, that nobody knows as something else."""
        for run in self._runs():
            if len(run) == 1 and "-" not in self.said.words[run[0]].text:
                continue
            public = self._public(run)
            part: list[int] = []
            for at in [*run, -1]:
                if at >= 0 and not public[at]:
                    part.append(at)
                    continue
                if at >= 0 and part and self.said.words[at].low in PARTICLES:
                    continue
                if part and self._is_name(part):
                    yield self.said.words[part[0]].start, self.said.words[part[-1]].end
                part = []

    def _runs(self) -> Iterator[list[int]]:
        """Words with capitals in a row, particles between them left out."""
        run: list[int] = []
        for at, word in enumerate(self.said.words):
            if run and not self._joined(self.said.words[at - 1], word):
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
        between = self.said.lined[before.end : word.start]
        return between in {" ", "  "} or (before.initial and between in {".", ". "})

    def _public(self, run: Sequence[int]) -> dict[int, bool]:
        """Which words of a run are somebody else's than a person's."""
        lows = [self.said.words[at].low for at in run]
        public = {at: self._is_public(at) for at in run}
        for place, at in enumerate(run):
            size = phrase_at(lows[place:], self.said.known.phrases)
            public |= dict.fromkeys(run[place : place + size], True)
            if lows[place] in PLACE_KINDS:
                public |= dict.fromkeys(run[place:], True)
            elif lows[place] in PLACE_ADJECTIVES and all(public[at] for at in run[place + 2 :]):
                public |= dict.fromkeys(run[place : place + 2], True)
            if self.said.names_a_street(at):
                public |= dict.fromkeys(run[max(0, place - 2) : place + 1], True)
        if self._shouts_words(run, public):
            return dict.fromkeys(run, True)
        return public

    def _is_public(self, at: int) -> bool:
        word = self.said.words[at]
        if word.initial:
            return self._designates(at)
        if word.text.isupper() and len(word.text) <= _ACRONYM:
            return True
        return self.said.known.is_public(word.text) or self.said.is_lower_elsewhere(word)

    def _designates(self, at: int) -> bool:
        """A letter that tells one of several: `linje B`, `12 B`; or the word `I`."""
        word = self.said.words[at]
        before = self.said.lined[: word.start].rstrip()[-1:]
        if before.isdigit() or before == "/":
            return True
        if at > 0 and self.said.words[at - 1].low in _DESIGNATED:
            return True
        if word.text not in "IÅÖ" or self.said.lined[word.end : word.end + 1] == ".":
            return False
        return at == 0 or not (
            self.said.words[at - 1].capital and self._joined(self.said.words[at - 1], word)
        )

    def _shouts_words(self, run: Sequence[int], public: dict[int, bool]) -> bool:
        """`MYCKET MÖRKT`: written large for weight, not for being a name."""
        return all(self.said.words[at].text.isupper() for at in run) and any(public.values())

    def _is_name(self, part: Sequence[int]) -> bool:
        words = [self.said.words[at] for at in part]
        whole = [word for word in words if not word.initial]
        if len(whole) == 1 and len(words) == 1:
            return self._is_double(whole[0])
        return bool(whole)

    def _is_double(self, word: Word) -> bool:
        """`Anna-Lena`: two given names, neither of them a place."""
        parts = word.text.split("-")
        return len(parts) == _TWO and all(
            part[:1].isupper() and part[1:].islower() and not self.said.known.is_public(part)
            for part in parts
        )


def _shouted(text: str) -> bool:
    large = sum(map(str.isupper, text))
    fewer = -(-large * (_OF_LETTERS - _SHOUTED) // _SHOUTED)  # small letters; rounded up
    return sum(1 for _ in islice(filter(str.islower, text), fewer)) < fewer
