"""Runs a bench on stores of its own."""


def bench(name: str, *, as_json: bool, **options: int) -> None:
    """Run a bench and print what it measured."""
    raise NotImplementedError(name, as_json, options)
