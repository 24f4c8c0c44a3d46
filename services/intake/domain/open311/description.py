"""What FixMyStreet and FixaMinGata write into a description: title, text and a link. Pure."""

import re
import unicodedata
from dataclasses import dataclass

from services.intake.domain.report import is_link


@dataclass(frozen=True, slots=True)
class Form:
    """The words a sender puts before the parts, each at the start of a line."""

    title: str
    text: str
    link: str
    closing: str


FORMS = (
    Form("Titel:", "Beskrivning:", "Länk till ärendet:", "Skickad via FixaMinGata"),
    Form("title:", "detail:", "url:", "Submitted via FixMyStreet"),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a description tells: title and text, and the link to the sender's own case."""

    text: str
    link: str | None = None


def told(description: str) -> Told:
    """The parts of a description; nothing of it is lost but the sender's own headings."""
    lines = unicodedata.normalize("NFC", description)
    lines = lines.replace("\r\n", "\n").replace("\r", "\n").strip()
    found = (_by_form(lines, form) for form in FORMS)
    return next((one for one in found if one is not None), None) or _plain(lines)


def _by_form(lines: str, form: Form) -> Told | None:
    """`Titel: … Beskrivning: … Länk till ärendet: …`, the title left out or not."""
    text_at, link_at = _first(lines, form.text), _last(lines, form.link)
    if text_at is None or link_at is None or link_at < text_at:
        return None
    title = lines[:text_at].strip()
    if title and not title.startswith(form.title):
        return None
    text = lines[text_at + len(form.text) : link_at]
    link, _, rest = lines[link_at + len(form.link) :].strip().partition("\n")
    parts = (title.removeprefix(form.title), text, rest.strip().removesuffix(form.closing))
    return _with_link(_joined(*parts), link.strip())


def _plain(lines: str) -> Told:
    """`title, text, link`, as FixMyStreet writes elsewhere; or just a text."""
    text, _, last = lines.rpartition("\n")
    if is_link(last.strip()):
        return Told(text.strip(), last.strip())
    return Told(lines)


def _with_link(text: str, link: str) -> Told:
    if is_link(link):
        return Told(text, link)
    return Told(_joined(text, link))


def _joined(*parts: str) -> str:
    return "\n\n".join(part.strip() for part in parts if part.strip())


def _first(lines: str, mark: str) -> int | None:
    found = re.search(rf"^{re.escape(mark)}", lines, re.MULTILINE)
    return found.start() if found else None


def _last(lines: str, mark: str) -> int | None:
    found = [each.start() for each in re.finditer(rf"^{re.escape(mark)}", lines, re.MULTILINE)]
    return found[-1] if found else None
