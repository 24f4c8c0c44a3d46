"""What a form says when the store is away, and that it may be sent again."""

from typing import Final

from fastapi import Response

RETRY: Final = {"retry-after": "2"}
SEND_AGAIN: Final = (
    "Vi kan inte spara just nu. Allt du fyllt i står kvar: skicka igen om en stund. / "
    "We cannot store now. All you filled in stands: send again in a while."
)
AWAY: Final = {"form": SEND_AGAIN}


def later(answer: Response) -> Response:
    """The answer, with when to send again."""
    answer.headers.update(RETRY)
    return answer
