import pytest

from shared.contracts.ids import ConcernId
from shared.security.vault import DataKey, VaultCipher, VaultRefusedError, WrappedKey

ONE, OTHER = ConcernId("one"), ConcernId("other")
TEXT = "Ungdomar vid vattnet, åäö 🙂"


@pytest.fixture
def vault() -> VaultCipher:
    return VaultCipher(bytes(range(32)))


def test_what_is_sealed_opens_again(vault: VaultCipher) -> None:
    key = vault.new_key(ONE)
    sealed = key.seal("narrative", TEXT)
    assert key.open("narrative", sealed) == TEXT
    assert vault.unwrap(ONE, key.wrapped).open("narrative", sealed) == TEXT
    assert TEXT.encode() not in sealed


def test_the_same_text_never_looks_the_same(vault: VaultCipher) -> None:
    key = vault.new_key(ONE)
    assert key.seal("f", TEXT) != key.seal("f", TEXT)


def test_any_changed_byte_is_refused(vault: VaultCipher) -> None:
    key = vault.new_key(ONE)
    sealed = key.seal("narrative", "hej")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(VaultRefusedError):
            key.open("narrative", bytes(changed))


@pytest.mark.parametrize("cut", [0, 1, 5, 13, 20])
def test_a_shortened_text_is_refused(vault: VaultCipher, cut: int) -> None:
    key = vault.new_key(ONE)
    sealed = key.seal("narrative", "hej")
    with pytest.raises(VaultRefusedError):
        key.open("narrative", sealed[:cut])


def test_a_text_cannot_be_moved_to_another_field_or_concern(vault: VaultCipher) -> None:
    key = vault.new_key(ONE)
    sealed = key.seal("narrative", TEXT)
    with pytest.raises(VaultRefusedError):
        key.open("contact", sealed)
    with pytest.raises(VaultRefusedError):
        vault.unwrap(OTHER, key.wrapped)


def test_a_key_opens_nothing_of_another_concern(vault: VaultCipher) -> None:
    sealed = vault.new_key(ONE).seal("narrative", TEXT)
    with pytest.raises(VaultRefusedError):
        vault.new_key(ONE).open("narrative", sealed)
    with pytest.raises(VaultRefusedError):
        vault.unwrap(ONE, vault.new_key(OTHER).wrapped)


def test_names_run_together_are_still_apart(vault: VaultCipher) -> None:
    """No place and field give the bytes of another place and field."""
    plain = bytes(32)
    sealed = DataKey("ab", plain, WrappedKey(b"")).seal("c", TEXT)
    assert DataKey("ab", plain, WrappedKey(b"")).open("c", sealed) == TEXT
    with pytest.raises(VaultRefusedError):
        DataKey("a", plain, WrappedKey(b"")).open("bc", sealed)


def test_another_master_key_opens_nothing(vault: VaultCipher) -> None:
    key = vault.new_key(ONE)
    with pytest.raises(VaultRefusedError):
        VaultCipher(bytes(32)).unwrap(ONE, key.wrapped)


def test_a_destroyed_key_leaves_nothing_to_read(vault: VaultCipher) -> None:
    with pytest.raises(VaultRefusedError):
        vault.unwrap(ONE, WrappedKey(b""))


def test_a_master_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        VaultCipher(b"short")


def test_of_several_texts_those_of_a_destroyed_key_are_left_out(vault: VaultCipher) -> None:
    gone, key = vault.new_key(ONE), vault.new_key(ONE)
    sealed = {"old": gone.seal("old", TEXT), "new": key.seal("new", TEXT)}
    assert key.open_all(sealed) == {"new": TEXT}


def test_several_texts_are_sealed_each_for_its_field(vault: VaultCipher) -> None:
    key = vault.new_key(ONE)
    sealed = key.seal_all({"narrative": TEXT, "external_reference": "D-1"})
    assert key.open_all(sealed) == {"narrative": TEXT, "external_reference": "D-1"}
    swapped = {"narrative": sealed["external_reference"]}
    assert key.open_all(swapped) == {}


def test_a_later_key_of_a_concern_opens_nothing_of_its_first_nor_the_first_of_it(
    vault: VaultCipher,
) -> None:
    first, later = vault.new_key("one"), vault.new_key("one#2")
    with pytest.raises(VaultRefusedError):
        later.open("narrative", first.seal("narrative", TEXT))
    for place, key in (("one", later), ("one#2", first)):
        with pytest.raises(VaultRefusedError):
            vault.unwrap(place, key.wrapped)


def test_a_fresh_key_seals_without_being_unwrapped(
    vault: VaultCipher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way of every report: one key, made, wrapped once and used at once."""
    monkeypatch.delattr(VaultCipher, "_unwrap")
    assert vault.new_key(ONE).seal_all({"narrative": TEXT})
