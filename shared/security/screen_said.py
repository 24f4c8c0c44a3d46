"""A text as words with their places, and what each stands for. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from shared.security.screen_known import WORD, Known
from shared.security.screen_ordinary import PLACE_NOUNS

_SENTENCE_ENDS = ".!?:*-•\n)"
_BEFORE_A_SENTENCE = " \"'([\u201c\u201d"


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
        return len(self.text) == 1 and self.capital


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote, and what is known here."""

    lined: str
    words: Sequence[Word]
    known: Known

    @classmethod
    def read(cls, lined: str, known: Known) -> Self:
        """The words of a text whose lines still end."""
        new = tuple.__new__  # as Word(…), in half the time: there is one for each word
        found = WORD.finditer(lined)
        words = [new(Word, (word := m[0], word.lower(), *m.span())) for m in found]
        return cls(lined, words, known)

    def between(self, at: int) -> str:
        """What stands between a word and the one before it."""
        return self.lined[self.words[at - 1].end : self.words[at].start]

    def after(self, word: Word) -> str:
        """What comes after a word."""
        return self.lined[word.end :]

    def names_a_street(self, at: int) -> bool:
        """`Per Albin Hanssons väg`."""
        if at + 1 >= len(self.words) or not self.words[at].low.endswith(("s", "x", "z")):
            return False
        after = self.words[at + 1]
        return after.low in PLACE_NOUNS and self.lined[self.words[at].end : after.start] == " "

    def is_lower_elsewhere(self, word: Word) -> bool:
        """A sentence begins with it, and elsewhere in the text it is a word as others."""
        return self.begins_sentence(word) and any(other.text == word.low for other in self.words)

    def begins_sentence(self, word: Word) -> bool:
        """Whether a capital would be asked for here in any case."""
        before = self.lined[: word.start].rstrip(_BEFORE_A_SENTENCE)
        return not before or before[-1] in _SENTENCE_ENDS
