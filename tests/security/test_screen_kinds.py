"""Plates, addresses with a stairwell or a flat, URLs and handles: what counts and what does not."""

import pytest

from shared.contracts.codes import FindingType
from shared.security.screen import screen

AROUND = ["{}", "Såg {} igår.", "({})", "Först\n{}\nsedan tyst."]


def kinds(text: str) -> set[FindingType]:
    return {finding.type for finding in screen(text)}


def texts(kind: FindingType, text: str) -> list[str]:
    return [text[f.start : f.end] for f in screen(text) if f.type is kind]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize(
    "written",
    [
        *("ABC 123", "abc123", "Abc 123", "ABC-123", "ABC12D", "abc 12d", "ABC 12 D", "ABC  123"),
        *("ABC.123", "ABC_123", "A B C 1 2 3", "ABC\u2013123", "ABC\u00a0123", "ABC\u200b123"),
        *("\uff21\uff22\uff23\u3000\uff11\uff12\uff13", "bilen abc 123", "mopeden xkr 456"),
        *("skylten MLB 84A", "registreringsnummer abc123", "bil med nummer abc 123"),
    ],
)
def test_a_plate_is_found_in_every_written_form(written: str, around: str) -> None:
    assert kinds(around.format(written)) == {FindingType.PLATE}


@pytest.mark.parametrize("letter", "IQVÅÄÖ")
def test_letters_that_no_plate_has_make_none(letter: str) -> None:
    assert kinds(f"A{letter}C 123") == set()


def test_the_last_letter_is_never_an_o() -> None:
    assert kinds("ABC 12D") == {FindingType.PLATE}
    assert kinds("ABC 12O") == set()


@pytest.mark.parametrize(
    "text", ["regnr FESTIS", "reg.nr: AB 12345", "Registreringsnummer: GLASS", "nummerplåt MIN BIL"]
)
def test_a_personal_or_foreign_plate_is_found_where_the_text_says_what_it_is(text: str) -> None:
    assert kinds(text) == {FindingType.PLATE}


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize(
    "text",
    [
        *("buss 123", "kl 123", "tel 123", "DNR 2026-123", "PL-HORN", "dnr ABC 123", "ref ABC123"),
        *("ABC 123-45", "ABC123456", "AM-2026-00123", "och 123 personer", "SEK 500", "E18 123"),
        *("max 100 pers", "ca 112 och 114", "typ 100 st", "KS-ABC-123", "IMG 123", "den 100:e"),
        *("BMW 320", "rum 123", "bad 100 m bort", "CO2 123", "skylten är trasig", "linje 4, 123"),
        *("ABC 123/2026", "ärende ABC 123", "lgh saknas"),
    ],
)
def test_what_only_looks_like_a_plate_is_let_through(text: str, around: str) -> None:
    assert FindingType.PLATE not in kinds(around.format(text))


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize(
    "written",
    [
        *("Hantverkargatan 12 B, lgh 1203", "Storgatan 3 uppgång C", "port 4", "trappa 2", "2 tr"),
        *("lägenhet 1102", "lgh 1102", "Hornsbergs strand 12 B", "S:t Eriksgatan 33b", "c/o Berg"),
        *("norr mälarstrand 64 a", "HANTVERKARGATAN 12 B", "Storgatan 3, 2 tr ög", "tr 2"),
        *("Storgatan 3, vån 2", "lgh nr 1203", "Fleminggatan 12B", "uppgång b", "Storgatan 3 nb"),
        *("Hantverkarg. 12 B", "Selma Lagerlöfs torg 3 A", "porten 4B", "trapphus C", "uppg. C"),
        *(
            "Hantverkargatan nr 12 B",
            "Storgatan 12-14 B",
            "lägenhetsnummer: 1203",
            "Lgh:1203",
            "3 trappor upp",
            "PORT 4",
        ),
        *("Hantverkargatan\u00a012\u00a0B", "lgh \u200b1203", "Hantverkargatan 12\u200b B"),
    ],
)
def test_a_stairwell_or_a_flat_makes_an_address(written: str, around: str) -> None:
    assert FindingType.ADDRESS in kinds(around.format(written))


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize(
    "text",
    [
        *("Hantverkargatan 12", "Storgatan", "Hantverkargatan 12, 112 21 Stockholm", "punkt 12 B"),
        *("plan 2", "våning 3", "2 trappsteg", "trappan 2 gånger", "Storgatan 12 i Stockholm"),
        *("uppgången mot gatan", "klass 9 B", "uppgång i park", "port i lås", "20 lägenheter"),
        *("Fridhemsplan 2 T-bana", "trappan ned", "Bergsgatan 20 till 28", "12 b personer"),
    ],
)
def test_a_street_and_a_shared_floor_are_places(text: str, around: str) -> None:
    assert kinds(around.format(text)) == set()


