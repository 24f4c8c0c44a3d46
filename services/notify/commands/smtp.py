"""The mail channel: SMTP, command by command, so that an error tells whether it was taken."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as LINES
from email.utils import format_datetime
from enum import StrEnum
from typing import Final

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from shared.telemetry import log

SECONDS: Final = 10.0
PERMANENT: Final = 500
FAULT: Final = "FAULT"

_log = log.get(__name__)


class Fate(StrEnum):
    """What became of a mail."""

    TAKEN = "TAKEN"
    REFUSED = "REFUSED"
    NOT_NOW = "NOT_NOW"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mail, and the server's code or our word for why."""

    fate: Fate
    reason: str = "OK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail with its addresses. The same `message_id` means the same mail."""

    message_id: str
    sender: str
    recipient: str
    subject: str
    text: str
    date: datetime

    def enclosed(self) -> "Envelope":
        """The mail as it goes over the wire; raises when it cannot be written."""
        message = EmailMessage()
        message["From"], message["To"] = self.sender, self.recipient
        message["Subject"] = " ".join(self.subject.split())  # a header is one line
        message["Date"] = format_datetime(self.date)
        message["Message-ID"] = self.message_id
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = "sv, en"
        message.set_content(self.text, cte="quoted-printable")
        return Envelope(self.sender, self.recipient, message.as_bytes(policy=LINES))


@dataclass(frozen=True, slots=True)
class Envelope:
    """A mail written out: whatever goes wrong from here on is about sending it."""

    sender: str
    recipient: str
    content: bytes


class Smtp:
    """Sends letters over one connection, opened when needed and after every error anew."""

    def __init__(self, host: str, port: int, *, seconds: float = SECONDS) -> None:
        self._host = host
        self._port = port
        self._seconds = seconds
        self._connection: SMTP | None = None

    async def send(self, mail: Envelope) -> Outcome:
        """Send one mail; answers what is known of its fate, raises nothing."""
        try:
            server = await self._connected()
            await server.mail(mail.sender)
            await server.rcpt(mail.recipient)
        except Exception as error:  # noqa: BLE001 - whatever it was, the mail was not taken
            return self._failed(error, Fate.NOT_NOW)
        try:
            await server.data(mail.content)
        except Exception as error:  # noqa: BLE001 - whatever it was, it may have been taken
            return self._failed(error, Fate.UNKNOWN)
        return Outcome(Fate.TAKEN)

    async def close(self) -> None:
        """Say goodbye, if there is anybody to say it to."""
        server, self._connection = self._connection, None
        if server is not None:
            try:
                await server.quit()
            except (SMTPException, OSError, TimeoutError):
                server.close()

    async def _connected(self) -> SMTP:
        if self._connection is None:
            server = SMTP(
                hostname=self._host, port=self._port, timeout=self._seconds, start_tls=False
            )
            await server.connect()
            self._connection = server
        return self._connection

    def _failed(self, error: Exception, otherwise: Fate) -> Outcome:
        """An answer of the server is a clear fate; silence is what it is `otherwise`."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if isinstance(error, SMTPResponseException):
            fate = Fate.REFUSED if error.code >= PERMANENT else Fate.NOT_NOW
            return Outcome(fate, f"SMTP_{error.code}")
        if isinstance(error, SMTPException | OSError | TimeoutError):
            return Outcome(otherwise, "NO_ANSWER")
        _log.error("mail failed", exc_info=error)
        return Outcome(otherwise, FAULT)
