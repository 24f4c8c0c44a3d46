"""The district's categories as plain questions a person in the street can answer. Pure."""

from dataclasses import dataclass

from shared.contracts.district import District, Text


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the categories that answer it with yes."""

    words: Text
    answers: tuple[tuple[str, Text], ...]


ASKED: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (
        Text(
            sv="Är något mörkt, skräpigt, igenvuxet eller trasigt?",
            en="Is something dark, littered, overgrown or broken?",
        ),
        ("ENV", "DMG"),
    ),
    (
        Text(sv="Är det bråkigt, högljutt eller hotfullt?", en="Is it rowdy, loud or threatening?"),
        ("ORD",),
    ),
    (Text(sv="Gäller det narkotika?", en="Is it about drugs?"), ("DRG",)),
    (
        Text(sv="Händer det stölder eller rån där?", en="Do thefts or robberies happen there?"),
        ("THF", "ROB"),
    ),
    (
        Text(
            sv="Är trafiken farlig, eller står något i vägen?",
            en="Is the traffic dangerous, or is something in the way?",
        ),
        ("TRF",),
    ),
    (Text(sv="Är det farligt vid vattnet?", en="Is it dangerous by the water?"), ("WTR",)),
)
OTHERWISE = Text(
    sv="Är det något annat som gör det otryggt, eller något som ska hända?",
    en="Does something else feel unsafe, or is something coming up?",
)
ELSEWHERE = Text(
    sv="Pågår det fara, eller gäller det ett brott eller en viss person?",
    en="Is there danger now, or is it about a crime or a particular person?",
)


def questions(district: District) -> tuple[Question, ...]:
    """Every category in use under one question; last what is not taken in here."""
    asked = [Question(words, _answers(district, groups)) for words, groups in ASKED]
    known = {group for _, groups in ASKED for group in groups}
    others = tuple(group for group in district.groups if group not in known)
    asked.append(Question(OTHERWISE, _answers(district, others)))
    asked.append(
        Question(ELSEWHERE, tuple((code, one.label) for code, one in district.diversions.items()))
    )
    return tuple(question for question in asked if question.answers)


def _answers(district: District, groups: tuple[str, ...]) -> tuple[tuple[str, Text], ...]:
    return tuple(
        (code, category.label)
        for code, category in district.categories.items()
        if category.group in groups and not category.retired
    )
