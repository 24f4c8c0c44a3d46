"""Set-up takes nothing on trust and does nothing twice."""

import hashlib
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.samlad.refusal import CannotError, Exit
from deploy.samlad.stack import artifacts, assets, caddy, kafka, kit, mongo
from deploy.samlad.stack.artifacts import Jar, fetch, locked


class FakeArtifact:
    """Stands in for jgo's: gives a file, or fails a number of times first."""

    def __init__(self, source: Path, failures: list[int]) -> None:
        self.source, self.failures = source, failures

    def project(self, group: str, artifact: str) -> "FakeArtifact":
        return self

    def at_version(self, version: str) -> "FakeArtifact":
        return self

    def artifact(self) -> "FakeArtifact":
        return self

    local_repos: list[Path] = []  # noqa: RUF012 - as jgo has it

    def resolve(self) -> Path:
        if self.failures:
            self.failures.pop()
            raise RuntimeError("timed out")
        return self.source


def jar(content: bytes) -> Jar:
    return Jar("org.example", "thing", "1.0", hashlib.sha256(content).hexdigest())


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    def publish(content: bytes, *, failures: int = 0) -> Path:
        source = tmp_path / "published.jar"
        source.write_bytes(content)
        context = FakeArtifact(source, [1] * failures)
        monkeypatch.setattr(artifacts, "_context", lambda: context)
        return source

    return publish


def test_a_jar_that_is_what_was_locked_is_taken(
    published: Callable[..., Path], tmp_path: Path
) -> None:
    published(b"right")
    seen: list[int] = []
    [path] = fetch([jar(b"right")], tmp_path / "kit", seen.append)
    assert path.read_bytes() == b"right"
    assert seen == [1]


def test_a_jar_with_other_content_is_refused_with_exit_code_3(
    published: Callable[..., Path], tmp_path: Path
) -> None:
    published(b"forged")
    with pytest.raises(CannotError, match="SHA-256") as refused:
        fetch([jar(b"right")], tmp_path / "kit", lambda _: None)
    assert refused.value.code == Exit.CANNOT_FETCH
    assert not list((tmp_path / "kit").glob("*.jar"))


def test_a_network_that_stumbles_is_tried_again(
    published: Callable[..., Path], tmp_path: Path
) -> None:
    published(b"right", failures=2)
    assert fetch([jar(b"right")], tmp_path / "kit", lambda _: None)


def test_a_network_that_is_away_is_one_sentence_and_exit_code_3(
    published: Callable[..., Path], tmp_path: Path
) -> None:
    published(b"right", failures=9)
    with pytest.raises(CannotError, match="Check the network") as refused:
        fetch([jar(b"right")], tmp_path / "kit", lambda _: None)
    assert refused.value.code == Exit.CANNOT_FETCH


def test_what_is_there_and_right_is_not_fetched_again(
    published: Callable[..., Path], tmp_path: Path
) -> None:
    published(b"right")
    fetch([jar(b"right")], tmp_path / "kit", lambda _: None)
    published(b"right", failures=9)
    assert fetch([jar(b"right")], tmp_path / "kit", lambda _: None)


def test_a_damaged_jar_is_fetched_again(published: Callable[..., Path], tmp_path: Path) -> None:
    published(b"right")
    [path] = fetch([jar(b"right")], tmp_path / "kit", lambda _: None)
    path.write_bytes(b"half")
    fetch([jar(b"right")], tmp_path / "kit", lambda _: None)
    assert path.read_bytes() == b"right"


def test_the_locks_name_every_jar_once_with_its_sum() -> None:
    jars = locked("kafka.lock")
    assert len(jars) == 45
    assert len({each.filename for each in jars}) == 45
    assert {len(each.sha256) for each in (*jars, *locked("web.lock"))} == {64}
    assert {each.artifact for each in locked("web.lock")} == set(assets.WANTED)


def test_assets_are_unpacked_without_their_packaging(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "leaflet.jar"
    inside = "META-INF/resources/webjars/leaflet/1.9.4"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{inside}/dist/leaflet.js", "js")
        archive.writestr(f"{inside}/dist/images/marker-icon.png", "png")
        archive.writestr(f"{inside}/src/Leaflet.js", "source")
        archive.writestr("META-INF/maven/pom.xml", "pom")
    this = Jar("org.webjars.npm", "leaflet", "1.9.4", "0" * 64)
    calls: list[int] = []

    def fetched(*_: object) -> list[Path]:
        calls.append(1)
        return [path]

    monkeypatch.setattr(assets, "locked", lambda _: (this,))
    monkeypatch.setattr(assets, "fetch", fetched)
    monkeypatch.setattr(assets, "vendor_folder", lambda: tmp_path / "vendor")
    assets.unpack_assets()
    assets.unpack_assets()
    found = {each.relative_to(tmp_path / "vendor").as_posix() for each in _files(tmp_path)}
    assert found == {".complete", "leaflet/leaflet.js", "leaflet/images/marker-icon.png"}
    assert calls == [1]


def _files(folder: Path) -> list[Path]:
    return [each for each in (folder / "vendor").rglob("*") if each.is_file()]


def test_programs_of_the_machine_win_over_those_of_the_wheels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("mongod", "caddy"):
        (tmp_path / name).write_text("#!/bin/sh\necho v2.12.0 h1:x=\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert mongo.program() == tmp_path / "mongod"
    assert caddy.program() == tmp_path / "caddy"


@pytest.mark.parametrize("says", ["echo v2.11.4 h1:x=", "echo 2.6.2", "echo hello", "exit 1"])
def test_a_caddy_of_the_machine_that_is_too_old_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str
) -> None:
    (tmp_path / "caddy").write_text(f"#!/bin/sh\n{says}\n")
    (tmp_path / "caddy").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert caddy.program() == Path(sys.executable).parent / "caddy"


def test_a_kafka_of_the_machine_wins_over_the_fetched_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "libs").mkdir()
    (tmp_path / "libs" / "kafka_2.13.jar").touch()
    (tmp_path / "java").write_text("#!/bin/sh\n")
    (tmp_path / "java").chmod(0o755)
    monkeypatch.setenv("KAFKA_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    found = kafka.runtime()
    assert found.java == str(tmp_path / "java")
    assert found.cached() == ()
    assert "kafka_2.13.jar" in " ".join(found.command("kafka.Kafka"))


def test_a_machine_without_libcurl_gets_the_one_of_a_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mongo, "kit_folder", lambda: tmp_path)
    monkeypatch.setattr(mongo, "_system_has_libcurl", lambda: False)
    path = mongo.libraries()
    if path:
        assert (tmp_path / "lib" / "libcurl.so.4").resolve().exists()
        assert path.startswith(str(tmp_path / "lib"))
    monkeypatch.setattr(mongo, "_system_has_libcurl", lambda: True)
    assert mongo.libraries() == ""


def test_progress_is_one_line_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    told = kit.counted("Kafka", 45)
    for count in range(1, 46):
        told(count)
    assert capsys.readouterr().err == "samlad: Kafka: 45 files fetched and checked\n"
