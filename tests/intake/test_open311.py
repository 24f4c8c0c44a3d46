"""GeoReport v2 over HTTP, as the specification and FixMyStreet's client have it."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

import httpx
import pytest
from defusedxml.ElementTree import fromstring

from services.intake.commands.audit import AuditTrail
from services.intake.commands.trail import Line
from services.intake.domain.report import LONGEST_NARRATIVE
from services.intake.settings import Settings
from services.intake.store.service_requests import ServiceRequests
from shared.contracts.codes import Role
from shared.security.keys import issue, read_records, write_records
from shared.store.errors import Unavailable, WriteUncertain
from shared.store.group_commit import GroupCommit
from tests.intake.conftest import DISTRICT, NOW, Intake, Json, concern, know_places, running
from tests.support.real import REAL

pytestmark = pytest.mark.stack

BASE = "/intake/open311/v2"
FORM = "application/x-www-form-urlencoded"
TEXT = "Tre lampor i rad är släckta.\r\nDet är <mörkt> & otryggt."
LINK = "https://www.fixamingata.se/report/4711"
FIXAMINGATA = (
    f"Titel: Mörkt\r\n\r\nBeskrivning: {TEXT}\r\n\r\nLänk till ärendet: {LINK}\r\n\r\n"
    "Skickad via FixaMinGata\r\n"
)
POST = {
    "service_code": "ENV.LIGHTING",
    "lat": "59.340510",
    "long": "18.007804",
    "description": TEXT,
}
# The order of elements in the specification's own example of a request.
ELEMENTS = [
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
    "zipcode",
    "lat",
    "long",
    "media_url",
]
Fields = Mapping[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class Desk:
    """GeoReport's endpoint, as one agency's client calls it."""

    intake: Intake
    base: str = BASE
    agency: str = "FIELD_WORKERS"
    now: datetime = NOW

    @property
    def key(self) -> str:
        return self.intake.headers(self.agency)["Authorization"].removeprefix("Bearer ")

    @property
    def at(self) -> dict[str, str]:
        return {"X-Samlad-Now": self.now.isoformat()}

    async def send(
        self, fields: Fields, form: str = "xml", *, key: str | None = None, **headers: str
    ) -> httpx.Response:
        body = urlencode({"api_key": self.key if key is None else key, **fields}, doseq=True)
        return await self.intake.http.post(
            f"{self.base}/requests.{form}",
            content=body,
            headers=self.at | {"content-type": FORM, **headers},
        )

    async def get(
        self,
        path: str,
        query: Mapping[str, str | list[str]] | None = None,
        *,
        keyed: bool = True,
        headers: Mapping[str, str] | None = None,
        **more: str,
    ) -> httpx.Response:
        known = {"Authorization": f"Bearer {self.key}"} if keyed else {}
        return await self.intake.http.get(
            f"{self.base}/{path}",
            params={**(query or {}), **more},
            headers=self.at | known | dict(headers or {}),
        )

    async def posted(self, **changes: str | list[str]) -> str:
        answer = await self.send(POST | changes, "json")
        assert answer.status_code == 201, answer.text
        number: str = answer.json()[0]["service_request_id"]
        return number

    async def read(self, number: str, **query: str) -> dict[str, Any]:
        answer = await self.get(f"requests/{number}.json", query)
        assert answer.status_code == 200, answer.text
        (read,) = answer.json()
        return dict(read)


def xml(answer: httpx.Response) -> Element:
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b"<?xml")
    return fromstring(answer.content)


def errors(answer: httpx.Response) -> list[tuple[int, str]]:
    """The errors in either form, each with its words."""
    if answer.headers["content-type"].startswith("application/json"):
        told = [(each["code"], each["description"]) for each in answer.json()]
    else:
        top = xml(answer)
        assert (top.tag, {each.tag for each in top}) == ("errors", {"error"})
        told = [(int(each.findtext("code", "")), each.findtext("description", "")) for each in top]
    assert told
    assert all(code == answer.status_code and words for code, words in told)
    return told


@pytest.fixture
def desk(intake: Intake) -> Desk:
    return Desk(intake)


@pytest.fixture
async def opened(
    settings_of: Settings, mongo_url: str, without_indexes: None
) -> AsyncIterator[Desk]:
    """A deployment that opens its excerpt to everybody."""
    settings = settings_of.model_copy(update={"open311_public": True})
    async with running(settings, mongo_url) as service:
        await know_places(service)
        yield Desk(service)


async def lines(intake: Intake) -> list[dict[str, Any]]:
    """What the audit trail says of texts that were opened."""
    found = await intake.all("audit")
    return [line for line in found if "OPEN311_READ_BACK" in str(line)]


# Discovery, services, definitions


async def test_discovery_lists_a_production_and_a_test_endpoint(desk: Desk) -> None:
    top = xml(await desk.get("discovery.xml", keyed=False))
    assert [each.tag for each in top] == ["changeset", "contact", "key_service", "endpoints"]
    assert all(each.text for each in top if each.tag != "endpoints")
    endpoints = top.findall("endpoints/endpoint")
    assert [each.findtext("type") for each in endpoints] == ["production", "test"]
    for each in endpoints:
        assert each.findtext("specification") == "http://wiki.open311.org/GeoReport_v2"
        assert [f.text for f in each.findall("formats/format")] == ["text/xml", "application/json"]
        path = httpx.URL(each.findtext("url", "")).path
        there = await desk.intake.http.get(f"{path}/services.xml")
        assert there.status_code == 200

    told = (await desk.get("discovery.json", keyed=False)).json()
    assert [each["type"] for each in told["endpoints"]] == ["production", "test"]
    assert told["endpoints"][0]["formats"] == ["text/xml", "application/json"]


async def test_services_are_the_categories_that_have_a_place(desk: Desk) -> None:
    answer = await desk.get("services.xml", keyed=False)
    top = xml(answer)
    assert (top.tag, top[0].tag) == ("services", "service")
    listed = {each.findtext("service_code"): each for each in top}
    assert "ENV.LIGHTING" in listed
    assert "FRD.OLDER_PEOPLE" not in listed  # told of the district alone
    assert listed["ENV.LIGHTING"].findtext("service_name") == "Bristande belysning"
    assert {each.findtext("metadata") for each in top} == {"true"}
    assert {each.findtext("type") for each in top} == {"realtime"}
    assert {child.tag for child in top[0]} == {
        *("service_code", "service_name", "description", "metadata", "type", "keywords", "group")
    }


async def test_json_is_an_array_without_a_root_and_metadata_a_boolean(desk: Desk) -> None:
    answer = await desk.get("services.json", keyed=False)
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert isinstance(answer.json(), list)
    assert {each["metadata"] for each in answer.json()} == {True}


async def test_a_definition_asks_and_nothing_is_required(desk: Desk) -> None:
    top = xml(await desk.get("services/ENV.LIGHTING.xml", keyed=False))
    assert (top.tag, top.findtext("service_code")) == ("service_definition", "ENV.LIGHTING")
    asked = {each.findtext("code"): each for each in top.findall("attributes/attribute")}
    assert {"severity", "recurrence", "certainty", "place_type", "flags"} <= asked.keys()
    assert {each.findtext("required") for each in asked.values()} == {"false"}
    assert [each.findtext("order") for each in asked.values()] == [
        str(n) for n in range(1, len(asked) + 1)
    ]
    keys = [value.findtext("key") for value in asked["severity"].findall("values/value")]
    assert keys == ["0", "1", "2", "3"]

    told = (await desk.get("services/ENV.LIGHTING.json", keyed=False)).json()
    flags = next(each for each in told["attributes"] if each["code"] == "flags")
    assert (flags["datatype"], flags["required"]) == ("multivaluelist", False)
    assert {"key": "ALCOHOL", "name": "Alkohol"} in flags["values"]


async def test_words_are_english_for_those_who_prefer_it(desk: Desk) -> None:
    answer = await desk.get("services.json", keyed=False, headers={"Accept-Language": "en"})
    assert answer.json()[0]["service_name"] == "Poor lighting"


# Posting


@pytest.mark.parametrize("form", ["xml", "json"])
async def test_a_post_is_read_back_as_it_was_sent(desk: Desk, form: str) -> None:
    answer = await desk.send(POST | {"address_string": "Norr Mälarstrand"}, form)
    assert answer.status_code == 201
    if form == "json":
        (receipt,) = answer.json()
        number = receipt["service_request_id"]
        (read,) = (await desk.get(f"requests/{number}.json")).json()
        assert list(read) == ELEMENTS
        assert (read["lat"], read["long"]) == (59.34051, 18.007804)
    else:
        number = xml(answer).findtext("request/service_request_id", "")
        (request,) = xml(await desk.get(f"requests/{number}.xml"))
        assert [child.tag for child in request] == ELEMENTS
        read = {child.tag: child.text for child in request}
        assert (read["lat"], read["long"]) == ("59.340510", "18.007804")
    assert read["description"] == TEXT
    assert read["address"] == "Norr Mälarstrand"
    assert read["service_code"] == "ENV.LIGHTING"
    assert read["service_name"] == "Bristande belysning"
    assert read["status"] == "open"
    assert read["requested_datetime"] == "2026-06-05T21:40:00Z"


async def test_answers_are_read_back_with_the_extension(desk: Desk) -> None:
    number = await desk.posted(**{"attribute[flags][]": ["ALCOHOL", "DRUGS"]})
    plain, extended = await desk.read(number), await desk.read(number, extensions="true")
    assert "extended_attributes" not in plain
    assert extended["extended_attributes"] == {
        "detailed_status": "open",
        "answers": [{"code": "flags", "value": "ALCOHOL"}, {"code": "flags", "value": "DRUGS"}],
    }
    (kept,) = await desk.intake.all("concerns")
    assert kept["state"]["registered"]["flags"] == ["ALCOHOL", "DRUGS"]


async def test_fixamingatas_description_is_taken_apart(desk: Desk) -> None:
    number = await desk.posted(description=FIXAMINGATA)
    assert (await desk.read(number))["description"] == FIXAMINGATA
    (kept,) = await desk.intake.all("concerns")
    assert kept["state"]["status"] == "REGISTERED"
    assert kept["state"]["external_reference"] == LINK
    assert kept["state"]["registered"]["has_narrative"] is True


async def test_who_sent_it_is_never_kept_and_the_answer_says_so(desk: Desk) -> None:
    person = {
        "email": "anna.kanarie@example.org",
        "phone": "0701740605",
        "first_name": "Anna",
        "last_name": "Kanarie",
        "account_id": "kanarie-konto",
        "device_id": "kanarie-telefon",
        "media_url": "https://example.org/kanarie.jpeg",
        "zipcode": "kanarie-112 20",
    }
    answer = await desk.send(POST | person, "json")
    (receipt,) = answer.json()
    for words in ("kontaktuppgifter", "media_url", "utanför GeoReport", "112"):
        assert words in receipt["service_notice"]
    stored = json.dumps(await desk.intake.all("concerns"), default=str).lower()
    read = (await desk.get(f"requests/{receipt['service_request_id']}.json")).text.lower()
    for value in ("kanarie", "0701740605"):
        assert value not in stored + read


async def test_what_was_posted_stands_sealed(desk: Desk) -> None:
    await desk.posted(address_string="Norr Mälarstrand")
    stored = repr(await desk.intake.all("concerns"))
    for text in ("släckta", "Mälarstrand", "59.34051'", "18.007804"):
        assert text not in stored
    (kept,) = await desk.intake.all("concerns")
    assert set(kept["vault"]) == {"narrative", "open311"}
    assert len(await desk.intake.keys_of_vault()) == 1


async def test_the_event_holds_codes_alone(desk: Desk) -> None:
    await desk.posted(address_string="Norr Mälarstrand")
    (kept,) = await desk.intake.all("concerns")
    (entry,) = kept["outbox"]
    assert "släckta" not in str(entry)
    assert "Mälarstrand" not in str(entry)
    assert kept["state"]["registered"]["synthetic"] is True  # a test key's


async def test_a_live_keys_posts_are_not_marked_made_up(desk: Desk) -> None:
    key = await _live(desk.intake)
    assert (await desk.send(POST, key=key)).status_code == 201
    (kept,) = await desk.intake.all("concerns")
    assert kept["state"]["registered"]["synthetic"] is False


async def test_the_test_endpoint_takes_test_keys_alone(desk: Desk) -> None:
    there = Desk(desk.intake, "/intake/open311/test/v2")
    number = await there.posted()
    assert (await there.read(number))["description"] == TEXT
    refused = await there.send(POST, key=await _live(desk.intake))
    assert errors(refused)[0][0] == 403


async def _live(intake: Intake) -> str:
    file = intake.settings.keys_file
    key, record = issue("live", "LIBRARIES", Role.REPORTER, DISTRICT.code, 30)
    write_records(file, [*read_records(file), record])
    return key


# The same post again


async def test_the_same_post_again_is_the_same_request(desk: Desk) -> None:
    first, again = await desk.send(POST, "json"), await desk.send(POST, "json")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert len(await desk.intake.all("concerns")) == 1


async def test_a_repeat_across_the_hour_meets_itself_and_a_later_one_is_its_own(
    desk: Desk,
) -> None:
    number = await desk.posted()
    soon = Desk(desk.intake, now=NOW + timedelta(minutes=40))
    later = Desk(desk.intake, now=NOW + timedelta(hours=3))
    assert await soon.posted() == number
    assert await later.posted() != number


async def test_a_post_with_a_link_to_its_case_is_itself_for_ever(desk: Desk) -> None:
    number = await desk.posted(description=FIXAMINGATA)
    later = Desk(desk.intake, now=NOW + timedelta(days=2))
    assert await later.posted(description=FIXAMINGATA) == number
    other = FIXAMINGATA.replace("4711", "4712")
    assert await later.posted(description=other) != number


async def test_who_sent_it_makes_no_other_request_but_the_agency_does(desk: Desk) -> None:
    number = await desk.posted(email="a@example.org")
    assert await desk.posted(email="b@example.org") == number
    assert await Desk(desk.intake, agency="LIBRARIES").posted() != number


async def test_two_of_the_same_at_once_are_one(desk: Desk) -> None:
    both = await asyncio.gather(*(desk.send(POST, "json") for _ in range(5)))
    assert {answer.status_code for answer in both} == {201}
    assert len({answer.text for answer in both}) == 1
    assert len(await desk.intake.all("concerns")) == 1


async def test_after_a_write_that_may_stand_the_same_post_is_safe(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    inserted = GroupCommit.insert

    async def stored_but_unknown(group: GroupCommit, *documents: Json | None) -> None:
        await inserted(group, *documents)
        raise WriteUncertain("WTimeout")

    with monkeypatch.context() as broken:
        broken.setattr(GroupCommit, "insert", stored_but_unknown)
        first = await desk.send(POST)
    assert first.status_code == 503
    assert errors(first)
    await desk.posted()
    assert len(await desk.intake.all("concerns")) == 1


# Quarantine and diversion


PHONE = {"description": "Ring 070-174 06 05 om lampan.", "address_string": "hos 070-174 06 05"}


async def _decided(desk: Desk, number: str, how: str, **body: str) -> None:
    path = f"/intake/v1/quarantine/{number}/{how}"
    headers = desk.intake.headers("DISTRICT_COORD")
    answer = await desk.intake.http.post(path, json=body, headers=headers)
    assert answer.is_success, answer.text


async def test_what_is_released_is_read_back_as_it_was_posted(desk: Desk) -> None:
    number = await desk.posted(**PHONE)
    await _decided(desk, number, "release", reason="FALSE_ALARM")
    read = await desk.read(number)
    assert (read["description"], read["address"]) == (
        PHONE["description"],
        PHONE["address_string"],
    )


async def test_what_is_redacted_takes_with_it_what_was_posted(desk: Desk) -> None:
    number = await desk.posted(**PHONE)
    await _decided(desk, number, "redact", narrative="Lampan är släckt.")
    read = await desk.read(number)
    assert read["description"] == "Lampan är släckt."
    assert "070-174" not in str(read)
    (kept,) = await desk.intake.all("concerns")
    assert set(kept["vault"]) == {"narrative"}
    assert await desk.posted(**PHONE) == number  # the client's repeat is known all the same


async def test_what_is_rejected_is_closed_and_not_read_back(desk: Desk) -> None:
    number = await desk.posted(**PHONE)
    await _decided(desk, number, "reject", reason="ABOUT_A_PERSON")
    read = await desk.read(number)
    assert read["status"] == "closed"
    assert read["status_notes"] == "Avvisad"
    assert "070-174" not in str(read)


async def test_what_its_agency_corrects_is_read_as_it_now_stands(desk: Desk) -> None:
    number = await desk.posted()
    path = f"/intake/v1/concerns/{number}/correct"
    said = concern(category="ENV.LITTER", place_id="PL-KRON", narrative="Skräp.")
    headers = desk.intake.headers("FIELD_WORKERS")
    assert (await desk.intake.http.post(path, json=said, headers=headers)).is_success
    read = await desk.read(number)
    assert (read["service_code"], read["description"]) == ("ENV.LITTER", "Skräp.")
    assert read["address_id"] == "PL-KRON"


async def test_a_finding_quarantines_and_the_words_are_not_read_back(desk: Desk) -> None:
    number = await desk.posted(description="Ring 070-174 06 05 om lampan.")
    read = await desk.read(number)
    assert read["status"] == "open"
    assert read["description"] is None
    assert (read["lat"], read["long"]) != (59.34051, 18.007804)
    assert await lines(desk.intake) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"address_string": "Anna, 070-174 06 05"},
        {"address_id": "19900101-2385"},
        {"lat": "", "long": "", "address_string": "hos 070-174 06 05"},
    ],
)
async def test_an_address_is_screened_too(desk: Desk, fields: dict[str, str]) -> None:
    await desk.posted(**fields)
    (kept,) = await desk.intake.all("concerns")
    assert kept["state"]["status"] == "QUARANTINED"


async def test_the_quarantine_desk_reads_what_came_beside_the_report(desk: Desk) -> None:
    number = await desk.posted(address_string="Anna, 070-174 06 05")
    path = f"/intake/v1/quarantine/{number}/readings"
    headers = desk.intake.headers("DISTRICT_COORD")
    answer = await desk.intake.http.post(
        path, json={"purpose": "QUARANTINE_REVIEW"}, headers=headers
    )
    assert answer.status_code == 200
    texts = {one["field"]: one for one in answer.json()["texts"]}
    assert texts["enclosed"]["text"] == "Anna, 070-174 06 05"
    assert {one["type"] for one in texts["enclosed"]["findings"]} >= {"PHONE"}


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"attribute[ongoing_danger]": "YES"}, "112"),
        ({"service_code": "DIV.CRIME"}, "114 14"),
    ],
)
async def test_what_belongs_elsewhere_is_400_with_where_to_turn(
    desk: Desk, change: dict[str, str], where: str
) -> None:
    answer = await desk.send(POST | change)
    ((code, words),) = errors(answer)
    assert code == 400
    assert where in words
    assert "släckta" not in repr(await desk.intake.all("concerns"))
    assert await desk.intake.keys_of_vault() == []


# Errors


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "NO.SUCH"}, 404, "service_code"),
        ({"service_code": "FRD.OLDER_PEOPLE"}, 404, "service_code"),
        ({"jurisdiction_id": "elsewhere.org"}, 404, "jurisdiction_id"),
        ({"lat": "57.7", "long": "11.97"}, 400, "outside the district"),
        ({"lat": "", "long": ""}, 400, "address_string"),
        ({"lat": "", "long": "", "address_id": "PL-NOWHERE"}, 400, "unknown"),
        ({"description": "a" * 501}, 400, "500"),
        ({"attribute[x]": "1"}, 400, "definition"),
        ({"api_key": ""}, 403, "missing"),
        ({"api_key": "sml_test_" + "x" * 43}, 403, "key"),
        ({"description": "a" * 65_536}, 400, "too large"),
    ],
)
async def test_what_is_wrong_is_told_in_the_form_asked_for(
    desk: Desk, fields: dict[str, str], status: int, words: str
) -> None:
    for form in ("xml", "json"):
        answer = await desk.send(POST | fields, form)
        assert answer.status_code == status
        assert form in answer.headers["content-type"]
        assert words in errors(answer)[0][1]
    assert await desk.intake.all("concerns") == []


async def test_another_jurisdiction_is_refused_wherever_a_post_names_it(desk: Desk) -> None:
    body = urlencode({"api_key": desk.key, **POST})
    for named, status in ((DISTRICT.code, 201), ("elsewhere.org", 404)):
        answer = await desk.intake.http.post(
            f"{BASE}/requests.xml?jurisdiction_id={named}",
            content=body,
            headers=desk.at | {"content-type": FORM},
        )
        assert answer.status_code == status, answer.text
    assert len(await desk.intake.all("concerns")) == 1


async def test_several_errors_are_a_list(desk: Desk) -> None:
    answer = await desk.send({"lat": "x", "attribute[x]": "1"})
    assert len(errors(answer)) > 2


@pytest.mark.parametrize("form", ["xml", "json"])
async def test_what_does_not_exist_is_404_in_the_form_asked_for(desk: Desk, form: str) -> None:
    for path in (
        "requests/7b0c3f0e-5f0a-5f1e-9a58-0f6b3f1c2d4e",
        "requests/%3Cscript%3E",
        "tokens/7b0c3f0e-5f0a-5f1e-9a58-0f6b3f1c2d4e",
        "services/NO.SUCH",
        "nothing/here",
        "services/a/b/c",
    ):
        answer = await desk.get(f"{path}.{form}")
        assert answer.status_code == 404
        assert form in answer.headers["content-type"]
        assert "script>" not in answer.text
        errors(answer)
    answer = await desk.get(f"requests.{form}", status="maybe")
    assert answer.status_code == 400
    assert errors(answer)


async def test_an_unknown_form_or_path_is_404_in_xml_and_another_method_400(desk: Desk) -> None:
    for path in ("services.html", "requests.csv", "discovery.", "", "services"):
        answer = await desk.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 404
        assert errors(answer)
    for method in ("PUT", "DELETE", "PATCH"):
        answer = await desk.intake.http.request(method, f"{BASE}/requests.json")
        assert answer.status_code == 400
        assert errors(answer)


async def test_a_body_that_is_no_form_is_400(desk: Desk) -> None:
    for kind, body in (
        ("application/json", b'{"service_code": "ENV.LIGHTING"}'),
        ("application/xml", b"<a/>"),
        ("multipart/form-data; boundary=x", b'--x\r\ncontent-disposition: form-data; name="a"\r\n'),
        (FORM, b"description=%ff%fe"),
        (FORM, "description=ä".encode("latin-1")),
        (FORM, b"&".join(b"a%d=1" % n for n in range(500))),
        (FORM, b"description=%00"),
    ):
        answer = await desk.intake.http.post(
            f"{BASE}/requests.xml", content=body, headers={"content-type": kind}
        )
        assert answer.status_code == 400
        assert errors(answer)


async def test_letters_that_are_not_escaped_are_read_as_they_are(desk: Desk) -> None:
    """`curl -d` escapes nothing."""
    fields = POST | {"api_key": desk.key, "description": "Släckt på Älggatan."}
    body = "&".join(f"{name}={value}" for name, value in fields.items())
    answer = await desk.intake.http.post(
        f"{BASE}/requests.json", content=body.encode(), headers=desk.at | {"content-type": FORM}
    )
    assert answer.status_code == 201, answer.text
    (told,) = answer.json()
    assert (await desk.read(told["service_request_id"]))["description"] == "Släckt på Älggatan."


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "image/jpeg"])
@pytest.mark.parametrize("declared", [True, False])
async def test_a_photo_is_400_that_says_so_whatever_its_size(
    desk: Desk, form: str, kind: str, *, declared: bool
) -> None:
    """What a client sends before it reads is taken in, or the answer is lost with the rest."""
    size, sent = 25 * 1024 * 1024, 0

    async def photo() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < size:
            sent += 1024 * 1024
            yield b"x" * 1024 * 1024

    headers = {"content-type": kind} | ({"content-length": str(size)} if declared else {})
    answer = await desk.intake.http.post(
        f"{BASE}/requests.{form}", content=photo(), headers=headers
    )
    assert answer.status_code == 400
    assert "Bilder tas inte emot" in errors(answer)[0][1]
    assert sent == size
    assert answer.headers["x-correlation-id"]


async def test_a_photo_without_end_is_answered_all_the_same(desk: Desk) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 1024 * 1024

    answer = await desk.intake.http.post(
        f"{BASE}/requests.xml", content=endless(), headers={"content-type": "multipart/form-data"}
    )
    assert answer.status_code == 400
    assert "Bilder tas inte emot" in errors(answer)[0][1]
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("name", ["api_key", "X-Api-Key"])
async def test_a_key_in_a_header_of_its_own_posts_and_reads(desk: Desk, name: str) -> None:
    answer = await desk.send(POST, "json", key="", **{name: desk.key})
    assert answer.status_code == 201, answer.text
    number = answer.json()[0]["service_request_id"]
    read = await desk.get(f"requests/{number}.json", keyed=False, headers={name: desk.key})
    assert read.json()[0]["description"] == TEXT
    wrong = await desk.get("requests.xml", keyed=False, headers={name: "sml_live_nobody"})
    assert wrong.status_code == 403


async def test_a_missing_key_is_told_where_it_goes(desk: Desk) -> None:
    answer = await desk.send(POST, key="")
    ((status, words),) = errors(answer)
    assert status == 403
    assert all(name in words for name in ("Authorization", "api_key", "X-Api-Key"))


@pytest.mark.parametrize("form", ["xml", "json"])
async def test_while_the_database_is_away_it_is_503(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise Unavailable("AWAY")

    monkeypatch.setattr(ServiceRequests, "between", away)
    answer = await desk.get(f"requests.{form}")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert errors(answer)


async def test_hostile_texts_come_back_as_they_were(desk: Desk) -> None:
    texts = (
        "]]><request/><!--",
        "&lt;&amp;&#0;&xxe;",
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        "a\r\rb\n\nc\td\x7f\x85\u2028",
        "🚲 e\u0301 \u202e",
    )
    for text in texts:
        number = await desk.posted(description=text)
        (request,) = xml(await desk.get(f"requests/{number}.xml"))
        assert request.findtext("description") == text
        assert (await desk.read(number))["description"] == text


# Who reads what


async def test_without_a_key_nothing_is_readable(desk: Desk) -> None:
    number = await desk.posted()
    assert (await desk.get("requests.json", keyed=False)).json() == []
    for form in ("xml", "json"):
        answer = await desk.get(f"requests/{number}.{form}", keyed=False)
        assert answer.status_code == 404
    assert (await desk.get("servicerequestupdates.json", keyed=False)).json() == []


async def test_another_agencys_request_does_not_exist(desk: Desk) -> None:
    number = await desk.posted()
    other = Desk(desk.intake, agency="LIBRARIES")
    assert (await other.get(f"requests/{number}.json")).status_code == 404
    assert (await other.get("requests.json", service_request_id=number)).json() == []
    assert (await other.get("requests.json")).json() == []


async def test_a_concern_that_came_another_way_is_no_request(desk: Desk) -> None:
    number = (await desk.intake.report()).json()["concern_id"]
    assert (await desk.get(f"requests/{number}.json")).status_code == 404
    assert (await desk.get(f"tokens/{number}.json")).status_code == 404
    assert (await desk.get("requests.json")).json() == []


async def test_the_key_goes_in_headers_or_the_form_and_never_in_the_address(desk: Desk) -> None:
    number = await desk.posted()
    basic = b64encode(f"samlad:{desk.key}".encode()).decode()
    for headers in (
        {"Authorization": f"Bearer {desk.key}"},
        {"Authorization": f"Basic {basic}"},
        {"api_key": desk.key},
    ):
        found = await desk.get(f"requests/{number}.json", keyed=False, headers=headers)
        assert found.status_code == 200
        sent = await desk.send(POST, key="", **headers)
        assert sent.status_code == 201
    for headers in (
        {"Authorization": "Bearer x"},
        {"Authorization": "Basic !!"},
        {"Authorization": f"Basic {b64encode(b'nobody').decode()}"},
        {"api_key": "x"},
    ):
        refused = await desk.get("requests.xml", keyed=False, headers=headers)
        assert errors(refused)[0][0] == 403
    in_address = await desk.get("servicerequestupdates.xml", keyed=False, api_key=desk.key)
    ((code, words),) = errors(in_address)
    assert code == 403
    assert "replace it" in words
    empty = await desk.get("servicerequestupdates.xml", keyed=False, api_key="")
    assert empty.status_code == 200  # FixMyStreet names it even where it has none


async def test_who_guesses_keys_is_told_to_wait_and_a_right_one_is_let_in(
    settings_of: Settings, mongo_url: str, without_indexes: None
) -> None:
    settings = settings_of.model_copy(update={"rate_of_wrong_keys": "1/minute"})  # demo: 100
    async with running(settings, mongo_url) as service:
        desk = Desk(service)
        for n in range(100):
            guess = b64encode(f"samlad:guess-{n}".encode()).decode()
            headers = {"Authorization": f"Basic {guess}"}
            answer = await desk.get("requests.xml", keyed=False, headers=headers)
            assert errors(answer)[0][0] == 403
        answer = await desk.get("requests.xml", keyed=False, headers=headers)
        assert errors(answer)[0][0] == 429
        assert answer.headers["retry-after"]
        right = b64encode(f"samlad:{desk.key}".encode()).decode()
        for headers in ({"Authorization": f"Basic {right}"}, {"api_key": desk.key}):
            answer = await desk.get("requests.xml", keyed=False, headers=headers)
            assert answer.status_code == 200


async def test_who_guesses_keys_in_the_form_is_told_to_wait_as_well(
    settings_of: Settings, mongo_url: str, without_indexes: None
) -> None:
    settings = settings_of.model_copy(update={"rate_of_wrong_keys": "1/minute"})  # demo: 100
    async with running(settings, mongo_url) as service:
        desk = Desk(service)
        await know_places(service)
        for n in range(100):
            assert errors(await desk.send(POST, key=f"guess-{n}"))[0][0] == 403
        answer = await desk.send(POST, key="guess-å")
        assert errors(answer)[0][0] == 429
        assert answer.headers["retry-after"]
        assert (await desk.send(POST)).status_code == 201


async def test_a_key_in_the_form_has_the_limit_of_a_key_in_the_header(
    settings_of: Settings, mongo_url: str, without_indexes: None
) -> None:
    settings = settings_of.model_copy(update={"rate_per_key": "1/minute"})  # demo: 100
    async with running(settings, mongo_url) as service:
        desk = Desk(service)
        for number in range(50):
            assert errors(await desk.send({}))[0][0] == 400
            header = {"Authorization": f"Bearer {desk.key}"}
            answer = await desk.send({}, key="", **header)
            assert errors(answer)[0][0] == 400
            assert f'"key";r={98 - 2 * number};' in answer.headers["ratelimit"]
        answer = await desk.send(POST)
        assert errors(answer)[0][0] == 429
        assert int(answer.headers["retry-after"]) > 0
        assert '"key";r=0;' in answer.headers["ratelimit"]
        assert (await Desk(service, agency="DISTRICT_COORD").send({})).status_code == 400


async def test_a_key_of_another_district_is_403(desk: Desk) -> None:
    elsewhere = Desk(desk.intake, agency="ELSEWHERE")
    assert errors(await elsewhere.send(POST))[0][0] == 403
    assert errors(await elsewhere.get("requests.xml"))[0][0] == 403


async def test_reading_back_leaves_a_line_about_each_that_was_opened(desk: Desk) -> None:
    one = await desk.posted()
    two = await desk.posted(lat="59.340511")
    assert await lines(desk.intake) == []
    await desk.read(one)
    assert [line["subject"] for line in await lines(desk.intake)] == [one]
    assert len((await desk.get("requests.json")).json()) == 2
    noted = await lines(desk.intake)
    assert sorted(line["subject"] for line in noted) == sorted([one, one, two])
    assert {line["count"] for line in noted} == {1}
    assert "släckta" not in str(noted)
    assert (await desk.get("requests.json", service_code="ENV.LITTER")).json() == []
    assert await lines(desk.intake) == noted


async def test_nothing_is_shown_that_is_not_noted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await desk.posted()

    async def away(_trail: AuditTrail, *_lines: Line) -> None:
        raise Unavailable("AWAY")

    monkeypatch.setattr(AuditTrail, "note", away)
    for path in (f"requests/{number}.xml", "requests.xml"):
        answer = await desk.get(path)
        assert answer.status_code == 503
        assert "släckta" not in answer.text


async def test_a_destroyed_key_leaves_the_codes(desk: Desk) -> None:
    number = await desk.posted()
    keys = desk.intake.mongo[desk.intake.settings.keys_database_name]["data_keys"]
    await keys.delete_many({})
    read = await desk.read(number)
    assert read["description"] is None
    assert read["service_code"] == "ENV.LIGHTING"


async def test_an_opened_excerpt_has_no_words_and_no_exact_place(opened: Desk) -> None:
    near = await opened.posted()
    far = await opened.posted(lat="59.330012", long="18.001003")
    personal = await opened.posted(service_code="ORD.FIGHT")
    held = await opened.posted(description="Ring 070-174 06 05.")
    listed = {
        each["service_request_id"]: each
        for each in (await opened.get("requests.json", keyed=False)).json()
    }
    assert listed.keys() == {near, far}
    for number in (personal, held):
        answer = await opened.get(f"requests/{number}.json", keyed=False)
        assert answer.status_code == 404
    text = (await opened.get("requests.xml", keyed=False)).text
    for secret in ("släckta", "59.34051", "18.007804", "59.330012", "18.001003"):
        assert secret not in text
    horn = DISTRICT.place("PL-HORN")
    assert horn is not None
    assert listed[near]["address_id"] == "PL-HORN"
    assert (listed[near]["lat"], listed[near]["long"]) == (horn.lat, horn.lon)
    assert listed[far]["address"] is None
    assert listed[near]["requested_datetime"].endswith("T21:00:00Z")
    assert await lines(opened.intake) == []
    other = Desk(opened.intake, agency="LIBRARIES")
    assert (await other.read(near))["description"] is None
    assert (await opened.read(near))["description"] == TEXT


# Asking for many


async def _rows(desk: Desk, number: int, age: timedelta = timedelta()) -> None:
    """Requests as the store keeps them, without their texts; one a minute."""
    await desk.posted(lat="59.340599")
    collection = desk.intake.mongo[desk.intake.settings.database_name]["concerns"]
    row = await collection.find_one({"via": "open311"})
    assert row is not None
    marks = count()
    rows = [
        {
            **row,
            "_id": f"00000000-0000-5000-8000-{next(marks):012d}",
            "vault": {},
            "outbox": [],
            "registered_at": NOW - age - timedelta(minutes=n),
        }
        for n in range(number)
    ]
    await collection.insert_many(rows)
    await collection.delete_one({"_id": row["_id"]})


async def test_at_most_a_thousand_are_listed_newest_first(desk: Desk) -> None:
    await _rows(desk, 1005)
    listed = (await desk.get("requests.json")).json()
    times = [each["requested_datetime"] for each in listed]
    assert len(listed) == 1000
    assert times == sorted(times, reverse=True)
    assert times[0] == f"{NOW:%Y-%m-%dT%H:%M:%SZ}"


def _ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    if answer.headers["content-type"].startswith("application/json"):
        return [each["service_request_id"] for each in answer.json()]
    return [each.findtext("service_request_id", "") for each in xml(answer)]


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize("status", ["", "open"])
async def test_a_client_that_pages_until_nothing_comes_has_read_all_of_it_once(
    desk: Desk, form: str, status: str
) -> None:
    """Also those of one moment stand in a stable order."""
    await _rows(desk, 25)
    collection = desk.intake.mongo[desk.intake.settings.database_name]["concerns"]
    await collection.update_many({}, {"$set": {"registered_at": NOW}})
    litter = await desk.posted(service_code="ENV.LITTER")
    await _case(desk, litter, duplicate_of="00000000-0000-5000-8000-000000000001")
    asked = {"status": status, "page_size": "7"}
    whole = _ids(await desk.get(f"requests.{form}", {"status": status}))
    assert len(whole) == (25 if status else 26)
    paged: list[str] = []
    for page in range(1, 10):
        found = _ids(await desk.get(f"requests.{form}", asked | {"page": str(page)}))
        if not found:
            break
        assert len(found) <= 7
        paged += found
    assert page == 5
    assert paged == whole


async def test_a_page_without_a_size_is_of_a_thousand(desk: Desk) -> None:
    await _rows(desk, 1005)
    first = _ids(await desk.get("requests.json", page="1"))
    second = _ids(await desk.get("requests.json", page="2"))
    assert (len(first), len(second)) == (1000, 5)
    assert len({*first, *second}) == 1005


async def test_requests_asked_for_by_id_are_paged_too(desk: Desk) -> None:
    numbers = [await desk.posted(lat=f"59.34051{n}") for n in range(3)]
    asked = {"service_request_id": ",".join(numbers), "page_size": "2"}
    pages = [_ids(await desk.get("requests.json", asked, page=str(n))) for n in (1, 2, 3)]
    assert [len(page) for page in pages] == [2, 1, 0]
    assert {*pages[0], *pages[1]} == {*numbers}


@pytest.mark.parametrize("form", ["xml", "json"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"page": "0"},
        {"page": "-1"},
        {"page": "x"},
        {"page": ""},
        {"page": "9" * 30},
        {"page_size": "0"},
        {"page_size": "1001"},
        {"page_size": "1.5"},
    ],
)
async def test_a_wrong_page_is_400_in_the_form_asked_for(
    desk: Desk, form: str, wrong: Mapping[str, str]
) -> None:
    answer = await desk.get(f"requests.{form}", wrong)
    assert answer.status_code == 400
    ((_, words),) = errors(answer)
    assert next(iter(wrong)) in words


async def test_a_page_far_beyond_the_last_is_empty(desk: Desk) -> None:
    await desk.posted()
    asked = {"page": str(10**9), "page_size": "1000"}
    assert _ids(await desk.get("requests.json", asked)) == []
    assert _ids(await desk.get("requests.xml", asked | {"status": "open"})) == []


async def test_without_dates_the_last_90_days_are_listed(desk: Desk) -> None:
    await _rows(desk, 3, timedelta(days=91))
    assert (await desk.get("requests.json")).json() == []
    from_then = f"{NOW - timedelta(days=95):%Y-%m-%dT%H:%M:%SZ}"
    assert len((await desk.get("requests.json", start_date=from_then)).json()) == 3


@pytest.mark.parametrize(
    ("start", "end", "status"),
    [
        ("2026-03-01T00:00:00Z", "2026-05-30T00:00:00Z", 200),
        ("2026-03-01T00:00:00Z", "2026-05-30T00:00:01Z", 400),
        ("2026-05-30T00:00:00Z", "2026-03-01T00:00:00Z", 400),
        ("2026-05-30T02:00:00 02:00", "2026-05-30T00:00:00Z", 200),  # an unescaped plus
        ("2026-05-30", "", 400),
        ("yesterday", "", 400),
        ("0001-01-01T00:00:00+14:00", "", 400),
        ("", "0001-01-01T00:00:00Z", 400),
    ],
)
async def test_a_span_is_at_most_90_days_and_of_zoned_times(
    desk: Desk, start: str, end: str, status: int
) -> None:
    for path in ("requests.xml", "servicerequestupdates.xml"):
        answer = await desk.get(path, start_date=start, end_date=end)
        assert answer.status_code == status, answer.text


async def test_requests_are_found_by_id_service_and_status(desk: Desk) -> None:
    lamp, litter = await desk.posted(), await desk.posted(service_code="ENV.LITTER")
    await _case(desk, litter, duplicate_of=lamp)

    async def found(**query: str | list[str]) -> set[str]:
        listed = (await desk.get("requests.json", query)).json()
        return {each["service_request_id"] for each in listed}

    assert await found() == {lamp, litter}
    assert await found(status=["open", "closed"]) == {lamp, litter}
    assert await found(service_request_id=[litter, lamp]) == {lamp, litter}
    assert await found(service_code=["ENV.LITTER", "ENV.SHARPS"]) == {litter}
    assert await found(service_request_id=f"{lamp}, {litter},nothing") == {lamp, litter}
    assert await found(service_request_id=lamp, status="closed") == {lamp}  # overrides the rest
    assert await found(service_code="ENV.LITTER,ENV.SHARPS") == {litter}
    assert await found(status="open") == {lamp}
    assert await found(status="closed") == {litter}
    assert await found(status="open,closed") == {lamp, litter}
    assert await found(jurisdiction_id=DISTRICT.code.lower()) == {lamp, litter}
    many = ",".join(map(str, range(1001)))
    assert (await desk.get("requests.xml", service_request_id=many)).status_code == 400


# What became of it


async def _case(desk: Desk, number: str, **more: object) -> None:
    """What the projector of coordination's events would have written."""
    cases = desk.intake.mongo[desk.intake.settings.database_name]["cases"]
    row = {"_id": number, "moved_at": NOW + timedelta(hours=1), "triage": "LINKED", **more}
    await cases.replace_one({"_id": number}, row, upsert=True)


