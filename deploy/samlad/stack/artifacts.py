"""Jars from Maven Central through jgo: exactly the locked ones, each checked against its sum."""

import hashlib
import os
import shutil
import ssl
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.samlad.places import kit_folder
from deploy.samlad.refusal import CannotError, Exit

if TYPE_CHECKING:
    from jgo.maven import MavenContext

ATTEMPTS = 4
AT_ONCE = 8
BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")


@dataclass(frozen=True, slots=True)
class Jar:
    """One locked artifact: where it is published and what it must contain."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def filename(self) -> str:
        """Return the name of its file."""
        return f"{self.artifact}-{self.version}.jar"


def locked(name: str) -> tuple[Jar, ...]:
    """Read a lock file beside this module: lines of `group:artifact:version sha256`."""
    lines = (Path(__file__).parent / name).read_text("utf-8").splitlines()
    return tuple(_parse(line) for line in lines if line and not line.startswith("#"))


def _parse(line: str) -> Jar:
    coordinate, sha256 = line.split()
    group, artifact, version = coordinate.split(":")
    return Jar(group, artifact, version, sha256)


def fetch(jars: Sequence[Jar], folder: Path, progress: Callable[[int], None]) -> list[Path]:
    """Bring the jars into the folder, in threads; those already there and right are kept.

    Raises CannotError (exit code 3) when one cannot be had or is not what was locked.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [jar for jar in jars if not _right(folder / jar.filename, jar)]
    if missing:
        context = _context()
        with ThreadPoolExecutor(AT_ONCE) as threads:
            done = threads.map(lambda jar: _bring(jar, context, folder), missing)
            for count, _ in enumerate(done, start=1):
                progress(count + len(jars) - len(missing))
    return [folder / jar.filename for jar in jars]


def _context() -> "MavenContext":
    from jgo.maven import MavenContext

    trust_what_the_machine_trusts()
    return MavenContext(
        repo_cache=kit_folder() / "maven",
        local_repos=[Path.home() / ".m2" / "repository"],
        timeout=30,
    )


def trust_what_the_machine_trusts() -> None:
    """Let jgo's HTTP library check certificates against the machine's own list, as Python does."""
    default = ssl.get_default_verify_paths().cafile
    for bundle in filter(None, (default, *BUNDLES)):
        if Path(bundle).is_file():
            os.environ.setdefault("REQUESTS_CA_BUNDLE", bundle)
            return


def _bring(jar: Jar, context: "MavenContext", folder: Path) -> None:
    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
    reason = "not fetched"
    for _ in range(ATTEMPTS):
        try:
            source = artifact.resolve()
        except (RuntimeError, OSError) as error:
            reason = type(error).__name__
            continue
        if _right(source, jar):
            _place(source, folder / jar.filename)
            return
        reason = "other content than the committed SHA-256 sum"
        if source.is_relative_to(kit_folder()):
            source.unlink()
        else:
            context.local_repos.clear()
    raise CannotError(
        f"Could not fetch {jar.filename} from Maven Central ({reason}). "
        "Check the network and run the command again.",
        Exit.CANNOT_FETCH,
    )


def _place(source: Path, target: Path) -> None:
    half = target.with_suffix(f".{os.getpid()}.half")
    shutil.copyfile(source, half)
    half.replace(target)


def _right(path: Path, jar: Jar) -> bool:
    return path.is_file() and sha256(path) == jar.sha256


def sha256(path: Path) -> str:
    """Return the SHA-256 sum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
