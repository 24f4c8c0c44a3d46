"""What somebody shall do next, in plain Swedish: every row of the board says it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from services.coordination.domain.assignment import Assignment
from services.coordination.domain.days import days_since
from services.coordination.domain.problem import Problem
from services.coordination.store.triage_list import Waiting
from shared.contracts.calendar import day_of
from shared.contracts.codes import AssignmentState, ProblemState

NEXT_OF_PROBLEM: Final[Mapping[ProblemState, str]] = {
    ProblemState.IDENTIFIED: "Skriv ned orsakerna: den som stör, den utsatta, platsen.",
    ProblemState.ANALYSED: "Prioritera: poäng, påverkbart, resurser.",
    ProblemState.PRIORITISED: "Ge uppdrag till den som har rådighet.",
    ProblemState.DEPRIORITISED: "Vilar. Prioritera om när läget ändras, eller avsluta.",
    ProblemState.IN_ACTION: "Uppdrag pågår. Följ dem till effekt.",
    ProblemState.FOLLOW_UP: "Alla uppdrag är avslutade. Avgör om problemet är löst.",
    ProblemState.PERSISTING: "Kvarstår. Ge ett nytt uppdrag eller öppna igen.",
    ProblemState.REOPENED: "Tillbaka. Gå igenom orsakerna på nytt.",
    ProblemState.RESOLVED: "Löst. Inget mer att göra.",
}
KIND_OF_PROBLEM: Final[Mapping[ProblemState, str]] = {
    ProblemState.IN_ACTION: "active",
    ProblemState.FOLLOW_UP: "warn",
    ProblemState.RESOLVED: "done",
    ProblemState.PERSISTING: "warn",
    ProblemState.REOPENED: "warn",
}
NEXT_OF_ASSIGNMENT: Final[Mapping[AssignmentState, str]] = {
    AssignmentState.PROPOSED: "Tilldela en ägare.",
    AssignmentState.ASSIGNED: "Ägaren ska acceptera eller avböja.",
    AssignmentState.ACCEPTED: "Ägaren ska börja.",
    AssignmentState.REDIRECTED: "Ny ägare ska svara.",
    AssignmentState.IN_PROGRESS: "Ägaren arbetar.",
    AssignmentState.BLOCKED: "Hjälp ägaren förbi hindret.",
    AssignmentState.COMPLETED: "Kontrollera på plats att det är gjort.",
    AssignmentState.VERIFIED: "Följ upp: hjälpte det?",
    AssignmentState.CLOSED: "Avslutat.",
    AssignmentState.CANCELLED: "Inställt.",
    AssignmentState.REOPENED: "Ägaren ska göra klart.",
}
KIND_OF_ASSIGNMENT: Final[Mapping[AssignmentState, str]] = {
    AssignmentState.IN_PROGRESS: "active",
    AssignmentState.ACCEPTED: "active",
    AssignmentState.DECLINED: "stop",
    AssignmentState.BLOCKED: "stop",
    AssignmentState.COMPLETED: "warn",
    AssignmentState.VERIFIED: "warn",
    AssignmentState.CLOSED: "done",
}


def of_problem(problem: Problem) -> str:
    """What the group does next with a problem."""
    return NEXT_OF_PROBLEM[problem.state]


def kind_of_problem(problem: Problem) -> str:
    """How the state's tag looks."""
    return KIND_OF_PROBLEM.get(problem.state, "neutral")


def of_assignment(assignment: Assignment, owner_suggested: str) -> str:
    """What somebody does next with an assignment."""
    if assignment.state is AssignmentState.DECLINED:
        return f"Omdirigera. Ägaren föreslår {owner_suggested}."
    if assignment.state is AssignmentState.VERIFIED and assignment.follow_up is not None:
        return "Avsluta med den effekt som uppföljningen visade."
    return NEXT_OF_ASSIGNMENT[assignment.state]


def kind_of_assignment(assignment: Assignment) -> str:
    """How the state's tag looks."""
    return KIND_OF_ASSIGNMENT.get(assignment.state, "neutral")


def of_waiting(waiting: Waiting) -> str:
    """What triage would do with a concern."""
    if waiting.problems:
        return "Hör troligen till ett öppet problem: koppla."
    if waiting.similar:
        return f"{_reports(len(waiting.similar))} till liknar den: föreslå ett problem."
    return "Ensam än så länge: bevaka, eller bedöm om den ligger utanför uppdraget."


def of_late(assignment: Assignment) -> str:
    """What the coordinator does about a measure that is late."""
    if assignment.state is AssignmentState.ASSIGNED:
        return "Ägaren har inte svarat. Hör av dig, eller omdirigera."
    return "Hör av dig till ägaren: behövs hjälp, eller en ny förfallodag?"


def late(assignment: Assignment, now: datetime) -> str:
    """How late it is, in words."""
    return f"{days(days_since(assignment.due, now))} försenat"


def unanswered(assignment: Assignment, now: datetime) -> str:
    """How long the owner has not answered, in words."""
    return f"Inget svar på {days(days_since(day_of(assignment.asked_at), now))}"


def days(number: int) -> str:
    """So many days, in words."""
    return "1 dag" if number == 1 else f"{number} dagar"


def _reports(number: int) -> str:
    return "1 rapport" if number == 1 else f"{number} rapporter"
