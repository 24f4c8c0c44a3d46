"""A refusal: what the domain answers to a command it does not carry out."""

from dataclasses import dataclass

CONFLICT = 409
UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was refused, for machines (`code`) and persons (`sv`, `en`).

    `status` is 409 where the state forbids it and 422 where the input does. `field` names the
    property it is about, where it is about one.
    """

    code: str
    sv: str
    en: str
    status: int = CONFLICT
    field: str | None = None

    @property
    def both(self) -> str:
        """The words as a page shows them: Swedish, then English."""
        return f"{self.sv} / {self.en}"


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """Carries a refusal to where it is answered."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
