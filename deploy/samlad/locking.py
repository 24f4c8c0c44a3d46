"""Lock files: Python packages by uv, jars by jgo; with hashes, without addresses."""

import hashlib
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from deploy.samlad.places import root
from deploy.samlad.refusal import CannotError
from deploy.samlad.say import progress

SERVICES = ("intake", "coordination", "notify", "reporting")
SETS = ("dev", "embedded", *SERVICES, "operator", "assets", "caddy")
KAFKA = ("org.apache.kafka:kafka_2.13:4.4.0+org.slf4j:slf4j-simple:2.0.17",)
WEB = (
    "org.webjars.npm:htmx.org:2.0.10",
    "org.webjars.npm:htmx-ext-sse:2.2.2",
    "org.webjars.npm:leaflet:1.9.4",
)
HEAD = "# From Maven Central; remade by `./samlad lock`.\n"


def lock_all(*, upgrade: bool) -> None:
    """Make every lock file again; the largest set decides the versions of the others."""
    for name in SETS:
        progress(f"requirements/{name}.txt")
        _lock_packages(name, upgrade=upgrade)
    here = Path(__file__).parent / "stack"
    progress("jars of Kafka and the browser assets")
    _write(here / "kafka.lock", _jars(KAFKA, alone=False))
    _write(here / "web.lock", _jars(WEB, alone=True))


def _lock_packages(name: str, *, upgrade: bool) -> None:
    folder = root() / "requirements"
    command = [
        str(Path(sys.executable).parent / "uv"),
        *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
        *("--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url"),
        *("--no-emit-find-links", "--output-file", str(folder / f"{name}.txt")),
        *(("--upgrade",) if upgrade and name == SETS[0] else ()),
        *(("--constraint", str(folder / f"{SETS[0]}.txt")) if name != SETS[0] else ()),
        str(folder / f"{name}.in"),
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise CannotError(f"requirements/{name}.in cannot be locked: {done.stderr.strip()}")


def _jars(endpoints: Iterable[str], *, alone: bool) -> list[str]:
    import jgo

    found = {}
    for endpoint in endpoints:
        artifacts = jgo.resolve(endpoint)
        for artifact in artifacts[:1] if alone else artifacts:
            digest = hashlib.sha256(artifact.resolve().read_bytes()).hexdigest()
            name = f"{artifact.groupId}:{artifact.artifactId}:{artifact.version}"
            found[name] = f"{name} {digest}"
    return [found[name] for name in sorted(found)]


def _write(path: Path, lines: list[str]) -> None:
    path.write_text(HEAD + "\n".join(lines) + "\n", "utf-8")
