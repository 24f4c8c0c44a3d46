import pytest

from shared.contracts.ids import ConcernId
from shared.security.vault import VaultCipher, VaultRefusedError, WrappedKey

ONE, OTHER = ConcernId("one"), ConcernId("other")
TEXT = "Ungdomar vid vattnet, åäö 🙂"


@pytest.fixture
def vault() -> VaultCipher:
    return VaultCipher(bytes(range(32)))


def test_what_is_sealed_opens_again(vault: VaultCipher) -> None:
    key = vault.new_key(ONE)
    sealed = vault.seal(ONE, "narrative", TEXT, key=key)
    assert vault.open(ONE, "narrative", sealed, key=key) == TEXT
    assert TEXT.encode() not in sealed


def test_the_same_text_never_looks_the_same(vault: VaultCipher) -> None:
    key = vault.new_key(ONE)
    assert vault.seal(ONE, "f", TEXT, key=key) != vault.seal(ONE, "f", TEXT, key=key)


def test_any_changed_byte_is_refused(vault: VaultCipher) -> None:
    key = vault.new_key(ONE)
    sealed = vault.seal(ONE, "narrative", "hej", key=key)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(VaultRefusedError):
            vault.open(ONE, "narrative", bytes(changed), key=key)


@pytest.mark.parametrize("cut", [0, 1, 5, 13, 20])
def test_a_shortened_text_is_refused(vault: VaultCipher, cut: int) -> None:
    key = vault.new_key(ONE)
    sealed = vault.seal(ONE, "narrative", "hej", key=key)
    with pytest.raises(VaultRefusedError):
        vault.open(ONE, "narrative", sealed[:cut], key=key)


def test_a_text_cannot_be_moved_to_another_field_or_concern(vault: VaultCipher) -> None:
    key = vault.new_key(ONE)
    sealed = vault.seal(ONE, "narrative", TEXT, key=key)
    with pytest.raises(VaultRefusedError):
        vault.open(ONE, "contact", sealed, key=key)
    with pytest.raises(VaultRefusedError):
        vault.open(OTHER, "narrative", sealed, key=key)


def test_a_key_opens_nothing_of_another_concern(vault: VaultCipher) -> None:
    sealed = vault.seal(ONE, "narrative", TEXT, key=vault.new_key(ONE))
    with pytest.raises(VaultRefusedError):
        vault.open(ONE, "narrative", sealed, key=vault.new_key(ONE))
    with pytest.raises(VaultRefusedError):
        vault.open(ONE, "narrative", sealed, key=vault.new_key(OTHER))


def test_names_run_together_are_still_apart(vault: VaultCipher) -> None:
    key = vault.new_key(ConcernId("ab"))
    sealed = vault.seal(ConcernId("ab"), "c", TEXT, key=key)
    with pytest.raises(VaultRefusedError):
        vault.open(ConcernId("a"), "bc", sealed, key=key)


def test_another_master_key_opens_nothing(vault: VaultCipher) -> None:
    key = vault.new_key(ONE)
    sealed = vault.seal(ONE, "narrative", TEXT, key=key)
    with pytest.raises(VaultRefusedError):
        VaultCipher(bytes(32)).open(ONE, "narrative", sealed, key=key)


def test_a_destroyed_key_leaves_nothing_to_read(vault: VaultCipher) -> None:
    sealed = vault.seal(ONE, "narrative", TEXT, key=vault.new_key(ONE))
    with pytest.raises(VaultRefusedError):
        vault.open(ONE, "narrative", sealed, key=WrappedKey(b""))


def test_a_master_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        VaultCipher(b"short")


def test_of_several_texts_those_of_a_destroyed_key_are_left_out(vault: VaultCipher) -> None:
    gone, key = vault.new_key(ONE), vault.new_key(ONE)
    sealed = {
        "old": vault.seal(ONE, "old", TEXT, key=gone),
        "new": vault.seal(ONE, "new", TEXT, key=key),
    }
    assert vault.open_all(ONE, sealed, key=key) == {"new": TEXT}
    with pytest.raises(VaultRefusedError):
        VaultCipher(bytes(32)).open_all(ONE, sealed, key=key)
