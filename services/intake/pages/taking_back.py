"""Taking back something of one's own: the reason, and that they are sure, as a form brings it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from services.intake.commands.own import Withdrawal
from services.intake.pages.moved import version_of
from shared.contracts.intake_codes import WithdrawalReason
from shared.web.form_data import Filled, one

CHOOSE: Final = {"reason": "Välj skälet till återtagandet / Choose why you take it back"}
SURE: Final = {
    "sure": "Kryssa för att ni är säkra: det går inte att ångra / Tick that you are sure: no undo"
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The form as it is shown: the version it is made for, the reasons in words, what is chosen."""

    version: int
    reasons: Mapping[WithdrawalReason, str]
    values: Mapping[str, str]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The reasons one may choose from."""
        return [(code.value, words) for code, words in self.reasons.items()]


@dataclass(frozen=True, slots=True)
class TakingBack:
    """What the form brought, and the version it was shown with."""

    version: int
    values: Mapping[str, str]

    @classmethod
    def of(cls, form: Filled) -> Self:
        """Of a form as it was sent; 400 where it does not say which version it was made for."""
        return cls(version_of(form), {name: one(form, name) for name in ("reason", "sure")})

    @property
    def errors(self) -> Mapping[str, str]:
        """What is missing or is no reason, at its field."""
        chosen = {} if self.values["reason"] in set(WithdrawalReason) else CHOOSE
        return chosen if self.values["sure"] == "yes" else chosen | SURE

    @property
    def said(self) -> Withdrawal:
        """The reason; only of a form without errors."""
        return Withdrawal(reason=WithdrawalReason(self.values["reason"]))
