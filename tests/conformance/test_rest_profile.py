"""Digg's REST API profile 1.2: one test per rule id, on the documents and answers of all services.

`rules.py` lists every rule, and why some have no test. conventions say where Samlad deviates: the
documents' own pages may use inline style; a command is a sub-resource named by its verb.
"""

import json
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import AwareDatetime, TypeAdapter

from deploy.samlad.places import root
from shared.contracts.codes import Role
from shared.security.keys import RecordKeyRing, issue
from shared.security.session import SessionSeal
from tests.conformance import test_rest_profile_answers as answers
from tests.conformance.conftest import PUBLIC, SECRET, Api, Json, Operation, signed_in
from tests.conformance.rights import NEEDS, somebody_who_may
from tests.conformance.rules import RULES, UNDECIDED
from tests.intake.conftest import DISTRICT
from tests.support.json_schema import follow

PROBLEM = "application/problem+json"
SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
SEGMENT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
AS_THE_PROFILE_WRITES_IT = frozenset({"ApiInfo", "Problem", "ItemProblem"})
WITHOUT_PLURAL = frozenset({
    "triage", "situation", "sspf", "stream", "api-info", "quarantine", "audit",
})  # fmt: skip
COMMAND = "POST"
KEYED = {"idempotency-key": "k"}


def test_every_rule_has_a_test_or_a_reason() -> None:
    names = [*globals(), *vars(answers)]
    tested = {
        f"{found[1].upper()}.{found[2]}"
        for name in names
        if (found := re.match(r"test_([a-z]{3})_(\d\d)_", name))
    }
    assert tested | UNDECIDED.keys() == RULES
    assert not tested & UNDECIDED.keys()
    assert all(reason.strip() for reason in UNDECIDED.values())


async def get(client: httpx.AsyncClient, path: str, **headers: str) -> httpx.Response:
    return await client.get(path, headers=headers)


def answered(operation: Operation, family: str) -> list[tuple[str, Json]]:
    return [(s, a) for s, a in operation.said["responses"].items() if s.startswith(family)]


# Documentation


async def test_dok_01_document_and_pages_are_open(api: Api, client: httpx.AsyncClient) -> None:
    for path in ("openapi.json", "v1/openapi.json", "docs"):
        assert (await client.get(f"/{api.name}/{path}")).status_code == 200, path
    assert api.document["externalDocs"]["url"] == f"{PUBLIC}/{api.name}/docs"


def test_dok_03_what_a_stranger_needs_to_know_is_there(api: Api) -> None:
    info = api.document["info"]
    assert info["title"]
    assert info["description"]
    assert info["termsOfService"]
    assert info["license"]["name"]
    assert info["contact"]["name"]
    assert "v1" in info["description"]
    assert api.document["components"]["schemas"]
    assert api.document["components"]["securitySchemes"] or not _signed_in(api)


def test_dok_06_everything_is_said_in_swedish_and_in_english(api: Api) -> None:
    for operation in api.operations():
        assert " / " in operation.said["summary"], operation.name
        assert re.search(r" / |\n\n", operation.said["description"]), operation.name
    text = api.document["info"]["description"]
    assert "Gränser" in text
    assert "Limits" in text


def test_dok_07_the_api_is_described(api: Api) -> None:
    assert len(api.document["info"]["description"]) > 200


def test_dok_08_the_service_level_is_told(api: Api) -> None:
    assert "Servicenivå" in api.document["info"]["description"]


def test_dok_09_limits_are_told(api: Api) -> None:
    text = api.document["info"]["description"]
    assert "64 KiB" in text
    assert "429" in text


async def test_dok_10_an_api_that_is_to_end_says_when(api: Api, client: httpx.AsyncClient) -> None:
    status = (await client.get(f"/{api.name}/v1/api-info")).json()["apiStatus"]
    assert status == "active" or "Sunset" in api.document["info"]["description"]


def test_dok_11_every_operation_says_what_it_does(api: Api) -> None:
    for operation in api.operations():
        assert len(operation.said["description"]) > len(" / "), operation.name
        assert operation.said["tags"], operation.name


def test_dok_12_resources_are_grouped_and_named(api: Api) -> None:
    ids = [operation.said["operationId"] for operation in api.operations()]
    assert len(ids) == len(set(ids))
    assert all(operation.said["summary"] for operation in api.operations())


