"""Whether values follow a JSON Schema; who never asks does not wait for its program.

Importing it makes parsers of dozens of grammars, which takes a second in every process.
"""

from collections.abc import Mapping
from typing import Any


def follow(schema: Mapping[str, Any], *values: object) -> None:
    """Fail unless every value follows the schema (2020-12)."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - see above

    validator = Draft202012Validator(schema)
    for value in values:
        validator.validate(value)


def be_a_schema(schema: Mapping[str, Any]) -> None:
    """Fail unless it is a schema itself."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - see above

    Draft202012Validator.check_schema(schema)
