"""What a deployment knows: names it looks for, and names that are no person's. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from shared.security.screen_ordinary import PHRASES, is_ordinary

WORD: Final = re.compile(r"[Ss]:ta?\b|[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
Phrases = dict[str, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True, slots=True)
class Known:
    """Made once by `of` and given to every screening; without it nothing local is known.

    `names` count wherever they stand as whole words; `words` and `phrases` are allowed.
    """

    names: frozenset[str] = frozenset()
    full_names: Phrases = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    phrases: Phrases = field(default_factory=lambda: _by_first(map(_words, PHRASES)))

    @classmethod
    def of(cls, *, names: Iterable[str] = (), public: Iterable[str] = ()) -> Self:
        """Know persons' names, and what places, agencies and public things are called.

        Of what is public each word with a capital stands for itself, but of several in a row only
        all together: a square named after somebody makes nobody of that name public.
        """
        given = [_words(name) for name in names]
        called = [run for label in public for run in _runs(label)]
        return cls(
            names=frozenset(words[0] for words in given if len(words) == 1),
            full_names=_by_first(words for words in given if len(words) > 1),
            words=frozenset(run[0] for run in called if len(run) == 1),
            phrases=_by_first([*(run for run in called if len(run) > 1), *map(_words, PHRASES)]),
        )

    def is_public(self, word: str) -> bool:
        """Whether a word is no person's name as far as anybody knows."""
        low = word.lower()
        if low in self.words or (low.endswith("s") and low[:-1] in self.words):
            return True
        if f"{low}s" in self.words or is_ordinary(word):
            return True
        parts = low.split("-")
        return len(parts) > 1 and all(self.is_public(part) for part in parts)


def phrase_at(words: Sequence[str], phrases: Phrases) -> int:
    """How many of the words, from the first on, are one of the phrases."""
    if not words or words[0] not in phrases:
        return 0
    fits = (one for one in phrases[words[0]] if tuple(words[: len(one)]) == one)
    return max(map(len, fits), default=0)


def _words(text: str) -> tuple[str, ...]:
    return tuple(found.group().lower() for found in WORD.finditer(text))


def _runs(label: str) -> Iterator[tuple[str, ...]]:
    """Its words with a capital, those in a row together."""
    run: list[str] = []
    end = 0
    for found in WORD.finditer(label):
        capital = found.group()[0].isupper()
        if run and not (capital and label[end : found.start()] == " "):
            yield tuple(run)
            run = []
        if capital:
            run.append(found.group().lower())
        end = found.end()
    if run:
        yield tuple(run)


def _by_first(phrases: Iterable[tuple[str, ...]]) -> Phrases:
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        if phrase:
            found.setdefault(phrase[0], []).append(phrase)
    return {first: tuple(ones) for first, ones in found.items()}


NOTHING: Final = Known()