async def test_updates_tell_coordinations_states_in_the_districts_words(desk: Desk) -> None:
    number, silent = await desk.posted(), await desk.posted(service_code="ENV.LITTER")
    await _case(desk, number, feedback={"code": "MEASURE_DONE", "effect": "IMPROVED"})
    later = Desk(desk.intake, now=NOW + timedelta(hours=2))

    top = xml(await later.get("servicerequestupdates.xml"))
    assert top.tag == "service_request_updates"
    (update,) = top
    told = {child.tag: child.text for child in update}
    assert update.tag == "request_update"
    assert told["service_request_id"] == number
    assert told["status"] == "fixed"
    assert told["updated_datetime"] == "2026-06-05T22:40:00Z"
    assert told["description"] == DISTRICT.feedback_codes["MEASURE_DONE"].sv
    assert told["update_id"]

    read = await later.read(number)
    assert (read["status"], read["updated_datetime"]) == ("closed", told["updated_datetime"])
    assert read["status_notes"] == told["description"]
    assert (await later.read(silent))["status"] == "open"


async def test_an_update_is_told_once_by_its_id_and_anew_when_it_moves(desk: Desk) -> None:
    number = await desk.posted()
    later = Desk(desk.intake, now=NOW + timedelta(hours=3))

    async def told(**query: str) -> list[dict[str, str]]:
        listed: list[dict[str, str]] = (await later.get("servicerequestupdates.json", query)).json()
        return listed

    await _case(desk, number, triage="LINKED")
    (first,), (again,) = await told(), await told()
    await _case(desk, number, triage="LINKED", duplicate_of="x", moved_at=later.now)
    (moved,) = await told()
    assert first == again
    assert first["status"] == "investigating"
    assert moved["status"] == "duplicate"
    assert moved["update_id"] != first["update_id"]
    before = {"start_date": "2026-06-05T00:00:00Z", "end_date": "2026-06-05T12:00:00Z"}
    assert await told(**before) == []


