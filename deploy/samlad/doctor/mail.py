"""Whether the mail server takes us; nothing is sent."""

import smtplib
from contextlib import suppress

from deploy.samlad.doctor.finding import ASK_SECONDS, Finding, failure, well

NAME = "samlad.invalid"  # said in EHLO, so that no name of this machine is looked up


def mail(host: str, port: int) -> list[Finding]:
    """Wait for the server's greeting and its answer to EHLO."""
    try:
        server = smtplib.SMTP(host, port, local_hostname=NAME, timeout=ASK_SECONDS)
        try:
            code, _ = server.ehlo()
        finally:
            _leave(server)
    except (OSError, smtplib.SMTPException) as error:
        return [_silent(f"{host}:{port}: {type(error).__name__}")]
    return [greeted(f"{host}:{port}", code)]


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye; how that is answered tells nothing any more."""
    with suppress(OSError, smtplib.SMTPException):
        server.quit()
    server.close()


def greeted(address: str, code: int) -> Finding:
    """Judge the answer to EHLO: 250 is yes."""
    return well("mail", address) if code == 250 else _silent(f"{address}: EHLO answered {code}")  # noqa: PLR2004 - SMTP's yes


def _silent(found: str) -> Finding:
    advice = "Start the mail server, or mend SAMLAD_MAIL_HOST and SAMLAD_MAIL_PORT; mails wait."
    return failure("mail", found, advice)