def test_dok_13_the_expected_answers_are_all_there(api: Api) -> None:
    for operation in api.operations():
        said = operation.said["responses"].keys()
        assert any(status.startswith("2") for status in said), operation.name
        assert {"429", "503", "default"} <= said, operation.name
        if operation.said.get("security"):
            assert {"401", "403"} <= said, operation.name
        if operation.parameters("path"):
            assert "404" in said, operation.name
        if "requestBody" in operation.said:
            assert {"400", "413", "415", "422"} <= said, operation.name


def test_dok_15_every_body_and_answer_has_a_whole_example(api: Api) -> None:
    for operation in api.operations():
        for kind, media in operation.said.get("requestBody", {}).get("content", {}).items():
            assert _examples_fit(api, kind, media), operation.name
        for status, answer in answered(operation, "2"):
            for kind, media in answer.get("content", {}).items():
                if kind == "application/json":
                    assert _examples_fit(api, kind, media), (operation.name, status)


def _examples_fit(api: Api, kind: str, media: Json) -> bool:
    schema = {**media["schema"], "components": api.document["components"]}
    shown = [example["value"] for example in media["examples"].values()]
    if kind == "application/json":
        follow(schema, *shown)
    return bool(shown)


def test_dok_16_every_answer_and_body_has_a_data_model(api: Api) -> None:
    for operation in api.operations():
        contents = [answer.get("content", {}) for answer in operation.said["responses"].values()]
        for content in [*contents, operation.said.get("requestBody", {}).get("content", {})]:
            for kind, media in content.items():
                if "json" in kind or "form" in kind:
                    assert media["schema"], (operation.name, kind)


def test_dok_17_the_document_is_openapi_3(api: Api) -> None:
    assert api.document["openapi"].startswith("3.1")


