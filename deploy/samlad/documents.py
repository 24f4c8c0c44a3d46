"""The OpenAPI documents of the services, as their apps give them, and the tables of settings."""

import importlib
import json
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy.samlad import settings_table

if TYPE_CHECKING:
    from shared.web.settings import ServiceSettings

SERVICES = ("intake", "coordination", "notify", "reporting")
FOLDER = "openapi"
_FILES = ("secret_file", "vault_key_file")
_SECRET_BYTES = 32


def openapi(service: str) -> dict[str, Any]:
    """Return the service's document under default settings, whatever the environment says.

    The app is built and asked; nothing is started and nobody else is spoken to.
    """
    app = importlib.import_module(f"services.{service}.app")
    kind: type[ServiceSettings] = importlib.import_module(f"services.{service}.settings").Settings
    with tempfile.TemporaryDirectory() as folder:
        document: dict[str, Any] = app.build(_defaults(kind, Path(folder))).openapi()
    return document


def documents() -> dict[str, str]:
    """Return every OpenAPI file under docs, as text."""
    return {f"{FOLDER}/{service}.json": _text(openapi(service)) for service in SERVICES}


def export(docs: Path) -> list[Path]:
    """Write every OpenAPI file under docs, and the tables of settings into their page there."""
    written = []
    for path, text in documents().items():
        target = docs / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        written.append(target)
    return [*written, *settings_table.export(docs)]


def _defaults(kind: "type[ServiceSettings]", folder: Path) -> "ServiceSettings":
    fields = kind.model_fields
    given = {name: fields[name].get_default(call_default_factory=True) for name in fields}
    for name in fields.keys() & set(_FILES):
        given[name] = folder / name
        given[name].write_bytes(secrets.token_bytes(_SECRET_BYTES))
    return kind.model_validate(given)


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
