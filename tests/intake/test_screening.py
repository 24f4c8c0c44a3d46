"""Intake's screen knows what the district and coordination call their places, and no more."""

import asyncio
import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from services.intake.commands.screening import Screening, read_names
from services.intake.domain.geography import KnownPlace, Position
from services.intake.store import PlaceRow, Places
from services.intake.store.places import PLACES_KEPT_SECONDS
from shared.contracts.codes import FindingType
from shared.contracts.district import District
from shared.security import screen_known
from tests.intake.conftest import Intake
from tests.support.real import REAL

DISTRICT = District.load()
NAME = [FindingType.NAME]


@dataclass
class ReadPlaces:
    """What was read of coordination's places."""

    at_hand: Mapping[str, PlaceRow] = field(default_factory=dict)

    def read(self, *names: str) -> None:
        self.at_hand = {
            name: PlaceRow(
                KnownPlace(name, name, Position(59.3, 18.0)), "KUNGSHOLMEN", prioritised=False
            )
            for name in names
        }


def screening(places: ReadPlaces, *names: str) -> Screening:
    return Screening(DISTRICT, cast("Places", places), names)


def test_a_place_is_no_name_from_the_moment_it_was_read() -> None:
    places = ReadPlaces()
    screen = screening(places)
    assert screen.kinds_found("Stökigt vid Blå Torn i natt.") == NAME
    places.read("Blå Torn")
    assert screen.kinds_found("Stökigt vid Blå Torn i natt.") == []
    assert screen.kinds_found("Stökigt vid Anna Torn i natt.") == NAME


