"""Which decision is in force, what a file of decisions may hold, what counts as a diary number."""

from datetime import UTC, date, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from services.intake.domain.concern import Concern
from services.intake.domain.disposal import Kind, in_force, read
from services.intake.domain.expunging import NOTHING_KEPT, expunged
from services.intake.domain.reference_number import DiaryNumber
from shared.contracts.codes import ConcernState
from shared.contracts.concerns import ConcernRegistered
from shared.contracts.refusal import Refused

FILE = """
[[decision]]
class = "NARRATIVE"
days = 365
reference = "KUN 2025/00017"
valid_from = 2025-01-01

[[decision]]
class = "NARRATIVE"
days = 180
reference = "KUN 2026/00045"
valid_from = 2026-07-01

[[decision]]
class = "AUDIT"
days = 1825
reference = "KUN 2026/00046"
valid_from = 2026-01-01
"""
DIARY = TypeAdapter[str](DiaryNumber)


@pytest.mark.parametrize(
    ("today", "days"),
    [
        (date(2024, 12, 31), None),
        (date(2025, 1, 1), 365),
        (date(2026, 6, 30), 365),
        (date(2026, 7, 1), 180),
    ],
)
def test_the_latest_valid_decision_is_in_force(today: date, days: int | None) -> None:
    narrative = in_force(read(FILE), today).get(Kind.NARRATIVE)
    assert (narrative.days if narrative else None) == days


def test_a_kind_without_a_decision_has_none() -> None:
    assert set(in_force(read(FILE), date(2027, 1, 1))) == {Kind.NARRATIVE, Kind.AUDIT}
    assert in_force(read(""), date(2027, 1, 1)) == {}


def test_days_are_counted_back_from_now() -> None:
    [audit] = [each for each in read(FILE) if each.kind is Kind.AUDIT]
    now = datetime(2026, 6, 5, tzinfo=UTC)
    assert audit.before(now) == datetime(2021, 6, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "not toml",
        "x = 1",
        FILE.replace("AUDIT", "EVERYTHING"),
        FILE.replace("365", "0"),
        FILE.replace("KUN 2025/00017", ""),
        FILE.replace('reference = "KUN 2025/00017"\n', ""),
        FILE.replace("valid_from = 2025-01-01", "valid_form = 2025-01-01"),
        FILE + 'note = "extra"',
    ],
)
def test_a_file_that_is_not_in_order_is_refused_whole(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(text)


@pytest.mark.parametrize("number", ["KUN 2026/00123", "2026-00123", "SN2026:7", "1.3.1-88/2026"])
def test_diary_numbers_of_many_forms_are_taken(number: str) -> None:
    assert DIARY.validate_python(number) == number


@pytest.mark.parametrize(
    "number", ["", "12", "KUN", "19811218-9876", "8112189876", "a@b.se 1", "x" * 40 + "1", "1\n2"]
)
def test_what_is_none_is_refused(number: str) -> None:
    with pytest.raises(ValidationError):
        DIARY.validate_python(number)


REGISTERED = ConcernRegistered.model_validate(
    ConcernRegistered.model_config["json_schema_extra"]["examples"][0]  # type: ignore[index]
)


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("texts_only", [False, True])
@pytest.mark.parametrize(
    ("status", "after"),
    [
        (ConcernState.REGISTERED, ConcernState.REGISTERED),
        (ConcernState.QUARANTINED, ConcernState.EXPUNGED),
        (ConcernState.REJECTED, ConcernState.EXPUNGED),
        (ConcernState.WITHDRAWN, ConcernState.EXPUNGED),
        (ConcernState.EXPUNGED, ConcernState.EXPUNGED),
    ],
)
def test_only_what_is_registered_goes_on_without_its_text(
    status: ConcernState,
    after: ConcernState,
    apart: bool,  # noqa: FBT001 - a case
    texts_only: bool,  # noqa: FBT001 - a case
) -> None:
    kept = Concern.model_validate({
        "status": status, "registered": REGISTERED, "external_reference": "LIB-7",
    })  # fmt: skip
    left = expunged(kept, apart=apart, texts_only=texts_only)
    assert left.status is after
    assert not left.registered.has_narrative
    codes = kept.registered.model_dump(exclude={"has_narrative"})
    assert left.registered.model_dump(exclude={"has_narrative"}) == codes
    stays = texts_only and status in {ConcernState.REGISTERED, ConcernState.EXPUNGED}
    assert left.external_reference == ("LIB-7" if stays else None)


def test_where_there_never_was_anything_personal_there_is_nothing_to_expunge() -> None:
    registered = REGISTERED.model_copy(update={"has_narrative": False})
    kept = Concern.model_validate({"status": "REGISTERED", "registered": registered})
    with pytest.raises(Refused) as refused:
        expunged(kept, apart=False)
    assert refused.value.refusal == NOTHING_KEPT
    numbered = kept.model_copy(update={"external_reference": "LIB-7"})
    assert expunged(numbered, apart=False) == expunged(kept, apart=True) == kept
