"""The signed-in session: sealed with AES-256-GCM, so that a browser can carry but not read it."""

import base64
import binascii
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.contracts.codes import Role
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.security.roles import Principal, Via

SECRET_BYTES = 32
LIFETIME = timedelta(hours=10)
_NONCE = 12
_PURPOSE = b"samlad session 1"


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in, the token their forms must carry, and until when."""

    principal: Principal
    csrf: str
    expires: datetime


def opened(principal: Principal, now: datetime, lifetime: timedelta = LIFETIME) -> Session:
    """A new session with a new form token."""
    return Session(principal, secrets.token_urlsafe(24), now + lifetime)


class SessionSeal:
    """Seals and unseals sessions with one 32-byte key that all services share."""

    def __init__(self, key: bytes) -> None:
        if len(key) != SECRET_BYTES:
            raise ValueError("the session key must be 32 bytes")
        self._cipher = AESGCM(key)

    def seal(self, session: Session) -> str:
        """The session as text for a cookie."""
        who = session.principal
        plain = orjson.dumps(
            [who.district, who.agency, who.role, session.csrf, int(session.expires.timestamp())]
        )
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, plain, _PURPOSE)
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def unseal(self, text: str, now: datetime) -> Session | None:
        """The session, if the text is ours, whole and not yet over."""
        try:
            sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            plain = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], _PURPOSE)
            session = _read(plain)
        except (InvalidTag, binascii.Error, ValueError, TypeError, OverflowError, OSError):
            return None
        return session if session.expires > now else None


def _read(plain: bytes) -> Session:
    """What was sealed; raises when it is not as this version writes it, such as an old role."""
    district, agency, role, csrf, expires = orjson.loads(plain)
    who = Principal(
        district=DistrictCode(district),
        agency=AgencyCode(agency),
        role=Role(role),
        via=Via.SESSION,
    )
    return Session(who, str(csrf), datetime.fromtimestamp(expires, UTC))


def same_token(expected: str, given: str) -> bool:
    """Whether a form carried the session's token; takes equally long either way."""
    return secrets.compare_digest(expected.encode(), given.encode())
