"""The reference on a receipt: ten characters of Crockford's base 32, in two groups. Pure."""

import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
BITS = 5
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0"})
_BETWEEN = re.compile(r"[\s\u2010-\u2015-]+")
LONGEST_TYPED = 60


def written(secret: bytes) -> str:
    """The first 50 bits as a person reads them: `7K3QP-M9X2A`."""
    number = int.from_bytes(secret[:8], "big") >> (64 - LENGTH * BITS)
    letters = [ALPHABET[number >> BITS * place & 31] for place in reversed(range(LENGTH))]
    return "".join(letters[:5]) + "-" + "".join(letters[5:])


def read(typed: str) -> str:
    """What was meant, however it was typed: small letters, spaces, O for 0, I and L for 1."""
    return _BETWEEN.sub("", typed[:LONGEST_TYPED]).upper().translate(_MISREAD)
