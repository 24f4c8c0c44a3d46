"""What the mails say: what, where to look, by when, and a link. Swedish first, then English."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from services.notify.domain.delivery import Facts, Owed, Template
from shared.contracts.district import District


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one message."""

    subject: str
    sv: str
    en: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A message ready to be addressed."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where the words and the link come from; `place` is what the place is called now."""

    district: District
    public_url: str
    place: str | None


TEXTS: Mapping[Template, Words] = {
    Template.ASSIGNMENT_ASSIGNED: Words(
        "Nytt uppdrag",
        "Ni har fått ett uppdrag. Acceptera det, eller avböj med skäl och förslag på ägare.",
        "You have an assignment. Accept it, or decline with a reason and a suggested owner.",
    ),
    Template.ASSIGNMENT_REOPENED: Words(
        "Uppdrag återöppnat",
        "Ett uppdrag som var utfört har öppnats igen.",
        "An assignment that was completed has been reopened.",
    ),
    Template.ASSIGNMENT_CANCELLED: Words(
        "Uppdrag inställt",
        "Ett av era uppdrag är inställt. Ni behöver inte göra något mer.",
        "One of your assignments is cancelled. You need not do anything more.",
    ),
    Template.ASSIGNMENT_DUE_CHANGED: Words(
        "Nytt datum för uppdrag",
        "Ett av era uppdrag har fått ett nytt slutdatum.",
        "One of your assignments has a new due date.",
    ),
    Template.ASSIGNMENT_DECLINED: Words(
        "Uppdrag avböjt",
        "Ett uppdrag har avböjts och behöver en annan ägare.",
        "An assignment was declined and needs another owner.",
    ),
    Template.ASSIGNMENT_UNACCEPTED: Words(
        "Uppdrag väntar på svar",
        "Ett uppdrag har inte accepterats än. Svara så snart ni kan.",
        "An assignment has not been accepted yet. Please answer as soon as you can.",
    ),
    Template.ASSIGNMENT_OVERDUE: Words(
        "Uppdrag försenat",
        "Ett uppdrag har passerat sitt slutdatum.",
        "An assignment has passed its due date.",
    ),
    Template.FEEDBACK: Words(
        "Återkoppling på en rapport",
        "Ni bad om återkoppling på en rapport. Här är svaret.",
        "You asked for feedback on a report. Here is the answer.",
    ),
}


def compose(owed: Owed, around: Surroundings) -> Mail:
    """The mail of a message that is owed."""
    words = TEXTS[owed.template]
    link = f"{around.public_url.rstrip('/')}{_path(owed)}"
    swedish = "\n".join(_lines(owed, around, "sv"))
    english = "\n".join(_lines(owed, around, "en"))
    text = (
        f"{words.sv}\n\n{swedish}\n\nSe mer här: {link}\n\n"
        f"---\n\n{words.en}\n\n{english}\n\nSee more here: {link}\n\n"
        f"-- \nSamlad {around.district.name.sv}\n{_demo(around.district)}"
    )
    about = ", ".join(part for part in (_measure(owed.facts, around), around.place) if part)
    return Mail(f"{words.subject}: {about}" if about else words.subject, text)


def _path(owed: Owed) -> str:
    if owed.template is Template.FEEDBACK:
        return "/reporting/"
    problem = owed.facts.problem_id
    return f"/coordination/problems/{problem}" if problem else "/coordination/"


def _measure(facts: Facts, around: Surroundings) -> str:
    return around.district.label(facts.measure).sv if facts.measure else ""


def _demo(district: District) -> str:
    return "Påhittade uppgifter i en demonstration. / Made-up data.\n" if district.synthetic else ""


def _lines(owed: Owed, around: Surroundings, lang: str) -> Iterator[str]:
    facts = owed.facts

    def named(code: str) -> str:
        return around.district.label(code).in_(lang)

    told: tuple[tuple[str, str, object, Callable[[str], str]], ...] = (
        ("Vad", "What", facts.measure, named),
        ("Plats", "Place", around.place, str),
        ("Senast", "By", facts.due, str),
        ("Dagar", "Days", facts.days, str),
        ("Skäl", "Reason", facts.reason, named),
        ("Föreslagen ägare", "Suggested owner", facts.suggested_owner, named),
        ("Svar", "Answer", facts.feedback, named),
        ("Resultat", "Result", facts.effect, named),
    )
    for swedish, english, value, shown in told:
        if value is not None:
            yield f"{english if lang == 'en' else swedish}: {shown(str(value))}"
    yield f"{'Reference' if lang == 'en' else 'Referens'}: {owed.about_id}"
