"""What areas are called, where it looks like a person's name. Pure.

Nobody here has a list of the country's areas. What is told apart is how names are built: a person's
begins with a given name; an area's is several words joined, or tells one of two (`Västra Malmen`),
or begins as settlements end (`Essinge Brygga`), or ends in what a place is (`Bodens Station`). What
is none of these has to be declared.
"""

import re
from typing import Final

_SURNAME: Final = re.compile(r"(?:sson|sdotter)s?(?![^\W\d_])")
_SETTLEMENT: Final = re.compile(
    r".+[dfghklmnprstvåäö]by|.{2,}(?:ö|inge|(?<!augu)sta|torp|tuna|köping|sätra)"
)
_PLACES: Final = frozenset({
    "brygga", "station", "central", "centrum", "torg", "slott", "kloster", "kurva", "ängar",
    "tätort", "omland", "landsbygd", "industriområde", "stadsdelsområde", "kommun", "län", "region",
})  # fmt: skip
_ONE_OF_TWO: Final = frozenset({
    "norra", "södra", "östra", "västra", "nordöstra", "nordvästra", "sydöstra", "sydvästra",
    "gamla", "nya", "stora", "lilla", "övre", "nedre", "yttre", "inre", "främre",
})  # fmt: skip
_TOGETHER: Final = re.compile(r"[^\W\d_]+(?:[-\u2010-\u2015][^\W\d_]+)+")


def names_an_area(found: str) -> bool:
    """Whether what looks like a person's name is built as areas are called."""
    words = found.casefold().split()
    if _SURNAME.search(found.casefold()):
        return False
    if len(words) == 1:
        return _TOGETHER.fullmatch(found) is not None
    if not _ONE_OF_TWO.isdisjoint(re.split(r"[-\s]", found.casefold())):
        return True
    return _SETTLEMENT.fullmatch(words[0]) is not None or words[-1] in _PLACES
