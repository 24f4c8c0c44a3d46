"""Forms of agencies sent, changed and sent again: what was sent first stands, in plain words."""

from uuid import uuid4

import httpx
import pytest

from services.intake.commands.concerns import KEY_REUSED
from tests.intake.conftest import Intake
from tests.intake.test_desk import OUTCOME, librarian, sspf
from tests.intake.test_statistics_page import TIDY, analyst, choose, confirm

pytestmark = pytest.mark.stack


def told(page: httpx.Response, *words: str) -> None:
    assert page.status_code == 422
    assert KEY_REUSED.sv not in page.text
    assert KEY_REUSED.en not in page.text
    assert 'href="#form"' in page.text or 'href="#file"' in page.text
    assert [one for one in words if one not in page.text] == []


async def test_of_an_sspf_outcome(intake: Intake) -> None:
    key = str(uuid4())
    first = await sspf(intake).send("/intake/sspf", **(OUTCOME | {"idempotency_key": key}))
    assert first.status_code == 303
    changed = OUTCOME | {"idempotency_key": key, "month": "2026-04"}
    page = await sspf(intake).send("/intake/sspf", **changed)

    told(page, "redan registrerat och står kvar", "är inte skickat", "has not been sent")
    assert len(await intake.all("sspf_outcomes")) == 1


async def test_of_a_terms_attestation(intake: Intake) -> None:
    key, person = str(uuid4()), sspf(intake)
    for band in ("5-9", "1-4"):
        page = await person.send(
            "/intake/sspf/attest", term="2026-VT", unique_band=band, idempotency_key=key
        )

    told(page, "Intyget ni skickade först", "ersätter det intyget", "has not been sent")


async def test_of_an_order_of_a_key(intake: Intake) -> None:
    key, person = str(uuid4()), librarian(intake)
    for label in ("felanmalan", "arenden"):
        page = await person.send(
            "/intake/keys", label=label, kind="test", days="90", idempotency_key=key
        )

    told(page, "redan gjord och står i listan", "är inte beställt", "has not been ordered")
    assert len(await intake.all("api_keys")) == 1


async def test_of_a_file_of_statistics(intake: Intake) -> None:
    person, key = analyst(intake), str(uuid4())
    first = await confirm(person, await choose(person, TIDY), idempotency_key=key)
    assert first.status_code == 303
    other = TIDY.replace(b"2025", b"2024")
    page = await confirm(person, await choose(person, other), idempotency_key=key)

    told(page, "En annan fil har redan", "inte inläst", "has not been taken in")
    assert len(await intake.all("imports")) == 1
