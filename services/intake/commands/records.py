"""What the records officer can do, in one place."""

from dataclasses import dataclass

from services.intake.commands.disposal import Disposal
from services.intake.commands.expunging import Expunging
from services.intake.commands.giving_access import GivingAccess


@dataclass(frozen=True, slots=True)
class Records:
    """The commands of the records officer."""

    expunging: Expunging
    access: GivingAccess
    disposal: Disposal
