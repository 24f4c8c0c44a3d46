"""Every way something changes in coordination: load, decide, append."""

from dataclasses import dataclass

from services.coordination.commands.assignments import Assignments
from services.coordination.commands.consequences import Cause, Consequences
from services.coordination.commands.cycles import Cycles
from services.coordination.commands.deciding import By, Made
from services.coordination.commands.pictures import Pictures
from services.coordination.commands.places import Places
from services.coordination.commands.problems import Problems
from services.coordination.commands.reminders import Reminders
from services.coordination.commands.triage import Triage
from services.coordination.store import Store
from shared.contracts.district import District

__all__ = ["By", "Cause", "Commands", "Made", "commands_of"]


@dataclass(frozen=True, slots=True)
class Commands:
    """The commands by what they are about."""

    triage: Triage
    problems: Problems
    assignments: Assignments
    places: Places
    cycles: Cycles
    pictures: Pictures
    reminders: Reminders
    consequences: Consequences


def commands_of(store: Store, district: District) -> Commands:
    """The commands over a store, by the rules of a district."""
    consequences = Consequences(store)
    return Commands(
        triage=Triage(store, district, consequences),
        problems=Problems(store, district, consequences),
        assignments=Assignments(store, district, consequences),
        places=Places(store, district),
        cycles=Cycles(store),
        pictures=Pictures(store, district, consequences),
        reminders=Reminders(store, district),
        consequences=consequences,
    )
