import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.contracts.codes import Role
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.security.roles import Principal, Via
from shared.security.session import _PURPOSE, LIFETIME, SessionSeal, opened, same_token

NOW = datetime(2026, 6, 1, tzinfo=UTC)
WHO = Principal(
    district=DistrictCode("KUNGSHOLMEN"),
    agency=AgencyCode("DISTRICT_COORD"),
    role=Role.COORDINATOR,
    via=Via.SESSION,
)


@pytest.fixture
def seal() -> SessionSeal:
    return SessionSeal(bytes(range(32)))


def test_a_sealed_session_comes_back_whole(seal: SessionSeal) -> None:
    session = opened(WHO, NOW)
    assert seal.unseal(seal.seal(session), NOW) == session
    assert "COORD" not in seal.seal(session)


def test_a_session_ends(seal: SessionSeal) -> None:
    sealed = seal.seal(opened(WHO, NOW))
    assert seal.unseal(sealed, NOW + LIFETIME - timedelta(seconds=1)) is not None
    assert seal.unseal(sealed, NOW + LIFETIME) is None


def test_every_session_has_its_own_token() -> None:
    assert opened(WHO, NOW).csrf != opened(WHO, NOW).csrf


@pytest.mark.parametrize("text", ["", "x", "å", "A" * 200, "====", "not base64!", "\0"])
def test_what_is_not_ours_is_nobody(seal: SessionSeal, text: str) -> None:
    assert seal.unseal(text, NOW) is None


def test_a_changed_or_foreign_session_is_nobody(seal: SessionSeal) -> None:
    sealed = seal.seal(opened(WHO, NOW))
    for place in range(0, len(sealed) - 1, 7):
        other = "A" if sealed[place] != "A" else "B"
        assert seal.unseal(sealed[:place] + other + sealed[place + 1 :], NOW) is None
    assert SessionSeal(bytes(32)).unseal(sealed, NOW) is None


def test_the_key_has_one_length() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        SessionSeal(b"short")


def test_tokens_are_compared_whole() -> None:
    assert same_token("abc", "abc")
    assert not same_token("abc", "ab")
    assert not same_token("abc", "åäö")


@pytest.mark.parametrize(
    "content",
    [
        ["KUNGSHOLMEN", "DISTRICT_COORD", "RENAMED_ROLE", "csrf", 2_000_000_000],
        ["KUNGSHOLMEN", "DISTRICT_COORD", "COORDINATOR", "csrf", 10**30],
        ["KUNGSHOLMEN", "DISTRICT_COORD", "COORDINATOR", "csrf", None],
        ["KUNGSHOLMEN"],
        7,
    ],
)
def test_what_another_version_sealed_is_nobody(seal: SessionSeal, content: object) -> None:
    nonce = bytes(12)
    sealed = AESGCM(bytes(range(32))).encrypt(nonce, json.dumps(content).encode(), _PURPOSE)
    assert seal.unseal(base64.urlsafe_b64encode(nonce + sealed).decode(), NOW) is None
