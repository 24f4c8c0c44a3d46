"""Text as programs hand it on: entities, percent codes, quoted-printable, escapes and tags undone.

What stands between the digits of a number, or in an address, may be written in any of them. A
text is screened as it is and, where something in it can be undone, once more as it then reads.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from typing import Final
from urllib.parse import unquote_to_bytes

from shared.security.screen_text import Folded, folded_of

Letter = tuple[str, int, int]  # a character, and where in the text what it was written as stands

_MOST_PASSES: Final = 3  # what was coded twice, and once more
_BREAKS: Final = re.compile(r"(?i)</?(?:br|p|div|li|tr|td|th|h\d|ul|ol)\b")
_SIGN: Final = re.compile(r"[&%=<\\]")
_CODED: Final = re.compile(
    r"(?P<entity>&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?)"
    r"|(?P<percent>(?:%[0-9A-Fa-f]{2})+)"
    r"|(?P<printable>(?:=[0-9A-F]{2})+)"
    r"|(?P<soft>=\r?\n)"
    r"|(?P<escape>\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}))"
    r"|(?P<tag><!--.{0,200}?-->|</?[A-Za-z][^<>]{0,200}>)"
)


def undone(text: str) -> Folded | None:
    """The text as it reads once undone, folded; None when nothing in it is coded."""
    if _SIGN.search(text) is None:
        return None
    letters = [(char, place, place + 1) for place, char in enumerate(text)]
    changed = False
    for _ in range(_MOST_PASSES):
        after = list(_undone(letters))
        if len(after) == len(letters):
            break
        letters, changed = after, True
    return folded_of(letters) if changed else None


def _undone(letters: list[Letter]) -> Iterator[Letter]:
    """Every code is longer than what it stands for."""
    text = "".join(char for char, _, _ in letters)
    done = 0
    for found in _CODED.finditer(text):
        start, end = found.span()
        plain = _MEANT[found.lastgroup or ""](found.group())
        if plain is None:
            continue
        yield from letters[done:start]
        yield from ((char, letters[start][1], letters[end - 1][2]) for char in plain)
        done = end
    yield from letters[done:]


def _entity(code: str) -> str | None:
    plain = unescape(code)
    return None if plain == code else plain


def _octets(raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def _tag(code: str) -> str:
    return "\n" if _BREAKS.match(code) else ""


_MEANT: Final[Mapping[str, Callable[[str], str | None]]] = {
    "entity": _entity,
    "percent": lambda code: _octets(unquote_to_bytes(code)),
    "printable": lambda code: _octets(bytes.fromhex(code.replace("=", ""))),
    "soft": lambda _: "",
    "escape": lambda code: unescape(f"&#x{code[2:]};"),
    "tag": _tag,
}