def test_an_address_is_found_from_its_street_on() -> None:
    text = "Det luktar på Hantverkargatan 12 B, lgh 1203, varje kväll."
    found = texts(FindingType.ADDRESS, text)
    assert found[-1].startswith("Hantverkargatan")
    assert found[-1].endswith("1203")


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize(
    "written",
    [
        *("https://x.se/a", "http://192.0.2.4/a", "www.kalle.se", "kalle.se/bild", "kalle.com"),
        *("youtu.be/abc", "t.me/xyz", "discord.gg/abc", "instagram.com/kalle", "HTTPS://X.SE"),
        *("exempel punkt se", "a.b.example.org", "example.nu/k?a=1", "https://\u200bexample.org"),
    ],
)
def test_a_url_is_found_with_and_without_its_scheme(written: str, around: str) -> None:
    assert kinds(around.format(written)) == {FindingType.URL}


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize(
    "text",
    [
        *("slut.Sedan", "t.ex/bl.a", "kl 18.00/19.00", "parken.nu är det", "fr.o.m/t.o.m"),
        *("bild.jpg", "och.Det", "KS 2026/12", "3.5/4.0", "och/eller", "klockan 22.Kom"),
    ],
)
def test_full_stops_and_slashes_alone_are_no_url(text: str, around: str) -> None:
    assert kinds(around.format(text)) == set()


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize(
    "written",
    [
        *("@kalle", "@kalle_b", "insta: kalle", "snap kalleboy", "snapchat: kalle.b", "u/kalle_b"),
        *("discord kalle#1234", "Ig = kalle04", "tiktok är kalle04", "användarnamn: kalle"),
        *("insta kalle_04", "hans insta heter kalleb", "på insta @kalle", "INSTA: KALLE"),
        *("@\u200bkalle", "\uff20kalle"),
    ],
)
def test_a_handle_is_found(written: str, around: str) -> None:
    assert FindingType.HANDLE in kinds(around.format(written))


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize(
    "text",
    [
        *("@ 18:00", "@18:00", "@22.00", "Vi var 3 @ torget", "på snap delades", "ärende#1234"),
        *("via instagram igår", "insta live igår", "filmar för tiktok vid bron", "lampa #1234"),
    ],
)
def test_a_time_a_service_and_a_number_are_no_handle(text: str, around: str) -> None:
    assert kinds(around.format(text)) == set()


@pytest.mark.parametrize("text", ["anna@example.org", "Skriv till anna.b@skola.example.se tack"])
def test_an_email_address_is_not_told_again_as_a_handle_or_a_url(text: str) -> None:
    assert [finding.type for finding in screen(text)] == [FindingType.EMAIL]


@pytest.mark.parametrize("text", ["kalle@gmail", "kalle.b@Hotmail"])
def test_a_mailbox_without_its_last_part_is_an_email_address(text: str) -> None:
    assert kinds(text) == {FindingType.EMAIL}
