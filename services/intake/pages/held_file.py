"""A file in two steps: between them nothing is stored, the browser holds it in the form, packed."""

import zlib
from base64 import b64decode, b64encode
from typing import Final

from services.intake.domain.csv_text import no_file
from shared.contracts.refusal import Refused

LARGEST_FILE: Final = 4 * 1024 * 1024
LARGEST_PACKED: Final = 4 * 1024 * 1024  # with the rest of the form it stays below the body's limit
OTHER_AGENCY = (
    "Inloggningen ändrades, så inget är inläst. Välj filen igen. / "
    "Your sign-in changed: nothing was taken in. Choose the file again."
)
SEND_AGAIN = (
    "Vi kan inte spara just nu. Sänd igen om en stund: inget blir dubbelt. / "
    "We cannot store now. Send again: nothing is taken twice."
)
TOO_LARGE: Final = "Filen är för stor här. / The file is too large for this page."


def packed(content: bytes) -> str:
    """The file as a hidden field holds it."""
    return b64encode(zlib.compress(content, 9)).decode()


def unpacked(held: str) -> bytes:
    """The file the browser held; never more than a file may be, whatever it was made into."""
    try:
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(b64decode(held, validate=True), LARGEST_FILE)
    except (ValueError, zlib.error) as error:
        raise _not_ours() from error
    if not unpacking.eof:
        raise _not_ours()
    return content


def _not_ours() -> Refused:
    return no_file("LOST", "Välj filen igen.", "Choose the file again.")