async def test_dok_18_the_document_is_json(api: Api, client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/{api.name}/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == json.loads(json.dumps(api.document))


def test_dok_19_every_parameter_is_described(api: Api) -> None:
    for operation in api.operations():
        for parameter in operation.said.get("parameters", ()):
            assert parameter["description"], (operation.name, parameter["name"])


def test_dok_20_every_answer_has_words(api: Api) -> None:
    for operation in api.operations():
        for status, answer in operation.said["responses"].items():
            assert answer["description"].strip(), (operation.name, status)


def test_dok_21_what_asks_who_one_is_says_so(api: Api) -> None:
    schemes = api.document["components"].get("securitySchemes", {})
    for operation in _signed_in(api):
        named = {name for each in operation.said["security"] for name in each}
        assert named <= schemes.keys(), operation.name
        assert "ApiKey" in named, operation.name


def _signed_in(api: Api) -> list[Operation]:
    return [operation for operation in api.operations() if operation.said.get("security")]


def test_dok_22_a_major_version_has_a_document_of_its_own(api: Api) -> None:
    assert api.document["info"]["version"].startswith("1.")
    assert all("/v1/" in operation.path for operation in api.operations())


async def test_dok_23_the_document_lies_under_the_root_of_the_api(
    api: Api, client: httpx.AsyncClient
) -> None:
    under_root = await client.get(f"/{api.name}/v1/openapi.json")
    assert under_root.json() == (await client.get(f"/{api.name}/openapi.json")).json()


async def test_dok_24_its_name_is_openapi_json(api: Api, client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/{api.name}/v1/openapi.json")).status_code == 200


# Dates and times


def test_dot_02_dates_and_times_say_that_they_are_of_rfc_3339(api: Api) -> None:
    named = re.compile(r".*(_at|_from|_to|_on|_day|_observed)|as_of|due|begins|ends|planned_start")
    for where, name, said in api.properties():
        for each in [said, *said.get("anyOf", ())]:
            if named.fullmatch(name) and each.get("type") == "string":
                assert each.get("format") in {"date", "date-time"}, (where, name)


@pytest.mark.parametrize("zone", ["Z", "+02:00", "-09:30"])
def test_dot_03_a_time_without_a_zone_is_none(zone: str) -> None:
    times = TypeAdapter(AwareDatetime)
    assert times.validate_python(f"2026-06-05T21:40:00{zone}")
    with pytest.raises(ValueError, match="timezone"):
        times.validate_python("2026-06-05T21:40:00")


# Resources


def test_res_02_no_persons_and_no_keys_of_tables_are_shown(api: Api) -> None:
    of_persons = re.compile(r"person(al)?_?(number|nummer|name)|ssn|email|phone_number|user_id")
    for where, name, _ in api.properties():
        assert not of_persons.search(name), (where, name)
        assert not name.startswith("_"), (where, name)


def test_res_03_ids_are_not_numbers_in_a_row(api: Api) -> None:
    for operation in api.operations():
        for parameter in operation.parameters("path"):
            assert parameter["schema"]["type"] == "string", operation.name
            assert parameter["schema"]["pattern"], operation.name


def test_res_04_no_id_depends_on_a_parent(api: Api) -> None:
    assert all(len(operation.parameters("path")) <= 1 for operation in api.operations())


def test_res_06_resources_are_nouns_in_the_plural_lower_case(api: Api) -> None:
    for operation in api.operations():
        _, service, version, resource, *rest = operation.path.split("/")
        assert (service, version) == (api.name, "v1")
        assert SEGMENT.fullmatch(resource)
        assert resource in WITHOUT_PLURAL or resource.endswith("s"), operation.name
        if rest and not rest[-1].startswith("{"):
            assert operation.method.upper() == COMMAND, operation.name


# Addresses


def test_ufn_01_addresses_are_api_version_resource(api: Api) -> None:
    shape = re.compile(rf"/{api.name}/v1/[a-z-]+(/\{{\w+\}})?(/[a-z-]+)?")
    for operation in api.operations():
        assert shape.fullmatch(operation.path), operation.path


def test_ufn_02_the_server_is_https_on_its_usual_port(api: Api) -> None:
    assert [server["url"] for server in api.document["servers"]] == [PUBLIC]


def test_ufn_03_nothing_is_sent_in_by_parameters(api: Api) -> None:
    for operation in api.operations():
        assert operation.method == "get" or not operation.parameters("query"), operation.name


def test_ufn_04_lists_come_in_pages(api: Api) -> None:
    for operation in _lists(api):
        names = {parameter["name"] for parameter in operation.parameters("query")}
        assert {"limit", "page"} <= names, operation.name


def test_ufn_05_addresses_are_short(api: Api) -> None:
    assert all(len(PUBLIC + operation.url) < 2048 for operation in api.operations())


def test_ufn_07_addresses_keep_to_plain_characters(api: Api) -> None:
    for operation in api.operations():
        for segment in operation.path.split("/")[1:]:
            assert segment.startswith("{") or re.fullmatch(r"[a-z0-9.~-]+", segment), operation.path


def test_ufn_08_words_are_parted_by_hyphens(api: Api) -> None:
    for operation in api.operations():
        for segment in operation.path.split("/")[1:]:
            assert segment.startswith("{") or SEGMENT.fullmatch(segment), operation.path


def test_ufn_09_no_spaces_and_no_underscores(api: Api) -> None:
    for operation in api.operations():
        assert not re.search(r"[ _]", re.sub(r"\{\w+\}", "", operation.path)), operation.path


# Maturity


def test_mog_01_resources_and_methods_mean_what_http_says(api: Api) -> None:
    for operation in api.operations():
        assert operation.method != "get" or "requestBody" not in operation.said, operation.name
        made = "201" in operation.said["responses"]
        assert not made or operation.method in {"post", "put"}, operation.name


def test_mog_03_a_post_that_only_reads_says_why(api: Api) -> None:
    reads = [o for o in api.operations() if o.method == "post" and "search" in o.path]
    assert reads == []


# Messages


def test_ame_01_representations_are_json(api: Api) -> None:
    beside = {"application/pdf", "text/event-stream", "text/csv", "application/geo+json"}
    for operation in api.operations():
        for status, answer in answered(operation, "2"):
            kinds = answer.get("content", {}).keys()
            assert "application/json" in kinds or kinds <= beside, (operation.name, status)


async def test_ame_02_json_comes_without_being_asked_for(
    api: Api, client: httpx.AsyncClient
) -> None:
    for accept in ({}, {"accept": "*/*"}, {"accept": "application/json"}):
        answer = await client.get(f"/{api.name}/v1/api-info", headers=accept)
        assert answer.headers["content-type"] == "application/json"


def test_ame_04_field_names_are_snake_case(api: Api) -> None:
    for where, name, _ in api.properties():
        assert where in AS_THE_PROFILE_WRITES_IT or SNAKE.fullmatch(name), (where, name)


def test_ame_05_one_way_of_naming(api: Api) -> None:
    odd = {name for where, name, _ in api.properties() if not SNAKE.fullmatch(name)}
    assert odd <= {"apiName", "apiVersion", "apiReleased", "apiDocumentation", "apiStatus"} | {
        "invalid-parameters"
    }


def test_ame_06_lists_have_plural_names(api: Api) -> None:
    plural = re.compile(
        r".*s|secondary|skipped|superseded|unreadable|audit|measures_taken|similar|could_act|timeline"
    )
    sentences = {"summary_sv", "summary_en"}
    for where, name, said in api.properties():
        if said.get("type") == "array":
            assert name in sentences or plural.fullmatch(name), (where, name)


def test_ame_07_field_names_are_letters_and_digits(api: Api) -> None:
    for where, name, _ in api.properties():
        assert where in AS_THE_PROFILE_WRITES_IT or name.replace("_", "").isalnum(), (where, name)


# Requests


@pytest.mark.parametrize("charset", ["", "; charset=utf-8"])
async def test_arq_01_requests_are_utf_8(
    api: Api, client: httpx.AsyncClient, keys: dict[Role, str], charset: str
) -> None:
    for operation in _with_json(api):
        broken = await _sent(
            client, operation, keys, content=b'{"a": "\xe5"}', kind=f"application/json{charset}"
        )
        assert broken.status_code == 400, operation.name
        assert broken.json()["code"] == "bad-json"


async def test_arq_02_authorization_and_content_type_are_read(
    api: Api, client: httpx.AsyncClient, keys: dict[Role, str]
) -> None:
    for operation in _signed_in(api):
        wrong = await client.request(
            operation.method, operation.url, headers=KEYED | {"authorization": "Bearer nobody"}
        )
        assert wrong.status_code == 401, operation.name
    for operation in _with_json(api):
        odd = await _sent(client, operation, keys, content=b"<a/>", kind="application/xml")
        assert odd.status_code == 415, operation.name


async def test_arq_03_the_usual_headers_disturb_nothing(
    api: Api, client: httpx.AsyncClient
) -> None:
    answer = await get(
        client,
        f"/{api.name}/v1/api-info",
        accept="application/json",
        date="Fri, 05 Jun 2026 21:40:00 GMT",
        **{"cache-control": "no-cache", "connection": "keep-alive", "cookie": "a=b"},
        etag='"1"',
    )
    assert answer.status_code == 200


def test_arq_05_headers_carry_no_payload(api: Api) -> None:
    for operation in api.operations():
        for parameter in operation.parameters("header"):
            schemas = parameter["schema"].get("anyOf", [parameter["schema"]])
            kinds = {schema["type"] for schema in schemas}
            assert kinds <= {"string", "integer", "null"}, (operation.name, parameter["name"])


# Errors


async def test_fel_01_a_problem_says_what_where_and_which(
    api: Api, client: httpx.AsyncClient, keys: dict[Role, str]
) -> None:
    schema = api.schemas()["Problem"]
    assert {"type", "title", "status", "detail", "instance"} <= set(schema["required"])
    for answer in await _refusals(api, client, keys):
        follow(schema, answer.json())
        assert answer.json()["status"] == answer.status_code


async def test_fel_02_problems_have_their_own_media_type(
    api: Api, client: httpx.AsyncClient, keys: dict[Role, str]
) -> None:
    for answer in await _refusals(api, client, keys):
        assert answer.headers["content-type"] == PROBLEM
    for operation in api.operations():
        for family in ("4", "5", "default"):
            for status, said in answered(operation, family):
                assert said["content"].keys() == {PROBLEM}, (operation.name, status)


async def _refusals(
    api: Api, client: httpx.AsyncClient, keys: dict[Role, str]
) -> list[httpx.Response]:
    found = [await client.get("/nowhere"), await client.get(f"/{api.name}/v1/nowhere")]
    found.append(await client.delete(f"/{api.name}/v1/api-info"))
    found += [await client.request(o.method, o.url, headers=KEYED) for o in _signed_in(api)]
    for body in (b"{", b'{"no_such": 1}'):
        found += [
            await _sent(client, operation, keys, content=body) for operation in _with_json(api)
        ]
    assert {answer.status_code for answer in found} >= {404, 405}
    assert all(answer.status_code >= 400 for answer in found)
    return found


# Versions


def test_ver_04_versions_are_semantic(api: Api) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", api.document["info"]["version"])


def test_ver_05_the_major_version_is_in_the_address(api: Api) -> None:
    assert all(operation.path.split("/")[2] == "v1" for operation in api.operations())


async def test_ver_06_api_info_lies_under_the_root(api: Api, client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/{api.name}/v1/api-info")).status_code == 200


async def test_ver_07_api_info_tells_name_version_date_documents_and_status(
    api: Api, client: httpx.AsyncClient
) -> None:
    info = (await client.get(f"/{api.name}/v1/api-info")).json()
    assert info["apiName"] == api.name
    assert info["apiVersion"] == api.document["info"]["version"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", info["apiReleased"])
    assert info["apiDocumentation"] == f"{PUBLIC}/{api.name}/docs"
    assert set(info) == set(api.schemas()["ApiInfo"]["properties"])


async def test_ver_10_the_status_is_one_of_the_profiles(
    api: Api, client: httpx.AsyncClient
) -> None:
    known = {"alpha", "beta", "active", "deprecated", "retired", "decommissioned"}
    assert (await client.get(f"/{api.name}/v1/api-info")).json()["apiStatus"] in known
    assert set(api.schemas()["ApiInfo"]["properties"]["apiStatus"]["enum"]) <= known


async def test_ver_11_what_is_not_yet_active_is_version_0(
    api: Api, client: httpx.AsyncClient
) -> None:
    info = (await client.get(f"/{api.name}/v1/api-info")).json()
    early = info["apiStatus"] in {"alpha", "beta"}
    assert early == info["apiVersion"].startswith("0.")


async def test_ver_12_the_first_active_version_is_1(api: Api, client: httpx.AsyncClient) -> None:
    info = (await client.get(f"/{api.name}/v1/api-info")).json()
    assert (info["apiStatus"], info["apiVersion"].partition(".")[0]) == ("active", "1")


# Filters and pages


def test_fns_01_parameters_are_named_in_one_way(api: Api) -> None:
    for operation in api.operations():
        for parameter in operation.parameters("query"):
            assert SNAKE.fullmatch(parameter["name"]), (operation.name, parameter["name"])


async def test_fns_02_values_are_percent_encoded_utf_8(
    api: Api, client: httpx.AsyncClient, keys: dict[Role, str]
) -> None:
    for operation in _lists(api):
        refused = await client.get(f"{operation.url}?limit=%30", headers=bearer(keys, operation))
        assert refused.status_code == 422, operation.name
        [wrong] = refused.json()["invalid-parameters"]
        assert wrong["property"] == "limit"


def test_fns_03_parameters_begin_with_a_letter(api: Api) -> None:
    for operation in api.operations():
        assert all(each["name"][0].isalpha() for each in operation.parameters("query"))


def test_fns_05_parameters_may_be_left_out(api: Api) -> None:
    for operation in api.operations():
        for parameter in operation.parameters("query"):
            asked = operation.name == "GET /reporting/v1/counters" and parameter["name"] == "of"
            assert asked or not parameter.get("required"), (operation.name, parameter["name"])


def test_fns_06_parameters_are_safe_in_an_address(api: Api) -> None:
    for operation in api.operations():
        for parameter in operation.parameters("query"):
            assert re.fullmatch(r"[A-Za-z0-9._~-]+", parameter["name"]), operation.name


def test_fns_07_pages_are_asked_for_by_page_and_limit(api: Api) -> None:
    for operation in api.operations():
        names = {parameter["name"] for parameter in operation.parameters("query")}
        assert ("page" in names) == ("limit" in names), operation.name


def test_fns_08_pages_begin_at_one(api: Api) -> None:
    for operation in _lists(api):
        [page] = [each for each in operation.parameters("query") if each["name"] == "page"]
        assert (page["schema"]["default"], page["schema"]["minimum"]) == (1, 1), operation.name


def test_fns_09_a_page_is_twenty_unless_said(api: Api) -> None:
    for operation in _lists(api):
        [limit] = [each for each in operation.parameters("query") if each["name"] == "limit"]
        assert limit["schema"]["default"] == 20, operation.name


def _lists(api: Api) -> list[Operation]:
    """Operations whose answer is one page of items."""
    found = []
    for operation in api.operations():
        for _, answer in answered(operation, "2"):
            schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
            named = schema.get("$ref", "").rpartition("/")[2]
            if "page" in api.schemas().get(named, {}).get("properties", {}):
                found.append(operation)
    return found


# Security


async def test_sak_01_browsers_are_held_to_https(api: Api, client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/{api.name}/v1/api-info")
    assert "max-age=" in answer.headers["strict-transport-security"]


async def test_sak_05_methods_that_are_not_there_are_405(
    api: Api, client: httpx.AsyncClient
) -> None:
    for path in {operation.url for operation in api.operations()}:
        there = {o.method.upper() for o in api.operations() if _reaches(o, path)}
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - there:
            answer = await client.request(method, path)
            assert answer.status_code == 405, (method, path)
            assert there <= set(answer.headers["allow"].split(", ")), path


def _reaches(operation: Operation, path: str) -> bool:
    """Whether the path is one of the operation's, also by what it names: `/concerns/{id}`."""
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", operation.path), path) is not None


async def test_sak_06_every_request_is_checked(
    api: Api, client: httpx.AsyncClient, keys: dict[Role, str]
) -> None:
    for operation in _with_json(api):
        answer = await _sent(client, operation, keys, content=b'{"no_such_property": true}')
        assert answer.status_code == 422, operation.name
        assert answer.json()["invalid-parameters"], operation.name


async def test_sak_08_what_is_not_for_everybody_asks_who_one_is(
    api: Api, client: httpx.AsyncClient
) -> None:
    for operation in _signed_in(api):
        answer = await client.request(operation.method, operation.url, headers=KEYED)
        assert answer.status_code == 401, operation.name
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_sak_08_who_one_is_is_asked_before_the_key_of_a_repeat(
    api: Api, client: httpx.AsyncClient
) -> None:
    for operation in _signed_in(api):
        answer = await client.request(operation.method, operation.url)
        assert answer.status_code == 401, operation.name


async def test_sak_09_neither_basic_nor_digest(api: Api, client: httpx.AsyncClient) -> None:
    schemes = api.document["components"].get("securitySchemes", {}).values()
    assert not {"basic", "digest"} & {scheme.get("scheme") for scheme in schemes}
    for operation in _signed_in(api):
        for scheme in ("Basic YTpi", 'Digest username="a"'):
            answer = await client.request(
                operation.method, operation.url, headers=KEYED | {"authorization": scheme}
            )
            assert answer.status_code == 401, operation.name


def test_sak_10_keys_are_sent_as_bearers(api: Api) -> None:
    schemes = api.document["components"].get("securitySchemes", {})
    for operation in _signed_in(api):
        assert {"ApiKey": []} in operation.said["security"], operation.name
        assert schemes["ApiKey"]["type"] == "http"
        assert schemes["ApiKey"]["scheme"] == "bearer"


def test_sak_13_a_caller_is_known_by_its_key() -> None:
    plain, record = issue("live", "LIBRARIES", Role.REPORTER, "KUNGSHOLMEN", 30)
    known = RecordKeyRing([record]).find(plain, record.expires - timedelta(days=1))
    assert known is not None
    assert known.agency == "LIBRARIES"


def test_sak_14_keys_end_and_several_may_be_in_force() -> None:
    old, first = issue("live", "LIBRARIES", Role.REPORTER, "KUNGSHOLMEN", 1)
    new, second = issue("live", "LIBRARIES", Role.REPORTER, "KUNGSHOLMEN", 30)
    ring = RecordKeyRing([first, second])
    assert ring.find(old, first.expires) is None
    assert ring.find(new, first.expires) is not None


async def test_sak_15_no_key_in_an_address(
    api: Api, client: httpx.AsyncClient, keys: dict[Role, str]
) -> None:
    for operation in api.operations():
        assert not [p for p in operation.parameters("query") if "key" in p["name"]]
    for operation in _signed_in(api):
        for name in ("api_key", "key", "access_token", "token"):
            answer = await client.request(
                operation.method,
                operation.url,
                headers=KEYED,
                params={name: keys[Role.COORDINATOR]},
            )
            assert answer.status_code == 401, operation.name


def test_sak_16_keys_are_sent_in_headers(api: Api) -> None:
    schemes = api.document["components"].get("securitySchemes", {}).values()
    assert all(s["type"] == "http" or s["in"] in {"header", "cookie"} for s in schemes)


async def test_sak_17_no_other_origin_is_let_in(api: Api, client: httpx.AsyncClient) -> None:
    answer = await get(client, f"/{api.name}/v1/api-info", origin="https://elsewhere.example.org")
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_sak_21_no_table_is_shown_as_it_lies(api: Api) -> None:
    inner = {"outbox", "seqs", "vault", "vault_key", "digest", "_id", "_v", "incarnation"}
    assert not inner & {name for _, name, _ in api.properties()}


def test_sak_22_ids_are_names_not_numbers_of_rows(api: Api) -> None:
    for where, name, said in api.properties():
        if name.endswith("_id") or name == "id":
            kinds = {each.get("type") for each in said.get("anyOf", [said])}
            assert kinds <= {"string", "null"}, (where, name)


CANARY = "19121212-1212"


async def test_sak_24_errors_tell_nothing_of_what_was_sent(
    api: Api, client: httpx.AsyncClient, keys: dict[Role, str]
) -> None:
    body = json.dumps({"narrative": CANARY, CANARY: CANARY}).encode()
    for operation in _with_json(api):
        answer = await _sent(client, operation, keys, content=body)
        assert answer.status_code >= 400
        assert CANARY not in answer.text, operation.name
    for answer in (await client.get(f"/{CANARY}"), await client.get(f"/{api.name}/v1/{CANARY}")):
        assert CANARY not in answer.text


async def test_sak_25_what_breaks_inside_is_a_plain_500(
    api: Api, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise ValueError(f"mongodb://secret@host {CANARY}")

    monkeypatch.setattr(type(api.app), "openapi", break_down)
    answer = await client.get(f"/{api.name}/openapi.json")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert CANARY not in answer.text


async def test_sak_26_no_stack_and_no_names_of_programs(
    api: Api, client: httpx.AsyncClient, keys: dict[Role, str]
) -> None:
    telling = re.compile(r"(?i)Traceback|File \"|pydantic|fastapi|starlette|mongo|kafka|\.py")
    for answer in await _refusals(api, client, keys):
        assert not telling.search(answer.text)
        assert "server" not in answer.headers
        assert "x-powered-by" not in answer.headers


async def test_sak_28_parameters_are_checked(
    api: Api, client: httpx.AsyncClient, keys: dict[Role, str]
) -> None:
    for operation in _lists(api):
        for wrong in ("limit=0", "limit=201", "limit=x", "page=0", "page=-1"):
            answer = await client.get(f"{operation.url}?{wrong}", headers=bearer(keys, operation))
            assert answer.status_code == 422, (operation.name, wrong)
    for operation in _signed_in(api):
        if operation.parameters("path"):
            odd = re.sub(r"\{\w+\}", "..%2F..", operation.path)
            answer = await client.request(
                operation.method, odd, headers=bearer(keys, operation), json={}
            )
            assert answer.status_code in {404, 405, 422}, operation.name


async def test_sak_29_another_content_type_is_415(
    api: Api, client: httpx.AsyncClient, keys: dict[Role, str]
) -> None:
    for operation in _with_json(api):
        for kind in ("text/plain", "application/xml", ""):
            answer = await _sent(client, operation, keys, content=b"{}", kind=kind)
            assert answer.status_code == 415, (operation.name, kind)


def test_sak_30_the_method_says_whether_something_changes(api: Api) -> None:
    assert {operation.method for operation in api.operations()} <= {"get", "post"}
    verbs = re.compile(r"/(get|create|delete|update|list|add|set)[-/]?")
    assert not [o.path for o in api.operations() if verbs.search(o.path)]


async def test_sak_31_size_shape_and_headers_are_looked_at(
    api: Api, client: httpx.AsyncClient, keys: dict[Role, str]
) -> None:
    deep = b"[" * 40 + b"]" * 40
    for operation in _with_json(api):
        large = await _sent(client, operation, keys, content=b" " * (6 * 1024 * 1024))
        assert large.status_code == 413, operation.name
        assert (await _sent(client, operation, keys, content=deep)).status_code == 422


def test_sak_32_the_front_door_lowers_no_protocol() -> None:
    text = (root() / "deploy/caddy/Caddyfile").read_text("utf-8")
    assert not re.search(r"tls1\.[01]|ssl", text, re.IGNORECASE)


def test_sak_35_keys_tell_who_calls(api: Api) -> None:
    if _signed_in(api):
        assert "ApiKey" in api.document["components"]["securitySchemes"]


async def test_sak_37_sharing_across_domains_is_not_needed(
    api: Api, client: httpx.AsyncClient
) -> None:
    asked = {"origin": "https://elsewhere.example.org", "access-control-request-method": "POST"}
    answer = await client.options(f"/{api.name}/v1/api-info", headers=asked)
    assert "access-control-allow-origin" not in answer.headers


# Traces


TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_spa_02_a_callers_trace_goes_on(api: Api, client: httpx.AsyncClient) -> None:
    answer = await get(client, f"/{api.name}/v1/api-info", traceparent=TRACE)
    assert answer.headers["traceparent"].split("-")[1] == TRACE.split("-")[1]


async def test_spa_04_every_answer_tells_its_trace(api: Api, client: httpx.AsyncClient) -> None:
    for path in (f"/{api.name}/v1/api-info", "/nowhere"):
        answer = await client.get(path)
        assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]", answer.headers["traceparent"])


async def test_spa_07_other_ids_do_not_take_its_place(api: Api, client: httpx.AsyncClient) -> None:
    other = {"x-request-id": "mine", "x-correlation-id": "5a0c3f0e-5f0a-4f1e-9a58-0f6b3f1c2d4e"}
    answer = await client.get(f"/{api.name}/v1/api-info", headers=other | {"traceparent": TRACE})
    assert answer.headers["x-correlation-id"] == other["x-correlation-id"]
    assert answer.headers["traceparent"].split("-")[1] == TRACE.split("-")[1]


# The tool's own


def test_for_02_what_is_read_takes_no_body(api: Api) -> None:
    for operation in api.operations():
        assert operation.method != "get" or "requestBody" not in operation.said, operation.name


# What the tests ask with


@pytest.fixture
def keys(api: Api, monkeypatch: pytest.MonkeyPatch) -> dict[Role, str]:
    """A key of every role, in force in this app while the test lasts."""
    site = api.app.state.site
    issued = {role: issue("test", "DISTRICT_COORD", role, site.district.code, 1) for role in Role}
    ring = RecordKeyRing([record for _, record in issued.values()])
    monkeypatch.setattr(type(site.keyring), "find", lambda _self, key, now: ring.find(key, now))
    return {role: plain for role, (plain, _) in issued.items()}


def bearer(keys: dict[Role, str], operation: Operation) -> dict[str, str]:
    role = somebody_who_may(operation.service, operation.name)
    if NEEDS[operation.service][operation.name].people:
        cookie = "__Host-samlad_session"  # the address is https
        return signed_in(SessionSeal(SECRET), role, DISTRICT.code, cookie)
    return {"authorization": f"Bearer {keys[role]}"}


def _with_json(api: Api) -> list[Operation]:
    return [
        operation
        for operation in api.operations()
        if "application/json" in operation.said.get("requestBody", {}).get("content", {})
    ]


async def _sent(
    client: httpx.AsyncClient,
    operation: Operation,
    keys: dict[Role, str],
    *,
    content: bytes,
    kind: str = "application/json",
) -> httpx.Response:
    headers: dict[str, Any] = bearer(keys, operation) | {"idempotency-key": "k"}
    if kind:
        headers["content-type"] = kind
    return await client.request(operation.method, operation.url, content=content, headers=headers)
