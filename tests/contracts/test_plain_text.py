"""A text is what every format can carry: no control characters but those that part lines."""

from typing import Annotated

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.contracts.plain_text import KIND, Plain, is_plain, without_unseen
from shared.web.validation import invalid_of

TEXT: TypeAdapter[str] = TypeAdapter(Annotated[str, Plain])
HIDDEN = {chr(one) for one in range(0x20)} - set("\t\r\n") | {"\ufffe", "\uffff"}


@pytest.mark.parametrize("character", sorted(HIDDEN), ids=ascii)
def test_what_no_person_wrote_is_refused(character: str) -> None:
    text = f"Tre lampor{character} i rad."
    with pytest.raises(ValidationError) as refused:
        TEXT.validate_python(text)
    [(_, words)] = invalid_of(refused.value.errors())
    assert [one["type"] for one in refused.value.errors()] == [KIND]
    assert "styrtecken" in words
    assert "control characters" in words
    assert without_unseen(text) == "Tre lampor i rad."


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\tb\r\nc\nd",
        "Åsö, 5-6 st. ”så”",
        "👩\u200d👧",
        "\u0645\u06cc\u200c\u062e\u0648",
        "\u0643\u0644\u0628 \u200f!",
        "\xa0\xad",
        "\u2068Åsa\u2069 \u202aabc\u202c",
        "mörkt\x85",
    ],
    ids=ascii,
)
def test_everything_else_is_taken_as_it_is(text: str) -> None:
    assert is_plain(text)
    assert TEXT.validate_python(text) == without_unseen(text) == text