async def test_a_problem_that_moves_moves_its_requests(desk: Desk) -> None:
    number = await desk.posted()
    await _case(desk, number, problem_id="p")
    problems = desk.intake.mongo[desk.intake.settings.database_name]["problems"]
    moved = NOW + timedelta(days=120)
    await problems.insert_one({"_id": "p", "state": "RESOLVED", "moved_at": moved})
    later = Desk(desk.intake, now=moved + timedelta(hours=1))
    (update,) = (await later.get("servicerequestupdates.json")).json()
    assert (update["service_request_id"], update["status"]) == (number, "fixed")


async def test_updates_are_not_taken_in_and_never_lost_silently(desk: Desk) -> None:
    answer = await desk.intake.http.post(
        f"{BASE}/servicerequestupdates.xml",
        content=urlencode({"api_key": desk.key, "description": "Fortfarande mörkt"}),
        headers={"content-type": FORM},
    )
    ((code, words),) = errors(answer)
    assert code == 400
    assert "not kept" in words


async def test_others_see_no_updates(desk: Desk) -> None:
    await _case(desk, await desk.posted())
    other = Desk(desk.intake, agency="LIBRARIES", now=NOW + timedelta(hours=2))
    assert (await other.get("servicerequestupdates.json")).json() == []


async def test_a_token_is_the_requests_number(desk: Desk) -> None:
    number = await desk.posted()
    (request,) = xml(await desk.get(f"tokens/{number}.xml"))
    assert request.findtext("service_request_id") == request.findtext("token") == number
    assert await desk.intake.all("audit") == []  # nothing of it was opened


