"""Master keys follow one another: what wraps changes, what compares stays."""

import hmac
import os
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.contracts.ids import ConcernId
from shared.security.master import SUCCESSOR_BYTES, MasterKey, MasterKeys
from shared.security.vault import DataKey, VaultCipher, VaultRefusedError, WrappedKey

ONE, OTHER = ConcernId("one"), ConcernId("other")
FIRST, SECOND, THIRD = bytes(range(32)), bytes(range(32, 64)), bytes(range(64, 96))
Keys = st.binary(min_size=32, max_size=32)


def chain_of(*wrapping: bytes) -> list[bytes]:
    """The files of keys that follow one another."""
    files = [wrapping[0]]
    for each in wrapping[1:]:
        files.append(MasterKey.read(files[-1]).successor(each))
    return files


@given(wrapping=st.lists(Keys, min_size=1, max_size=4, unique=True), purpose=st.binary())
def test_every_successor_compares_as_the_first(wrapping: list[bytes], purpose: bytes) -> None:
    files = chain_of(*wrapping)
    read = [MasterKeys.read(file) for file in files]
    assert len({keys.derived(purpose) for keys in read}) == 1
    assert [keys.current.wrapping for keys in read] == wrapping
    assert {len(file) for file in files[1:]} <= {SUCCESSOR_BYTES}


@given(first=Keys, second=Keys)
def test_a_successor_holds_nothing_of_the_key_before(first: bytes, second: bytes) -> None:
    assume(first != second)
    file = MasterKey.read(first).successor(second)
    assert first not in file
    assert MasterKey.read(file).root != first


@given(first=Keys, second=Keys, text=st.text(max_size=50))
def test_what_was_wrapped_before_opens_with_both_and_after_with_the_new_alone(
    first: bytes, second: bytes, text: str
) -> None:
    old = VaultCipher(first)
    key = old.new_key(ONE)
    sealed = key.seal("narrative", text)
    file = MasterKey.read(first).successor(second)

    both = VaultCipher(MasterKeys.read(file, [first]))
    assert both.unwrap(ONE, key.wrapped).open("narrative", sealed) == text
    anew = both.rewrapped(ONE, key.wrapped)
    only_new = VaultCipher(MasterKeys.read(file))
    assert only_new.unwrap(ONE, anew).open("narrative", sealed) == text
    if first != second:
        with pytest.raises(VaultRefusedError):
            old.unwrap(ONE, anew)


def test_a_key_from_before_there_was_an_id_still_opens() -> None:
    nonce, plain = os.urandom(12), os.urandom(32)
    bound = b"samlad vault key\x00" + len(ONE).to_bytes(4, "big") + ONE.encode()
    key = WrappedKey(b"\x01" + nonce + AESGCM(FIRST).encrypt(nonce, plain, bound))
    _, second, third = chain_of(FIRST, SECOND, THIRD)
    cipher = VaultCipher(MasterKeys.read(third, [second, FIRST]))
    sealed = DataKey(ONE, plain, key).seal("narrative", "hej")
    assert cipher.unwrap(ONE, key).open("narrative", sealed) == "hej"
    with pytest.raises(VaultRefusedError):
        cipher.unwrap(OTHER, key)
    with pytest.raises(VaultRefusedError):
        VaultCipher(MasterKeys.read(third)).unwrap(ONE, key)


def test_a_wrapped_key_says_which_master_wrapped_it() -> None:
    key = VaultCipher(FIRST).new_key(ONE).wrapped
    assert key[:5] == b"\x02" + MasterKey.read(FIRST).id
    assert MasterKey.read(FIRST).id != MasterKey.read(SECOND).id
    assert MasterKey.read(FIRST).name == MasterKey.read(FIRST).id.hex()


def test_any_changed_byte_of_a_wrapped_key_is_refused() -> None:
    cipher = VaultCipher(MasterKeys.read(chain_of(FIRST, SECOND)[1], [FIRST]))
    key = cipher.new_key(ONE).wrapped
    for place in range(len(key)):
        changed = bytearray(key)
        changed[place] ^= 1
        with pytest.raises(VaultRefusedError):
            cipher.rewrapped(ONE, WrappedKey(bytes(changed)))


@pytest.mark.parametrize("length", [0, 31, 33, 92, 94])
def test_a_file_of_another_length_is_no_key(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        MasterKey.read(bytes(length))


def test_a_file_that_was_changed_is_no_key() -> None:
    file = bytearray(chain_of(FIRST, SECOND)[1])
    for place in range(len(file)):
        changed = bytearray(file)
        changed[place] ^= 1
        with pytest.raises(ValueError, match="broken"):
            MasterKey.read(bytes(changed))


def test_keys_that_do_not_follow_one_another_are_refused() -> None:
    with pytest.raises(ValueError, match="do not follow"):
        MasterKeys.read(SECOND, [FIRST])
    with pytest.raises(ValueError, match="do not follow"):
        MasterKeys.read(chain_of(FIRST, SECOND)[1], [THIRD])


def test_a_short_successor_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        MasterKey.read(FIRST).successor(b"short")


def test_nothing_shows_a_key() -> None:
    assert "0" * 2 not in repr(MasterKeys.read(bytes(32)))
    derived = MasterKeys.read(FIRST).derived(b"x")
    assert derived != hmac.digest(FIRST, b"x", sha256)
