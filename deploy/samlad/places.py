"""Where the project lies and where the embedded system keeps what is its own."""

import os
from pathlib import Path


def root() -> Path:
    """Return the project's root: `SAMLAD_HOME`, else the folder two above this package."""
    home = os.environ.get("SAMLAD_HOME")
    return Path(home).resolve() if home else Path(__file__).resolve().parents[2]


def data_folder(chosen: Path | None = None) -> Path:
    """Return the folder of a running system: the chosen one, `SAMLAD_DATA`, else `.samlad`."""
    if chosen is not None:
        return chosen.resolve()
    named = os.environ.get("SAMLAD_DATA")
    return Path(named).resolve() if named else root() / ".samlad"


def kit_folder() -> Path:
    """Return the folder of what set-up fetched; shared by every data folder of this checkout."""
    return root() / ".samlad" / "kit"


def vendor_folder() -> Path:
    """Return the folder that the browser assets are unpacked into."""
    return root() / "shared" / "web" / "static" / "vendor"
