"""What a new schema no longer takes of what an old one took: nothing, within a major version."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

_UPPER = ("maximum", "maxLength", "maxItems")
_LOWER = ("minimum", "minLength", "minItems")
_SAME = ("type", "pattern", "format", "const", "multipleOf")


def breaks(old: Schema, new: Schema) -> list[str]:
    """Every removed, renamed, narrowed or newly required field, as `path: what`."""
    return list(_Comparison(old, new).narrowed(old, new, "$"))


class _Comparison:
    def __init__(self, old_root: Schema, new_root: Schema) -> None:
        self._old_root, self._new_root = old_root, new_root

    def narrowed(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        old, new = _resolved(old, self._old_root), _resolved(new, self._new_root)
        if "anyOf" in old or "anyOf" in new:
            yield from self._choices(old, new, path)
            return
        yield from _limits(old, new, path)
        yield from self._fields(old, new, path)
        if "items" in old:
            yield from self.narrowed(old["items"], new.get("items", {}), f"{path}[]")

    def _choices(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        offered = new.get("anyOf", [new])
        for choice in old.get("anyOf", [old]):
            if all(list(self.narrowed(choice, offer, path)) for offer in offered):
                yield f"{path}: a choice is gone"

    def _fields(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
            yield f"{path}.{name}: newly required"
        fields = new.get("properties", {})
        for name, schema in old.get("properties", {}).items():
            if name not in fields:
                yield f"{path}.{name}: removed"
            else:
                yield from self.narrowed(schema, fields[name], f"{path}.{name}")


def _limits(old: Schema, new: Schema, path: str) -> Iterator[str]:
    for key in _SAME:
        if key in new and new[key] != old.get(key):
            yield f"{path}: other {key}"
    for key in _UPPER:
        if key in new and (key not in old or new[key] < old[key]):
            yield f"{path}: lower {key}"
    for key in _LOWER:
        if key in new and new[key] > old.get(key, new[key] - 1):
            yield f"{path}: higher {key}"
    if "enum" in new and not set(old.get("enum", [None])) <= set(new["enum"]):
        yield f"{path}: codes are gone"


def _resolved(schema: Schema, root: Schema) -> Schema:
    if "$ref" not in schema:
        return schema
    named: Schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    return named
