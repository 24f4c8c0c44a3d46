"""Browser assets out of WebJars: htmx, its SSE extension and Leaflet, beside our own files."""

import zipfile
from collections.abc import Callable
from pathlib import Path

from deploy.samlad.places import kit_folder, vendor_folder
from deploy.samlad.stack.artifacts import Jar, fetch, locked

WANTED = {
    "htmx.org": ("dist/htmx.min.js", "LICENSE"),
    "htmx-ext-sse": ("sse.js", "LICENSE"),
    "leaflet": ("dist/leaflet.js", "dist/leaflet.css", "dist/images/", "LICENSE"),
}
STAMP = ".complete"


def unpack_assets(progress: Callable[[int], None] = lambda _: None) -> None:
    """Fill `static/vendor` with one folder per library; nothing is done when it is filled."""
    jars = locked("web.lock")
    stamp = vendor_folder() / STAMP
    content = "\n".join(jar.sha256 for jar in jars)
    if stamp.is_file() and stamp.read_text("utf-8") == content:
        return
    for jar, path in zip(jars, fetch(jars, kit_folder() / "web", progress), strict=True):
        _unpack(jar, path, vendor_folder() / jar.artifact.removesuffix(".org"))
    stamp.write_text(content, "utf-8")


def _unpack(jar: Jar, path: Path, folder: Path) -> None:
    prefix = f"META-INF/resources/webjars/{jar.artifact}/{jar.version}/"
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            inside = name.removeprefix(prefix)
            if (
                inside == name
                or inside.endswith("/")
                or not inside.startswith(WANTED[jar.artifact])
            ):
                continue
            target = folder / inside.removeprefix("dist/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(name))
