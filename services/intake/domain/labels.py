"""Printed labels become slugs: the only form in which a publisher's words reach the bus. Pure."""

import hashlib
import re
import unicodedata
from functools import lru_cache

LONGEST = 80
_LETTERS = str.maketrans({"å": "aa", "ä": "ae", "ö": "oe", "æ": "ae", "ø": "oe", "ß": "ss"})
_OTHER = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=8192)
def slug(label: str) -> str:
    """Lower-case letters, digits and hyphens, at most 80; Håbo and Habo stay two municipalities."""
    whole = hyphened(label)
    if len(whole) <= LONGEST:
        return whole
    mark = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{whole[: LONGEST - len(mark) - 1].rstrip('-')}-{mark}"


def hyphened(label: str) -> str:
    """A slug of any length: what no slug can hold is gone, and what stood around it has met."""
    folded = unicodedata.normalize("NFC", label).lower().translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode()
    return _OTHER.sub("-", plain).strip("-")