def test_the_allow_list_is_made_again_only_when_names_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[int] = []
    make = screen_known.Known.of

    def counted(**given: object) -> screen_known.Known:
        made.append(1)
        return make(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(screen_known.Known, "of", counted)
    places = ReadPlaces()
    screen = screening(places)
    for names in [("Blå Torn",), ("Blå Torn",), ("Blå Torn",), ("Blå Torn", "Röd Bod")]:
        places.read(*names)
        screen.kinds_found("Stökigt.")
        screen.kinds_found("Lugnt.")
    assert len(made) == 3


@pytest.mark.parametrize(
    "label", [text.sv for text in (a.label for a in DISTRICT.agencies.values())]
)
def test_an_agency_is_no_name(label: str) -> None:
    assert screening(ReadPlaces()).kinds_found(f"Vi har sagt det till {label} flera gånger.") == []


def test_the_district_s_public_names_are_no_names() -> None:
    screen = screening(ReadPlaces())
    assert DISTRICT.public_names
    for name in DISTRICT.public_names:
        assert screen.kinds_found(f"Folk kom från {name} sent.") == []


AREAS = (
    "Fridhemsplan", "Essinge Brygga", "Södra Station", "Hornsbergs Strand", "Rinkeby-Kista",
    "Upplands Väsby", "Västra Götalands län", "Malung\u2013Sälens kommun", "Dals-Ed", "Täby Park",
    "Tegelviken-Västra Malmen", "Stockholms län", "Liljeholmens Centrum", "Djurö-Vindö",
)  # fmt: skip
MEASURES = ("Trygg i skolan, 9, Flickor", "Anmälda brott", "procent", "Brott mot person")
PERSONS = (
    "Anna Andersson", "ANNA ANDERSSON", "anna andersson", "Andersson, Anna", "A. Andersson",
    "Anna-Lena Berg", "Berg Anna", "Erik Holm", "Mohammed Al-Hassan", "Augusta Berg", "Bobby Ek",
    "Trygg, Anna Berg",
)  # fmt: skip


def test_in_a_table_made_by_hand_what_looks_like_a_name_counts_and_areas_do_not() -> None:
    screen = screening(ReadPlaces())
    assert [label for label in AREAS + MEASURES if screen.kinds_by_hand(label)] == []
    assert [label for label in PERSONS if screen.kinds_by_hand(label) != NAME] == []
    assert screen.kinds_by_hand("19121212-1212") == [FindingType.PERSONAL_NUMBER]


def test_what_the_district_or_coordination_calls_a_place_is_no_name_in_a_table() -> None:
    places = ReadPlaces()
    screen = screening(places)
    assert screen.kinds_by_hand("Ella Park") == NAME
    assert screen.kinds_by_hand("Karlsson Hage") == NAME
    places.read("Ella Park", "Karlsson Hage")
    assert screen.kinds_by_hand("Ella Park") == screen.kinds_by_hand("Karlsson Hage") == []
    declared = DISTRICT.model_copy(update={"public_names": ("Gustav Vasa",)})
    by_file = Screening(declared, cast("Places", ReadPlaces()))
    assert (by_file.kinds_by_hand("Gustav Vasa"), by_file.kinds_by_hand("Gustav Ek")) == ([], NAME)


def test_a_listed_name_counts_in_every_kind_of_file() -> None:
    screen = screening(ReadPlaces(), "Mio", "Nora", "Klara", "Tindra Blom")
    for label in ("Mio", "Mios", "Trygg, Mio, 9", "Tindra Blom"):
        assert screen.kinds_in_labels(label) == screen.kinds_by_hand(label) == NAME
    for label in ("Nora kommun", "Nora kommuns", "Hjälp för att klara skolarbetet?"):
        assert screen.kinds_in_labels(label) == []
    assert screening(ReadPlaces()).kinds_in_labels("Mio") == []


@pytest.mark.real
def test_every_municipality_may_stand_in_a_table_made_by_hand_and_nearly_every_area() -> None:
    screen = screening(ReadPlaces())
    content = (REAL / "scb/koppling-deso2018-regso2020.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(content.splitlines()))
    municipalities = {row["Kommunnamn"] for row in rows}
    areas = {row["RegSO_2020"] for row in rows}
    assert (len(municipalities), len(areas)) == (290, 3340)
    named = {f"{one}{of}" for one in municipalities for of in ("", " kommun", "s kommun")}
    assert [one for one in named if screen.kinds_by_hand(one)] == []
    assert len([one for one in areas if screen.kinds_by_hand(one)]) < len(areas) * 0.02


def test_a_publisher_s_areas_are_not_searched_for_names_but_for_all_else() -> None:
    screen = screening(ReadPlaces())
    assert screen.kinds_in_labels("Upplands Bro Vallen") == []
    assert screen.kinds_in_labels("19121212-1212") == [FindingType.PERSONAL_NUMBER]


def test_the_names_of_a_file_are_found_alone(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("# given names\nMio\n\n  Tindra \n", "utf-8")
    assert read_names(file) == {"Mio", "Tindra"}
    assert read_names(None) == frozenset()
    screen = screening(ReadPlaces(), *read_names(file))
    assert screen.kinds_found("där stod mio och skrek") == NAME
    assert screening(ReadPlaces()).kinds_found("där stod mio och skrek") == []


@pytest.mark.stack
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("En svart bil, ABC 123, kör fort varje kväll.", "PLATE"),
        ("De håller till på Fleminggatan 12 B, 2 tr.", "ADDRESS"),
        ("Filmen ligger på example.org/film.", "URL"),
        ("Hans insta: kalle_04", "HANDLE"),
        ("Det är Kalle Exempelberg som gör det.", "NAME"),
    ],
)
async def test_every_kind_quarantines(intake: Intake, text: str, kind: str) -> None:
    answer = await intake.report(narrative=text)

    assert (answer.status_code, answer.json()["status"]) == (202, "QUARANTINED")
    [kept] = await intake.all("concerns")
    assert json.loads(kept["outbox"][0]["data"])["findings"] == [{"type": kind, "count": 1}]
    assert text not in repr(kept)


@pytest.mark.stack
async def test_a_place_coordination_published_passes(intake: Intake) -> None:
    row = {"district": DISTRICT.code, "lat": 59.33, "lon": 18.03, "part": "KUNGSHOLMEN"}
    row |= {"_id": "PL-BLUE", "name": "Blå Torn", "prioritised": False, "retired": False}
    before = await intake.report(narrative="Stökigt vid Blå Torn i natt.")
    await intake.mongo[intake.settings.database_name]["places"].insert_one(row)
    await asyncio.sleep(PLACES_KEPT_SECONDS)
    after = await intake.report(narrative="Stökigt vid Blå Torn i natt.")

    assert before.json()["status"] == "QUARANTINED"
    assert after.json()["status"] == "REGISTERED"
