"""The bench of the screen for personal data: what it finds, what it takes for some, how long.

Every written form of made-up identity numbers, every other kind of finding, what is harmless, and
made-up reports; from a seed, so the same figures every time. With a folder of real files also
the Swedish Tax Agency's test numbers, given names as SCB counts them, and the police's notices.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from statistics import median
from time import process_time
from typing import Final

from deploy.samlad.bench_narratives import NARRATIVES
from deploy.samlad.bench_screen_forms import (
    HARMLESS,
    KINDS,
    NUMBER_FORMS,
    Maker,
    coordination_number,
    personal_number,
)
from shared.contracts.codes import FindingType
from shared.contracts.district import District
from shared.security.screen import screen
from shared.security.screen_known import NOTHING, Known

SEED: Final = 20_260_601
IDENTITY: Final = (FindingType.PERSONAL_NUMBER, FindingType.COORDINATION_NUMBER)
RECALL: Final = 99.9
KIND_RECALL: Final = 98.0
FALSE_ALARMS: Final = 1.5
NARRATIVE_ALARMS: Final = 3.0
USUAL_LENGTH: Final = 500
_AROUND: Final = ("{}", "Det gällde {} i går kväll.", "Vid bron sågs {}, sedan blev det lugnt.")


@dataclass(frozen=True, slots=True)
class Row:
    """How many of so many texts had what was looked for, and the bound of their share."""

    what: str
    of: int
    found: int
    at_least: float | None = None
    at_most: float | None = None

    @property
    def percent(self) -> float:
        """The share, in per cent."""
        return 100 * self.found / self.of

    @property
    def kept(self) -> bool:
        """Whether the share is within its bound."""
        enough = self.at_least is None or self.percent >= self.at_least
        return enough and (self.at_most is None or self.percent <= self.at_most)

    def line(self) -> str:
        """The row for a person."""
        low = "" if self.at_least is None else f">= {self.at_least} %"
        bound = low or ("" if self.at_most is None else f"<= {self.at_most} %")
        mark = "" if self.kept else "  LESS THAN PROMISED"
        return f"{self.what:44}{self.found:>8}{self.of:>8}{self.percent:>9.2f} %  {bound}{mark}"


@dataclass(frozen=True, slots=True)
class Result:
    """All rows, and how long a report of the usual length takes."""

    rows: list[Row]
    median_ms: float

    @property
    def kept(self) -> bool:
        """Whether every row is within its bound."""
        return all(row.kept for row in self.rows)

    def as_json(self) -> dict[str, object]:
        """The result for a file."""
        rows = [asdict(row) | {"percent": round(row.percent, 3)} for row in self.rows]
        return {"rows": rows, "median_ms": round(self.median_ms, 3), "kept": self.kept}

    def table(self) -> str:
        """The result for a person."""
        head = f"{'':44}{'found':>8}{'of':>8}{'share':>11}  promised"
        spent = f"{self.median_ms:.2f} ms of processor time (median)"
        last = f"a report of {USUAL_LENGTH} characters: {spent}"
        return "\n".join([head, *(row.line() for row in self.rows), last])


def run(*, count: int = 500, seed: int = SEED, real: Path | None = None) -> Result:
    """Screen `count` texts of every form, and the real files where their folder is told."""
    known = Known.of(public=District.load().called)
    rows = [
        *_identity_numbers(count, seed),
        *_kinds(count, seed, known),
        *_false_alarms(count, seed),
        _narratives(known),
    ]
    if real is not None:
        rows += _real(real, known)
    return Result(rows, _median_ms(known))


def _identity_numbers(count: int, seed: int) -> Iterator[Row]:
    """Every form of writing them, each with both kinds of numbers."""
    makers = {
        "personal": (personal_number, FindingType.PERSONAL_NUMBER),
        "coordination": (coordination_number, FindingType.COORDINATION_NUMBER),
    }
    for kind, (make, wanted) in makers.items():
        for name, form in NUMBER_FORMS.items():
            chance = _chance(seed, kind, name)
            texts = [form(make(chance)) for _ in range(count)]
            yield Row(f"{kind}: {name}", count, _hits(texts, {wanted}), at_least=RECALL)


def _kinds(count: int, seed: int, known: Known) -> Iterator[Row]:
    for name, (kind, make) in KINDS.items():
        texts = _texts(count, _chance(seed, name), make)
        found = _hits(texts, {FindingType(kind)}, known)
        yield Row(name, count, found, at_least=KIND_RECALL)


def _false_alarms(count: int, seed: int) -> Iterator[Row]:
    """What is taken for an identity number and is none; ten times as many, for they are rare."""
    for name, make in HARMLESS.items():
        texts = _texts(10 * count, _chance(seed, name), make)
        found = _hits(texts, IDENTITY)
        yield Row(f"false alarms: {name}", 10 * count, found, at_most=FALSE_ALARMS)


def _narratives(known: Known) -> Row:
    found = _hits(NARRATIVES, tuple(FindingType), known)
    return Row("false alarms: made-up reports", len(NARRATIVES), found, at_most=NARRATIVE_ALARMS)


def _real(folder: Path, known: Known) -> Iterator[Row]:
    """What lies in the folder; its README says what it is."""
    from deploy.samlad.bench_screen_real import given_names, notices, test_numbers

    numbers = test_numbers(folder)
    yield Row("real: test personal numbers", len(numbers), _hits(numbers, IDENTITY), 100.0)
    names = [f"Det var {name} Lindblom som ropade." for name in given_names(folder)]
    yield Row("real: given names with a surname", len(names), _hits(names, {FindingType.NAME}))
    loaded = Known.of(names=given_names(folder), public=District.load().called)
    alone = [f"Sedan kom {name} dit." for name in given_names(folder)]
    found = _hits(alone, {FindingType.NAME}, loaded)
    yield Row("real: given names alone, from a loaded list", len(alone), found)
    said = notices(folder)
    yield Row("real: police notices with any finding", len(said), _hits(said, (), known))
    yield Row("real: the same with a loaded list", len(said), _hits(said, (), loaded))


def _texts(count: int, chance: Random, make: Maker) -> list[str]:
    return [chance.choice(_AROUND).format(make(chance)) for _ in range(count)]


def _hits(texts: Iterable[str], wanted: Collection[FindingType], known: Known = NOTHING) -> int:
    """How many of the texts have a finding of these kinds; of any kind where none is named."""
    found = ({finding.type for finding in screen(text, known)} for text in texts)
    return sum(bool(kinds.intersection(wanted) if wanted else kinds) for kinds in found)


def _chance(seed: int, *name: str) -> Random:
    return Random("/".join((str(seed), *name)))  # noqa: S311 - the same texts every time


def _median_ms(known: Known) -> float:
    """The median over the made-up reports, put together to the usual length; processor time."""
    whole = " ".join(NARRATIVES)
    starts = range(0, len(whole) - USUAL_LENGTH, 50)
    taken = []
    for start in starts:
        text = whole[start : start + USUAL_LENGTH]
        begun = process_time()
        screen(text, known)
        taken.append(process_time() - begun)
    return 1000 * median(taken)
