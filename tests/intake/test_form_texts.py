"""What no text is, in a form: refused, wherever it stands, and never an error of ours."""

import pytest

from shared.contracts.codes import Role
from tests.intake.conftest import Intake
from tests.intake.people import signed_in

pytestmark = pytest.mark.stack

HALF = "\\ud800"  # what the charset below reads as half a character
KIND = "multipart/form-data; boundary=x; charset=raw_unicode_escape"


def body(**fields: str) -> str:
    parts = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    return f"{parts}--x--\r\n"


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/intake/report", "narrative"),
        ("/intake/report", "contact"),
        ("/intake/report", "q"),
        ("/intake/follow", "reference"),
        ("/intake/statistics", "period"),
        ("/intake/statistics", "mapping"),
        ("/intake/imports", "content"),
    ],
)
async def test_half_a_character_is_refused(intake: Intake, path: str, field: str) -> None:
    person = signed_in(intake, "DISTRICT_COORD", Role.COORDINATOR)
    public = path in {"/intake/report", "/intake/follow"}
    headers = {"Accept": "text/html"} if public else person.headers
    fields = {"csrf": person.csrf, "source": "tidy", field: HALF}
    answer = await intake.http.post(
        path, content=body(**fields), headers=headers | {"content-type": KIND}
    )
    assert answer.status_code == 400, answer.text
