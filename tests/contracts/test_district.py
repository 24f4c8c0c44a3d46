"""The district file is whole: every code has words in both languages, every reference holds."""

import enum
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from shared.contracts import codes, intake_codes
from shared.contracts.codes import CategoryScope, DivertTarget
from shared.contracts.district import DEFAULT, District, Text

DISTRICT = District.load()
RAW = resources.files("shared.contracts").joinpath(DEFAULT).read_text("utf-8")
CATEGORIES = [
    *("ENV.LIGHTING", "ENV.VEGETATION", "ENV.SIGHTLINE", "ENV.LITTER", "ENV.MAINTENANCE"),
    *("ENV.SHARPS", "DMG.GRAFFITI", "DMG.VANDALISM", "DMG.FIRE"),
    *("ORD.LOUD_GATHERING", "ORD.PUBLIC_DRINKING", "ORD.FIGHT", "ORD.THREAT_HARASSMENT"),
    *("ORD.STAIRWELL_INTRUSION", "DRG.OPEN_USE", "DRG.SUSPECTED_DEALING"),
    *("THF.BIKE", "THF.PICKPOCKET", "THF.SHOP", "THF.BURGLARY", "ROB.PERSON"),
    *("TRF.SPEED_RECKLESS", "TRF.CROSSING", "TRF.ILLEGAL_PARKING", "TRF.ESCOOTER"),
    *("WTR.UNSAFE_BATHING", "WTR.JETSKI", "FRD.OLDER_PEOPLE", "SCH.ENVIRONMENT"),
    *("EVT.UPCOMING", "PER.UNSAFE_FEELING"),
]
CLOSED = [
    code
    for module in (codes, intake_codes)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, enum.StrEnum)
    for code in kind
]


def test_every_category_of_the_domain_is_there() -> None:
    assert list(DISTRICT.categories) == CATEGORIES


def test_conditions_are_not_derived_from_persons_and_behaviour_is() -> None:
    persons = {code for code, one in DISTRICT.categories.items() if one.person_derived}
    assert "ENV.LITTER" not in persons
    assert {"DRG.OPEN_USE", "ROB.PERSON", "ORD.FIGHT", "FRD.OLDER_PEOPLE"} <= persons


def test_some_categories_are_never_placed() -> None:
    scopes = {code: one.scope for code, one in DISTRICT.categories.items()}
    assert scopes["FRD.OLDER_PEOPLE"] is CategoryScope.DISTRICT
    assert scopes["SCH.ENVIRONMENT"] is CategoryScope.SCHOOL_AREA
    assert scopes["ENV.LITTER"] is CategoryScope.PLACE


def test_the_facts_of_the_demo_district_stand() -> None:
    assert (DISTRICT.code, DISTRICT.inhabitants, DISTRICT.land_km2) == ("KUNGSHOLMEN", 70839, 4.85)
    assert len(DISTRICT.parts) == 7
    assert list(DISTRICT.school_areas) == ["SA-EAST", "SA-MID", "SA-WEST", "SA-ESS"]
    assert len(DISTRICT.places) == 9
    horn = DISTRICT.place("PL-HORN")
    assert horn is not None
    assert (horn.lat, horn.lon, horn.part) == (59.3405, 18.0078, "STADSHAGEN")
    assert DISTRICT.place("PL-NONE") is None
    assert DISTRICT.k_anonymity == 5
    assert DISTRICT.synthetic


def test_ongoing_danger_is_turned_to_112() -> None:
    danger = DISTRICT.diversions["DIV.ONGOING_DANGER"]
    assert (danger.target, danger.phone) == (DivertTarget.EMERGENCY_112, "112")
    assert len(DISTRICT.diversions) == 7


def test_every_mailbox_of_the_demo_is_made_up() -> None:
    assert all(agency.mail.endswith(".example.org") for agency in DISTRICT.agencies.values())


@pytest.mark.parametrize("code", [code for code in CLOSED if code[0].isalpha()])
def test_every_closed_code_has_words(code: str) -> None:
    assert DISTRICT.label(code).sv != code


def test_a_code_means_the_same_in_every_list() -> None:
    meanings: dict[str, Text] = {}
    for name, codes_of in DISTRICT:
        if isinstance(codes_of, dict) and name not in {"groups", "agency_kinds"}:
            for code, one in codes_of.items():
                text = one if isinstance(one, Text) else one.label
                assert meanings.setdefault(code, text) == text, (name, code)


def test_words_come_in_both_languages() -> None:
    litter = DISTRICT.label("ENV.LITTER")
    assert (litter.in_("sv"), litter.in_("en")) == ("Nedskräpning", "Litter")
    assert DISTRICT.label("PL-HORN").sv == "Hornsbergs strand"
    assert DISTRICT.label("KUNGSHOLMEN").en == "Kungsholmen"


def test_a_code_nobody_knows_is_called_itself() -> None:
    assert DISTRICT.label("X.NEW") == Text(sv="X.NEW", en="X.NEW")


def test_another_district_comes_from_its_own_file(tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(RAW.replace('code = "KUNGSHOLMEN"', 'code = "SKARPNACK"'), "utf-8")
    assert District.load(other).code == "SKARPNACK"


@pytest.mark.parametrize(
    ("table", "code", "wrong"),
    [
        ("categories", "ENV.LITTER", {"group": "NONE"}),
        ("categories", "ENV.LITTER", {"survey": "NONE"}),
        ("categories", "ENV.LITTER", {"custodian_preference": ["NONE"]}),
        ("agencies", "PORT", {"kind": "NONE"}),
        ("agencies", "PORT", {"mail": "Kalle Svensson"}),
        ("places", 0, {"part": "NONE"}),
        ("places", 0, {"custodians": ["NONE"]}),
        ("places", 0, {"custodians": []}),
    ],
)
def test_a_file_with_loose_ends_is_refused(
    table: str, code: str | int, wrong: dict[str, Any]
) -> None:
    raw = tomllib.loads(RAW)
    raw[table][code] |= wrong
    with pytest.raises(ValidationError):
        District.model_validate(raw)
