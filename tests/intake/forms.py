"""What somebody with a keyboard or a screen reader would stumble over in a page's forms."""

from html.parser import HTMLParser

UNSEEN = {"hidden", "submit"}


class _Page(HTMLParser):
    """Gathers what a page has of ids, labels, fields and links within it."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.fields: list[str] = []
        self.wanted: list[str] = []
        self.forward: list[str] = []
        self.headings: list[int] = []
        self.names: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "aria-label" in given:
            self.names.append(given["aria-label"])
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "label":
            self.labelled.add(given.get("for", ""))
        if tag in {"input", "select", "textarea"} and given.get("type") not in UNSEEN:
            self.fields.append(given.get("id", f"a {tag} without an id"))
        if given.get("href", "").startswith("#"):
            self.wanted.append(given["href"][1:])
        self.wanted += given.get("aria-describedby", "").split()
        if int(given.get("tabindex", "0")) > 0:
            self.forward.append(tag)
        if len(tag) == len("h1") and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))


def problems_of(page: str) -> list[str]:
    """Everything that is wrong; empty when nothing is."""
    seen = _Page()
    seen.feed(page)
    body = seen.headings[1:] if seen.headings[:1] == [2] else seen.headings  # the error summary
    return [
        *(f"no label: {name}" for name in seen.fields if name not in seen.labelled),
        *(f"twice: {name}" for name in set(seen.ids) if seen.ids.count(name) > 1),
        *(f"leads nowhere: {name}" for name in seen.wanted if name not in seen.ids),
        *(f"before its turn: {tag}" for tag in seen.forward),
        *(f"read out in one language: {name}" for name in seen.names if " / " in name),
        *([] if body.count(1) == 1 and body[0] == 1 else ["not one heading, first"]),
    ]
