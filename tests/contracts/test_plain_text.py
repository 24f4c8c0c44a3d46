"""A text is what it looks like: no hidden characters, and nothing that turns its direction."""

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.contracts.plain_text import KIND, PlainText, is_plain, without_unseen
from shared.web.validation import invalid_of

TEXT: TypeAdapter[str] = TypeAdapter(PlainText)
CONTROLS = [*range(0x20), *range(0x7F, 0xA0)]
HIDDEN = {chr(one) for one in CONTROLS} - set("\t\r\n")
TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@pytest.mark.parametrize("character", sorted(HIDDEN | TURNING), ids=ascii)
def test_what_is_hidden_or_turns_the_direction_is_refused(character: str) -> None:
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
    ],
    ids=ascii,
)
def test_everything_else_is_taken_as_it_is(text: str) -> None:
    assert is_plain(text)
    assert TEXT.validate_python(text) == without_unseen(text) == text
