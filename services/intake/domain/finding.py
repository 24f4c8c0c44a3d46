"""Finding a place in the list: by words of its name or part, or because it lies near. Pure."""

import unicodedata

from services.intake.domain.geography import KnownPlace, Position

REACH_M = 1_000


def matches(sought: str, *names: str) -> bool:
    """Whether every word sought is part of a name; case and accents do not count."""
    named = " ".join(_folded(name) for name in names)
    return all(word in named for word in _folded(sought).split())


def outside(place: KnownPlace | None, said: Position) -> str:
    """What to say of a point outside the district, and the place that may have been meant."""
    told, en = "Punkten ligger utanför stadsdelsområdet.", "The point lies outside the district."
    if place is None:
        return f"{told} Välj en plats i listan. / {en} Choose a place in the list."
    metres = round(place.position.metres_to(said), -1)
    near = f"Närmast är {place.name}, {metres:.0f} meter bort: välj den om det är där."
    return f"{told} {near} / {en} {place.name} is nearest: choose it if it was there."


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
