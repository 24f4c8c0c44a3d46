"""The mail sink of the embedded system: takes every mail and stores it as a file."""

import asyncio
import itertools
import signal
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.samlad.stack.part import Part

LARGEST = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSink:
    """An SMTP server on the loopback address that keeps what it gets."""

    folder: Path
    port: int

    @property
    def address(self) -> str:
        """Return where to send mail to."""
        return f"127.0.0.1:{self.port}"

    def part(self) -> Part:
        """Return it as a process to look after."""
        arguments = (str(self.port), str(self.folder))
        return Part(
            name="mail",
            command=[sys.executable, "-m", "deploy.samlad.stack.mail", *arguments],
            ready=self.answers,
        )

    async def answers(self) -> bool:
        """Return whether the server greets."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        greeting = await reader.readline()
        writer.close()
        return greeting.startswith(b"220")


@dataclass(slots=True)
class Keep:
    """Stores each mail in one step: a reader never sees half of one."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=itertools.count)

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self,
        _server: object,
        _session: object,
        envelope: Any,  # noqa: ANN401 - untyped in aiosmtpd
    ) -> str:
        """Take one mail."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
        name = f"{stamp}-{next(self.numbers):06}"
        half = self.folder / f"{name}.half"
        half.write_bytes(_with_recipients(envelope.content, envelope.rcpt_tos))
        half.replace(self.folder / f"{name}.eml")
        return "250 OK"


def _with_recipients(content: bytes, recipients: list[str]) -> bytes:
    lines = "".join(f"X-RcptTo: {each}\r\n" for each in recipients)
    return lines.encode("utf-8") + content


async def serve(port: int, folder: Path, host: str = "127.0.0.1") -> None:
    """Serve until SIGTERM."""
    from aiosmtpd.smtp import SMTP

    loop = asyncio.get_running_loop()
    options: Mapping[str, Any] = {"enable_SMTPUTF8": True, "data_size_limit": LARGEST}
    server = await loop.create_server(lambda: SMTP(Keep(folder), **options), host, port)
    told = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, told.set)
    await told.wait()
    server.close()  # and not wait for clients that keep a connection open


if __name__ == "__main__":
    into = Path(sys.argv[2])
    into.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(int(sys.argv[1]), into, *sys.argv[3:4]))
