"""Fixtures every test may ask for, and what holds for all tests."""

from collections.abc import Iterable

import hypothesis  # noqa: F401 - else its plugin imports it while the session ends
import pytest

from tests.support.real import REAL

pytest_plugins = ["tests.support.stack"]


def pytest_make_parametrize_id(val: object) -> str | None:
    """Keep keys out of the names of tests: they are new in every process."""
    return "key" if isinstance(val, str) and val.startswith("sml_") else None


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Name the tests on real files as not run where those files do not lie beside the checkout."""
    if REAL.is_dir():
        return
    for item in items:
        if item.get_closest_marker("real"):
            item.add_marker(pytest.mark.skip(reason=f"the publishers' files are not in {REAL}"))
