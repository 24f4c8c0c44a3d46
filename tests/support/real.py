"""Where the publishers' real files lie: beside the checkout, or where SAMLAD_TEST_REAL says."""

import os
from pathlib import Path

from deploy.samlad.places import root

REAL = Path(os.environ.get("SAMLAD_TEST_REAL") or root().parent / "shared" / "data" / "real")
