"""What the mails say, and what they never say."""

import pytest

from services.notify.domain.delivery import Facts, Owed, Template
from services.notify.domain.mails import TEXTS, Surroundings, compose
from shared.contracts.district import District
from tests.notify.given import ASSIGNMENT, CONCERN, PROBLEM, owed

DISTRICT = District.load()
AROUND = Surroundings(DISTRICT, "http://127.0.0.1:8080/", "Hornsbergs strand")


def test_an_assignment_tells_what_where_by_when_and_where_to_look() -> None:
    mail = compose(owed(), AROUND)
    assert mail.subject == "Nytt uppdrag: Fler eller bättre papperskorgar, Hornsbergs strand"
    swedish, english = mail.text.split("---\n", 1)
    assert "Vad: Fler eller bättre papperskorgar\nPlats: Hornsbergs strand\n" in swedish
    assert "Senast: 2026-07-03" in swedish
    assert "What: More or better bins\nPlace: Hornsbergs strand\nBy: 2026-07-03" in english
    assert mail.text.count(f"http://127.0.0.1:8080/coordination/problems/{PROBLEM}") == 2
    assert f"Referens: {ASSIGNMENT}" in swedish


def test_feedback_answers_without_repeating_the_report() -> None:
    answer = Owed(
        template=Template.FEEDBACK,
        recipient="LIBRARIES",
        about_kind="case",
        about_id=CONCERN,
        facts=Facts(feedback="MEASURE_DONE", effect="IMPROVED"),
    )
    mail = compose(answer, Surroundings(DISTRICT, "https://samlad.example.org", None))
    assert mail.subject == "Återkoppling på en rapport"
    assert "Svar: En åtgärd är genomförd och uppföljd\nResultat: Förbättrat" in mail.text
    assert f"Reference: {CONCERN}" in mail.text
    assert "https://samlad.example.org/reporting/" in mail.text


def test_without_a_problem_the_link_leads_to_the_board() -> None:
    bare = owed().model_copy(update={"facts": Facts(days=3)})
    mail = compose(bare, Surroundings(DISTRICT, "http://127.0.0.1:8080", None))
    assert mail.subject == "Nytt uppdrag"
    assert "http://127.0.0.1:8080/coordination/\n" in mail.text
    assert "Dagar: 3" in mail.text


@pytest.mark.parametrize("template", Template)
def test_every_message_has_words_in_both_languages(template: Template) -> None:
    words = TEXTS[template]
    mail = compose(owed(template), AROUND)
    assert mail.text.index(words.sv) < mail.text.index(words.en)
    assert mail.subject.startswith(words.subject)


def test_made_up_data_is_said_to_be_made_up() -> None:
    real = DISTRICT.model_copy(update={"synthetic": False})
    assert "Påhittade uppgifter" in compose(owed(), AROUND).text
    assert "Påhittade" not in compose(owed(), Surroundings(real, "https://s", None)).text