async def test_a_token_is_answered_only_to_who_may_see_the_request(desk: Desk) -> None:
    number = await desk.posted()
    other = Desk(desk.intake, agency="LIBRARIES")
    assert (await other.get(f"tokens/{number}.json")).status_code == 404
    assert (await desk.get(f"tokens/{number}.json", keyed=False)).status_code == 404


async def test_head_answers_as_get_without_a_body(desk: Desk) -> None:
    there = await desk.intake.http.head(f"{BASE}/services.xml")
    gone = await desk.intake.http.head(f"{BASE}/services.html")
    assert (there.status_code, there.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert (gone.status_code, gone.content) == (404, b"")


async def test_errors_outside_the_prefix_stay_problems(desk: Desk) -> None:
    answer = await desk.intake.http.get("/intake/v1/nothing")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.real
async def test_real_requests_of_another_city_come_back_as_they_were(desk: Desk) -> None:
    """Köln's own texts and addresses: unchanged, or held back for a person, or refused as long."""
    file = REAL / "civic311" / "koeln-open311" / "requests-2016-02.json"
    came_back = 0
    for row in json.loads(file.read_text("utf-8")):
        text, address = row.get("description") or "", row.get("address") or ""
        answer = await desk.send(POST | {"description": text, "address_string": address}, "json")
        if len(text.strip()) > LONGEST_NARRATIVE:
            assert errors(answer)[0][0] == 400
            continue
        read = await desk.read(answer.json()[0]["service_request_id"])
        told = (read["description"] or "", read["address"] or "")
        waits = read["address_id"] is not None  # then the place is told, and no word
        assert told == (text, address) or (waits and told[0] == "")
        came_back += not waits
    assert came_back
