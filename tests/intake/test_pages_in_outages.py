"""The pages for people who are signed in, while MongoDB is away: nothing that was typed is lost."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest

from services.intake.commands.api_keys import AgencyKeys
from services.intake.commands.audit import AuditTrail
from services.intake.commands.own import OwnConcerns
from services.intake.commands.sspf import Sspf
from services.intake.store.quarantine import Quarantined
from services.intake.store.store import Store
from shared.contracts.codes import Role
from shared.store.errors import Conflict, Unavailable
from tests.intake.conftest import Intake
from tests.intake.forms import problems_of
from tests.intake.people import Person, signed_in
from tests.intake.test_desk import FORM, OUTCOME, librarian, reported, sspf, state_of
from tests.intake.test_quarantine_pages import CLEAN, coordinator, held

pytestmark = pytest.mark.stack

WORDS = "Allt du fyllt i står kvar"
NEW = "Lampan är trasig vid porten."


def gone(error: Exception) -> Callable[..., Any]:
    async def away(*_: object, **__: object) -> None:
        raise error

    return away


AWAY = gone(Unavailable("AWAY"))


def kept(answer: Any, *typed: str) -> None:  # noqa: ANN401 - httpx
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert WORDS in answer.text
    assert problems_of(answer.text) == []
    for words in typed:
        assert html.escape(words) in answer.text


@pytest.mark.parametrize(
    ("where", "what", "error"),
    [
        (Store, "own_concern", Unavailable("AWAY")),
        (OwnConcerns, "correct", Unavailable("AWAY")),
        (OwnConcerns, "correct", Conflict("BUSY")),
    ],
)
async def test_a_correction_is_kept(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, where: type, what: str, error: Exception
) -> None:
    one = await reported(intake)
    monkeypatch.setattr(where, what, gone(error))
    answer = await librarian(intake).send(
        f"/intake/concerns/{one}/correct", version=1, **(FORM | {"narrative": NEW})
    )
    kept(answer, NEW)
    assert 'name="version" value="1"' in answer.text


@pytest.mark.parametrize(("where", "what"), [(Store, "own_concern"), (OwnConcerns, "withdraw")])
async def test_a_withdrawal_is_kept(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, where: type, what: str
) -> None:
    one = await reported(intake)
    monkeypatch.setattr(where, what, AWAY)
    path = f"/intake/concerns/{one}/withdraw"
    answer = await librarian(intake).send(path, version=1, reason="SENT_TWICE", sure="yes")
    kept(answer)
    assert 'value="SENT_TWICE" checked' in answer.text


async def test_a_text_written_at_the_quarantine_desk_is_kept(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await held(intake)
    monkeypatch.setattr(AuditTrail, "note", AWAY)
    monkeypatch.setattr(Quarantined, "any", AWAY)
    path = f"/intake/quarantine/{one}/redact"
    answer = await coordinator(intake).send(path, version=1, narrative=CLEAN)
    kept(answer, CLEAN)
    assert 'name="version" value="1"' in answer.text


async def test_an_order_of_a_key_is_kept_under_its_idempotency_key(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AgencyKeys, "issue", AWAY)
    monkeypatch.setattr(AgencyKeys, "listed", AWAY)
    answer = await librarian(intake).send(
        "/intake/keys", label="felanmalan", kind="team", days="30", idempotency_key=str(UUID)
    )
    kept(answer, "felanmalan", str(UUID))
    assert "Ni har inga nycklar" not in answer.text


UUID = "6f1f0c5e-5d0c-4b0e-9d57-1f2a4cf11a11"


async def test_the_sspf_forms_are_kept(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sspf, "record", AWAY)
    monkeypatch.setattr(Sspf, "attest", AWAY)
    fields = OUTCOME | {"idempotency_key": UUID}
    record = await sspf(intake).send("/intake/sspf", **fields)
    attest = await sspf(intake).send(
        "/intake/sspf/attest", term="2026-VT", unique_band="5-9", idempotency_key=UUID
    )
    kept(record, UUID)
    kept(attest, UUID)
    assert 'value="SCHOOL" checked' in record.text


async def test_a_subject_access_is_asked_for_again(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, officer = await reported(intake), records(intake)
    monkeypatch.setattr(AuditTrail, "note", AWAY)
    path = "/intake/access-exports"
    kept(await officer.send(path, concern_id=one, reference="KUN 2026/00123"), one, "KUN 2026/")


def records(intake: Intake) -> Person:
    return signed_in(intake, "RECORDS", Role.RECORDS_OFFICER)


async def test_a_correction_that_came_too_late_is_kept_for_the_version_that_stands(
    intake: Intake,
) -> None:
    one, owner = await reported(intake), librarian(intake)
    path = f"/intake/concerns/{one}/correct"
    await owner.send(path, version=1, **(FORM | {"severity": "3"}))
    late = await owner.send(path, version=1, **(FORM | {"severity": "0", "narrative": NEW}))
    assert late.status_code == 412
    assert NEW in late.text
    assert "har ändrats sedan den lästes" in late.text
    assert problems_of(late.text) == []
    [version] = re.findall(r'name="version" value="(\d+)"', late.text)
    assert (await state_of(intake, one))["registered"]["severity"] == 3

    again = FORM | {"severity": "0", "narrative": NEW}
    assert (await owner.send(path, version=version, **again)).status_code == 303
    assert (await state_of(intake, one))["registered"]["severity"] == 0


async def test_signed_out_one_is_led_back_to_the_list_of_keys(intake: Intake) -> None:
    answer = await intake.http.post(
        f"/intake/keys/{'a' * 12}/revoke", headers={"Accept": "text/html"}
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == "/coordination/sign-in?next=/intake/keys"


async def test_to_correct_instead_is_said_only_where_it_can_be_done(intake: Intake) -> None:
    for text, may in ((None, True), ("Ring 070-174 06 05.", False)):
        one = await reported(intake, **({"narrative": text} if text else {}))
        page = await librarian(intake).get(f"/intake/concerns/{one}/withdraw")
        assert page.status_code == 200
        assert ("/correct" in page.text) is may


async def test_a_page_beyond_the_last_does_not_say_that_there_is_nothing(intake: Intake) -> None:
    await held(intake)
    await reported(intake)
    owner = librarian(intake)
    await owner.send("/intake/keys", label="a", kind="test", days="90")
    for person, path, none in (
        (coordinator(intake), "/intake/quarantine", "Inget väntar"),
        (owner, "/intake/", "Ni har inte rapporterat"),
        (owner, "/intake/keys", "Ni har inga nycklar"),
    ):
        page = await person.get(f"{path}?page=9")
        assert page.status_code == 200
        assert none not in page.text
        assert f'<a href="{path}">Till första sidan' in page.text
