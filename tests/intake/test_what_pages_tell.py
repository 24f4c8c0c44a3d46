"""What pages tell of texts that are gone, of findings and of the trail."""

import pytest

from services.intake.commands import giving_access
from shared.contracts.codes import Role
from tests.intake.conftest import Intake
from tests.intake.people import signed_in
from tests.intake.test_desk import librarian, reported
from tests.intake.test_quarantine_pages import coordinator

pytestmark = pytest.mark.stack

READ = "Läs fritexten"
PAGE = "/intake/access-exports"


async def destroyed(intake: Intake, one: str) -> None:
    """As disposal leaves it: the key is gone, the report stands."""
    keys = intake.mongo[intake.settings.keys_database_name]["data_keys"]
    assert (await keys.delete_one({"_id": one})).deleted_count == 1


async def test_a_destroyed_text_is_not_offered_to_be_read(intake: Intake) -> None:
    one, owner = await reported(intake, narrative="Tre lampor."), librarian(intake)
    path = f"/intake/concerns/{one}"
    assert READ in (await owner.get(path)).text
    await destroyed(intake, one)
    page = (await owner.get(path)).text
    assert READ not in page
    assert "Förstörd" in page


async def test_what_was_destroyed_by_a_decision_is_not_told_as_never_written(
    intake: Intake,
) -> None:
    one, other = await reported(intake, narrative="Tre lampor."), await reported(intake)
    ground = {"basis": "DISPOSAL_DECISION", "reference": "KUN 2026/00123"}
    done = await intake.post(f"/intake/v1/concerns/{one}/expunge", ground, agency="RECORDS")
    assert done.status_code == 200
    owner = librarian(intake)
    gone, never = [(await owner.get(f"/intake/concerns/{each}")).text for each in (one, other)]
    assert "det som skrevs är förstört" in gone
    assert "förstört" not in never


async def test_the_account_names_findings_reason_and_what_cannot_be_opened(intake: Intake) -> None:
    one = await reported(intake, narrative="Ring 070-174 06 05.")
    await coordinator(intake).send(
        f"/intake/quarantine/{one}/reject", version=1, reject_reason="ABOUT_A_PERSON"
    )
    await destroyed(intake, one)
    officer = signed_in(intake, "RECORDS", Role.RECORDS_OFFICER)
    page = (await officer.send(PAGE, concern_id=one, reference="KUN 2026/00123")).text
    assert "telefonnummer (1)" in page
    assert "ABOUT_A_PERSON" in page
    assert "Fields that cannot be opened" in page
    assert "Lines of the audit trail, all of them here" in page


async def test_the_account_tells_how_many_lines_there_are_where_not_all_are_given(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving_access, "MOST_LINES", 2)
    one = await reported(intake, narrative="Tre lampor.")
    officer = signed_in(intake, "RECORDS", Role.RECORDS_OFFICER)
    for _ in range(3):
        answer = await officer.send(PAGE, concern_id=one, reference="KUN 2026/00123")
    assert "har 3 rader om rapporten. Här står de 2 senaste" in answer.text
