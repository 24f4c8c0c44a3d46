"""Finds a Chromium for the tests that open pages."""

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> Path | None:
    """Return `SAMLAD_CHROMIUM`, the one of the machine, or Playwright's own; else nothing."""
    named = os.environ.get("SAMLAD_CHROMIUM")
    if named:
        return Path(named)
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    own = Path.home() / ".cache" / "ms-playwright"
    return next(iter(sorted(own.glob("chromium-*/chrome-*/chrome"), reverse=True)), None)
