"""What stands on a desk's pages, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.intake.domain import finding_words
from services.intake.domain.concern import Concern
from services.intake.domain.standing import Standing, standing
from services.intake.store.cases import Case
from shared.contracts.codes import ConcernState, FindingType
from shared.store.stream import Loaded

#: Words in Swedish, in English, and how the tag looks.
STANDINGS: Mapping[Standing, tuple[str, str, str]] = {
    Standing.BEING_CHECKED: ("Granskas", "Being checked", "warn"),
    Standing.TAKEN_IN: ("Mottagen", "Taken in", "neutral"),
    Standing.JUDGED: ("Bedömd", "Judged", "active"),
    Standing.PART_OF_PROBLEM: ("Del av ett problem", "Part of a problem", "active"),
    Standing.SAME_AS_ANOTHER: ("Redan känd", "Known already", "neutral"),
    Standing.NOT_OURS: ("Utanför uppdraget", "Out of scope", "neutral"),
    Standing.DONE: ("Avslutad", "Closed", "done"),
    Standing.AGAIN: ("Öppnad igen", "Open again", "warn"),
    Standing.NOT_TAKEN: ("Togs inte emot", "Not taken in", "stop"),
    Standing.WITHDRAWN: ("Återtagen", "Withdrawn", "neutral"),
    Standing.ERASED: ("Raderad", "Erased", "neutral"),
}
#: The kinds of findings, in Swedish.
FINDINGS: Mapping[FindingType, str] = {
    kind: words.sv for kind, words in finding_words.FINDINGS.items()
}


@dataclass(frozen=True, slots=True)
class OwnReport:
    """One of an agency's reports, as its desk shows it."""

    id: str
    kept: Concern
    case: Case | None
    standing: Standing

    @property
    def words(self) -> tuple[str, str, str]:
        """How far it has come: Swedish, English, and how the tag looks."""
        return STANDINGS[self.standing]

    @property
    def may_be_corrected(self) -> bool:
        """Only what is registered."""
        return self.kept.status is ConcernState.REGISTERED

    @property
    def may_be_withdrawn(self) -> bool:
        """What is registered, or waits to be."""
        return self.may_be_corrected or self.kept.status is ConcernState.QUARANTINED


def own_report(loaded: Loaded, cases: Mapping[str, Case]) -> OwnReport:
    """The report of what is stored and what became of it."""
    kept, case = Concern.model_validate(loaded.state), cases.get(loaded.id)
    return OwnReport(loaded.id, kept, case, standing(kept.status, case.state if case else None))
