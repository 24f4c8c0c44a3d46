"""Fixtures every test may ask for, and what holds for all tests."""

import os
from collections.abc import Iterable
from pathlib import Path

import hypothesis  # noqa: F401 - else its plugin imports it while the session ends
import pytest

from deploy.samlad.testing.tiers import MEASURED, RULES
from tests.support.real import REAL

pytest_plugins = ["tests.support.stack"]

TESTS = Path(__file__).parent
#: Where the rules are tested: domain, projections and contracts.
OF_RULES = {"contracts", "coordination", "intake", "notify", "reporting"}


def pytest_make_parametrize_id(val: object) -> str | None:
    """Keep keys out of the names of tests: they are new in every process."""
    return "key" if isinstance(val, str) and val.startswith("sml_") else None


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Skip the tests on real files that are not here, and trace those of rules alone if told so.

    Rules are covered where the real files are not, too.
    """
    only_rules = os.environ.get(MEASURED) == RULES
    for item in items:
        real = item.get_closest_marker("real")
        if real and not REAL.is_dir():
            item.add_marker(pytest.mark.skip(reason=f"the publishers' files are not in {REAL}"))
        if only_rules and (real or item.path.relative_to(TESTS).parts[0] not in OF_RULES):
            item.add_marker(pytest.mark.no_cover)
