"""Fixtures every test may ask for, and names of tests that are the same in every process."""

pytest_plugins = ["tests.support.stack"]


def pytest_make_parametrize_id(val: object) -> str | None:
    """Keep keys out of the names of tests: they are new in every process."""
    return "key" if isinstance(val, str) and val.startswith("sml_") else None
