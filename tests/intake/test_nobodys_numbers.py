"""A diary number or a key's label never holds what is shaped like a person's number."""

import pytest
from pydantic import TypeAdapter, ValidationError

from services.intake.domain.api_keys import Label
from services.intake.domain.reference_number import DiaryNumber

DIARY, LABEL = TypeAdapter[str](DiaryNumber), TypeAdapter[str](Label)
PERSONS = (
    "850101-1234",
    "8501011234",
    "850101/1234",
    "19850101_1234",
    "1985-01-01-1234",
    "850101 - 1234",
    "19850161 - 1234",
    "Anna Andersson 070-1234567",
    "070 123 45 67",
    "46701234567",
)


@pytest.mark.parametrize("number", PERSONS)
def test_a_persons_number_is_neither_diary_number_nor_label(number: str) -> None:
    for kind in (DIARY, LABEL):
        with pytest.raises(ValidationError):
            kind.validate_python(number)


@pytest.mark.parametrize(
    "number",
    ["Anna Andersson 1", "Begäran Anna Andersson 2026-11-24", "anna.andersson 2026", "Dnr Al Bo 7"],
)
def test_somebodys_name_is_no_diary_number(number: str) -> None:
    with pytest.raises(ValidationError, match="reference_identity"):
        DIARY.validate_python(number)


@pytest.mark.parametrize(
    "number",
    [
        *("KUN 2026/00123", "KUN 2026/001234", "2026/001234", "2012/010123", "2026-001234"),
        *("KS 2026:7", "Dnr Ks 2026/12", "Ks Dnr. 2026/12", "Beslut Kungsholmen 2026-12"),
        *("dnr 1.2.1-345/2026", "SDN KUN 2026/1", "Gallringsplan SDN KUN 2026-1", "Tn 2026 nr 5"),
        *("Kungsholmens Stadsdelsförvaltning 2026/1", "Kommunstyrelsens Beslut 2026:7"),
        *("decision ref 2026/1", "Trygghetens dnr 4", "Nämndens delegationsbeslut 12"),
    ],
)
def test_a_diary_number_is_one(number: str) -> None:
    assert DIARY.validate_python(number) == number


@pytest.mark.parametrize("label", ["felanmalan", "Trygg i dag", "server-2026-01-12", "v.2.10_7"])
def test_a_systems_name_is_a_label(label: str) -> None:
    assert LABEL.validate_python(label) == label
