"""Names and what looks like one; and what Swedish writes with capitals that is no person."""

import pytest

from shared.contracts.codes import FindingType
from shared.security.screen import screen
from shared.security.screen_known import Known

PLACES = Known.of(
    public=["Hornsbergs strand", "Fridhemsplan", "Lilla Essingen", "Selma Lagerlöfs torg"]
)


def named(text: str, known: Known = PLACES) -> list[str]:
    return [text[f.start : f.end] for f in screen(text, known) if f.type is FindingType.NAME]


@pytest.mark.parametrize("around", ["{}", "Det var {} som sprang.", "- {}\n- bänken", "Såg {}, 15"])
@pytest.mark.parametrize(
    "name",
    [
        *("Anna Berg", "Anna Lena Berg", "Anna-Lena Berg", "Anna Berg-Lind", "Anna von Berg"),
        *("Hilma af Strand", "Louis De Lind", "Omar Al-Masri", "Ali El Haddad", "Sean O'Berg"),
        *("Zoë Müller", "Łukasz Żak", "Nguyễn Linh", "Çelik Özdemir", "A. Berg", "A.B. Berg"),
        *("Anna B", "Anna B.", "A Berg", "Kalle Åstrand", "Pia Wahlstrand", "Ebba Kaplan"),
        *("kalle andersson", "KALLE ANDERSSON", "andersson", "Anna Jónsdotter", "Anna-Lena"),
        *("Anna\u00a0Berg", "Anna\u200b Berg", "A\u030asa Berg", "\uff21nna Berg"),
    ],
)
def test_a_name_is_found(name: str, around: str) -> None:
    assert named(around.format(name))


def test_a_name_is_found_in_the_genitive() -> None:
    assert named("Det är Anna Bergs cykel.") == ["Anna Bergs"]
    assert named("anderssons son bråkar") == ["anderssons"]


@pytest.mark.parametrize(
    "text",
    [
        *("Min granne Ali skriker.", "Pojken heter Kalle.", "han heter kalle", "Namn: kalle"),
        *("Herr Berg ringde.", "familjen Berg bråkar", "Förnamn: Ali", "Eleven Mio sprang."),
        *("Det är mörkt. Mvh Pia", "Hälsningar,\nPia", "Tack på förhand! /Pia", "Mvh\nPia Berg"),
        *(
            "Mio, 15 år, elev",
            "Mio 15 år skrek",
            "Mio (15) skrek",
            "Mio 15-åring",
            "Såg Mio (15 år)",
        ),
        *("Det är mörkt /pia", "Det är mörkt. //Pia B", "Hej Pia! Det är mörkt.", "fam. Berg stör"),
    ],
)
def test_one_word_is_a_name_after_what_introduces_or_signs_it(text: str) -> None:
    assert named(text)


@pytest.mark.parametrize(
    "text",
    [
        *("På Fridhemsplan är det mörkt.", "Vid Hornsbergs Strand är det fullt.", "I Stadshagen"),
        *(
            "Polisen Norrmalm kom.",
            "Lilla Essingen",
            "Södra Stadshagen",
            "Norr Mälarstrand är fint",
        ),
        *(
            "Vid Selma Lagerlöfs torg",
            "Per Albin Hanssons väg",
            "Birger Jarlsgatan",
            "Kungsholms Kyrka",
        ),
        *("Trafikkontoret Stockholm", "Samlad Trafikkontoret", "Måndag Hornsbergs strand"),
        *("Linje B är full", "Hus A är låst", "Plan B fungerar", "T-bana Rådhuset", "SL Väktare"),
        *("Brf Stora Örnen", "Restaurang Blå Tuppen", "Förskolan Blå Kråkan", "S:t Eriks bro"),
        *(
            "Vi såg Södermalm. Polisen kom.",
            "Tack! Vi ses.",
            "OBS! Mycket glas",
            "Obs: Mycket glas",
        ),
        *(
            "Lampan\nBänken\nPapperskorgen",
            "1. Lampan 2. Bänken",
            "Mvh Trafikkontoret",
            "AIK Solna",
        ),
        *(
            "Det är mörkt kväll / lunch",
            "Pojken vid barnet. Grannskapet sov.",
            "Tack! Återkom gärna",
        ),
        *("Ungdomar, 15-20 år, skrek", "Pojkar 15 år", "Festen pågick 15 timmar", "Buss (15) kom"),
        *("Lekplatsen, 15 år gammal", "Fridhemsplan (15)"),
        *("Platsen heter Fridhemsplan", "Mannen på bänken", "på Röda Korset", "Burger King"),
    ],
)
def test_places_agencies_and_sentence_starts_are_no_names(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "MYCKET MÖRKT VID FRIDHEMSPLAN. INGEN BELYSNING ALLS. UNGDOMAR KASTAR STEN PÅ BUSSAR.",
        "HÖG MUSIK VID HORNSBERGS STRAND VARJE FREDAG, VARFÖR KOMMER INGEN OCH STÄDAR?",
        "Det är HELT MÖRKT i tunneln.",
    ],
)
def test_a_text_in_capitals_says_nothing_by_them(text: str) -> None:
    assert named(text) == []


def test_a_square_named_after_somebody_makes_nobody_of_that_name_public() -> None:
    assert named("Vid Selma Lagerlöfs torg") == []
    assert named("Det var Selma Berg") == ["Selma Berg"]


def test_what_the_district_calls_something_is_no_name() -> None:
    assert named("Vid Carl Eldhs museum", Known.of(public=["Carl Eldhs museum"])) == []
    assert named("Vid Carl Eldhs museum") == ["Carl Eldhs"]
    assert named("Med Carl Berg", Known.of(public=["Carl Eldhs museum"])) == ["Carl Berg"]


@pytest.mark.parametrize("text", ["Såg Mio igen", "såg mio igen", "SÅG MIO IGEN", "Mios cykel"])
def test_a_known_name_is_found_alone_in_any_case(text: str) -> None:
    assert named(text, Known.of(names=["Mio"]))
    assert named(text) == []


def test_a_known_name_of_several_words_is_found_whole() -> None:
    known = Known.of(names=["mio kula"])
    assert named("där stod mio kula och skrek", known) == ["mio kula"]
    assert named("där stod mio och skrek", known) == []


def test_a_known_name_that_is_a_word_needs_a_capital_no_sentence_asks_for() -> None:
    known = Known.of(names=["Bo", "Sten", "Alla"])
    assert named("De som bo här. Alla sover. sten kastas", known) == []
    assert named("Sedan kom Bo dit", known) == ["Bo"]


def test_a_word_of_the_text_itself_is_no_name_where_it_begins_a_sentence() -> None:
    assert named("Tjärn Kobbvik luktar. Vid tjärn är det fullt.") == []
    assert named("Tjärn Kobbvik luktar.") == ["Tjärn Kobbvik"]
