"""What becomes of a concern after it was taken in: nothing is told that never had a pass."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.intake.domain.concern import Concern, register
from services.intake.domain.life import (
    JUDGED,
    Change,
    correct,
    redact,
    reject,
    release,
    withdraw,
)
from services.intake.domain.report import ConcernReport
from shared.contracts.codes import ConcernState, FindingType
from shared.contracts.concerns import (
    ConcernCorrected,
    ConcernNarrativeExpunged,
    ConcernQuarantined,
    ConcernRegistered,
    ConcernRejected,
    ConcernReleased,
    ConcernWithdrawn,
)
from shared.contracts.envelope import Event
from shared.contracts.intake_codes import RejectionReason, ReleaseReason, WithdrawalReason
from shared.contracts.refusal import Refused
from tests.intake.test_concern_rules import AROUND, report

LATER = replace(AROUND, now=AROUND.now + timedelta(days=400))
PHONE, NAME = [FindingType.PHONE], [FindingType.NAME]
FALSE_ALARM, MISTAKE = ReleaseReason.FALSE_ALARM, WithdrawalReason.SENT_BY_MISTAKE
ABOUT = RejectionReason.ABOUT_A_PERSON


def taken_in(found: list[FindingType] | None = None, **changes: object) -> Concern:
    return register(report(**changes), found or [], agency="GUARDS", around=AROUND)


def quarantined() -> Concern:
    return taken_in(PHONE, narrative="x")


def names(change: Change) -> list[str]:
    return [type(event).__name__ for event in change.events]


def refused(command: Any, *args: object, **named: object) -> str:  # noqa: ANN401 - any rule
    with pytest.raises(Refused) as answer:
        command(*args, **named)
    return answer.value.refusal.code


@pytest.mark.parametrize("kept", [taken_in(), quarantined()], ids=["registered", "quarantined"])
def test_a_concern_is_withdrawn_once_and_a_repeat_changes_nothing(kept: Concern) -> None:
    change = withdraw(kept, MISTAKE)

    assert change.kept.status is ConcernState.WITHDRAWN
    assert change.events == (ConcernWithdrawn(reason=MISTAKE, source_agency="GUARDS"),)
    assert withdraw(change.kept, WithdrawalReason.SENT_TWICE) == Change(change.kept)


def test_what_was_rejected_or_expunged_cannot_be_withdrawn() -> None:
    rejected = reject(quarantined(), ABOUT).kept
    expunged = taken_in().model_copy(update={"status": ConcernState.EXPUNGED})

    assert refused(withdraw, rejected, MISTAKE) == "CONCERN.ENDED"
    assert refused(withdraw, expunged, MISTAKE) == "CONCERN.ENDED"


def test_a_correction_tells_every_code_as_it_should_have_been() -> None:
    kept = taken_in(narrative="x", external_reference="D-1")
    change = correct(
        kept, report(category="ENV.LITTER", severity=3, place_id="PL-BESIDE"), [], around=LATER
    )

    [told] = change.events
    assert isinstance(told, ConcernCorrected)
    assert (told.category, told.severity, told.place_id) == ("ENV.LITTER", 3, "PL-BESIDE")
    assert (told.registered_at, told.corrected_at) == (AROUND.now, LATER.now)
    assert told.has_narrative, "a text that is not given stays"
    assert change.kept.registered.category == "ENV.LITTER"
    assert change.kept.external_reference == "D-1"
    assert change.kept.status is ConcernState.REGISTERED


def test_a_correction_that_changes_nothing_tells_nothing() -> None:
    kept = taken_in(narrative="x")

    assert correct(kept, report(), [], around=LATER) == Change(kept)
    assert names(correct(kept, report(narrative="y"), [], around=LATER)) == ["ConcernCorrected"]


def test_what_was_made_up_stays_made_up() -> None:
    kept = taken_in(synthetic=True)

    assert correct(kept, report(severity=2), [], around=LATER).kept.registered.synthetic


def test_a_finding_refuses_a_correction_and_names_the_kind_only() -> None:
    with pytest.raises(Refused) as answer:
        correct(taken_in(), report(narrative="x"), PHONE, around=LATER)

    assert answer.value.refusal.code == "CONCERN.PERSONAL_DATA"
    assert "telefonnummer" in answer.value.refusal.sv
    assert "telephone number" in answer.value.refusal.en


def test_a_correction_is_judged_as_of_the_day_the_report_came_in() -> None:
    kept = taken_in()
    tomorrow = (AROUND.now + timedelta(days=1)).isoformat()

    assert correct(kept, report(severity=2), [], around=LATER).events
    assert refused(correct, kept, report(observed_from=tomorrow), [], around=LATER) == (
        "CONCERN.IN_THE_FUTURE"
    )
    assert refused(correct, kept, report(place_id="PL-GONE"), [], around=LATER) == (
        "CONCERN.UNKNOWN_PLACE"
    )


@pytest.mark.parametrize(
    "kept",
    [quarantined(), withdraw(taken_in(), MISTAKE).kept, reject(quarantined(), ABOUT).kept],
    ids=["quarantined", "withdrawn", "rejected"],
)
def test_only_what_is_registered_can_be_corrected(kept: Concern) -> None:
    assert refused(correct, kept, report(), [], around=LATER) == "CONCERN.NOT_REGISTERED"


def test_a_release_tells_why_and_registers_in_one_step() -> None:
    change = release(quarantined(), FALSE_ALARM, reference="D-1")

    released, registered = change.events
    assert isinstance(released, ConcernReleased)
    assert (released.redacted, released.reason) == (False, FALSE_ALARM)
    assert released.findings == quarantined().findings
    assert registered == change.kept.registered == quarantined().registered
    assert (change.kept.status, change.kept.external_reference) == (ConcernState.REGISTERED, "D-1")


@pytest.mark.parametrize("text", ["En ny text.", None])
def test_a_redaction_registers_with_the_other_text_or_none(text: str | None) -> None:
    change = redact(quarantined(), text, [], reference=None)

    released, registered = change.events
    assert isinstance(released, ConcernReleased)
    assert isinstance(registered, ConcernRegistered)
    assert (released.redacted, released.reason) == (True, None)
    assert registered.has_narrative is (text is not None)


@pytest.mark.parametrize("kind", sorted(set(FindingType) - JUDGED))
def test_a_redacted_text_never_holds_numbers(kind: FindingType) -> None:
    assert refused(redact, quarantined(), "x", [kind], reference=None) == "CONCERN.PERSONAL_DATA"


def test_a_person_judges_what_only_looks_like_a_name() -> None:
    assert names(redact(quarantined(), "x", NAME, reference=None))[0] == "ConcernReleased"


def test_a_rejected_concern_is_never_registered() -> None:
    change = reject(quarantined(), ABOUT)

    assert names(change) == ["ConcernRejected"]
    assert change.kept.status is ConcernState.REJECTED
    assert refused(release, change.kept, FALSE_ALARM, reference=None) == (
        "CONCERN.NOT_IN_QUARANTINE"
    )


@pytest.mark.parametrize("kept", [taken_in(), withdraw(quarantined(), MISTAKE).kept])
def test_the_desk_decides_on_what_waits_alone(kept: Concern) -> None:
    for command in (
        lambda: release(kept, FALSE_ALARM, reference=None),
        lambda: redact(kept, "x", [], reference=None),
        lambda: reject(kept, ABOUT),
    ):
        assert refused(command) == "CONCERN.NOT_IN_QUARANTINE"


def test_a_repeated_report_is_answered_as_the_first_time_whatever_became_of_it() -> None:
    held, clean = quarantined(), taken_in()
    assert withdraw(clean, MISTAKE).kept.first_status is ConcernState.REGISTERED
    for change in (
        withdraw(held, MISTAKE),
        release(held, FALSE_ALARM, reference=None),
        reject(held, ABOUT),
    ):
        assert change.kept.first_status is ConcernState.QUARANTINED


FINDINGS = st.lists(st.sampled_from(FindingType), max_size=2)
PUBLIC = (ConcernRegistered, ConcernCorrected)


class Life(RuleBasedStateMachine):
    """Any commands in any order; `found` is what the screen finds in a text."""

    @initialize(found=FINDINGS)
    def report(self, found: list[FindingType]) -> None:
        self.kept = taken_in(found, narrative="x")
        self.told: list[Event] = [self.kept.event]
        self.passed = not found
        self.ended = False

    @rule(reason=st.sampled_from(WithdrawalReason))
    def withdraw(self, reason: WithdrawalReason) -> None:
        self._try(lambda: withdraw(self.kept, reason))

    @rule(found=FINDINGS, severity=st.integers(0, 3), told=st.booleans())
    def correct(self, found: list[FindingType], severity: int, *, told: bool) -> None:
        said: ConcernReport = report(severity=severity, narrative="y" if told else None)
        found = found if told else []
        if self._try(lambda: correct(self.kept, said, found, around=LATER)):
            assert not found

    @rule(reason=st.sampled_from(ReleaseReason))
    def release(self, reason: ReleaseReason) -> None:
        self.passed |= self._try(lambda: release(self.kept, reason, reference=None))

    @rule(found=FINDINGS, text=st.sampled_from(["y", None]))
    def redact(self, found: list[FindingType], text: str | None) -> None:
        found = found if text else []
        if self._try(lambda: redact(self.kept, text, found, reference=None)):
            assert set(found) <= JUDGED
            self.passed = True

    @rule(reason=st.sampled_from(RejectionReason))
    def reject(self, reason: RejectionReason) -> None:
        self._try(lambda: reject(self.kept, reason))

    def _try(self, command: Any) -> bool:  # noqa: ANN401 - any command
        try:
            change: Change = command()
        except Refused:
            return False
        assert not (self.ended and change.events), "nothing is told after the end"
        self.kept = change.kept
        self.told += change.events
        self.ended |= isinstance(self.told[-1], ConcernWithdrawn | ConcernRejected)
        return bool(change.events)

    @invariant()
    def nothing_registered_is_told_without_a_pass(self) -> None:
        first = next((n for n, one in enumerate(self.told) if isinstance(one, PUBLIC)), None)
        assert (first is not None) is self.passed
        if first is not None and isinstance(self.told[0], ConcernQuarantined):
            assert isinstance(self.told[first - 1], ConcernReleased)

    @invariant()
    def what_is_kept_is_what_was_told(self) -> None:
        told = [one for one in self.told if isinstance(one, PUBLIC)]
        if told:
            said = {name: getattr(told[-1], name) for name in ConcernRegistered.model_fields}
            assert ConcernRegistered.model_validate(said) == self.kept.registered
        assert sum(isinstance(one, ConcernRegistered) for one in self.told) == self.passed
        assert not any(isinstance(one, ConcernNarrativeExpunged) for one in self.told)

    @invariant()
    def what_passed_only_a_person_let_pass(self) -> None:
        assert self.kept.passed is (self.passed and self.kept.status is not ConcernState.REJECTED)


TestLife = Life.TestCase
