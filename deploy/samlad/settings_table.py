"""The tables of every setting in docs/operate.md: the services' out of their settings' classes."""

import importlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deploy.samlad.places import root
from deploy.samlad.refusal import CannotError

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from shared.web.settings import ServiceSettings

SERVICES: Final = ("intake", "coordination", "notify", "reporting")
PAGE: Final = "operate.md"
BEGIN: Final = "<!-- settings: begin -->"
END: Final = "<!-- settings: end -->"
COMPOSE_FILES: Final = ("docker-compose.yml", "docker-compose.demo.yml")
FROM_ENV, FIXED, LEFT = "`.env`", "*set there*", "-"
_BY_COMPOSE = re.compile(r"\$\{(SAMLAD_\w+)(?::-)?([^}]*)\}")
_BY_CADDY = re.compile(r"\{\$(SAMLAD_\w+):?([^}]*)\}")
_SET = re.compile(r"\b(SAMLAD_\w+)[:=]")

FRONT_DOOR: Final[Mapping[str, str]] = MappingProxyType({
    "SAMLAD_FRONT": "Addresses it serves, as Caddy writes them. In compose they end in `:8080`.",
    "SAMLAD_HOSTS": "Hosts it answers to, a regular expression; any other is 421.",
    "SAMLAD_BIND": "Address of this machine that it listens on.",
    "SAMLAD_TRUSTED": "Addresses that may read `/…/metrics` and set the demo's clock through it.",
    "SAMLAD_INTAKE_UPSTREAM": "Where intake listens, `host:port`.",
    "SAMLAD_COORDINATION_UPSTREAM": "Where coordination listens.",
    "SAMLAD_NOTIFY_UPSTREAM": "Where notify listens.",
    "SAMLAD_REPORTING_UPSTREAM": "Where reporting listens.",
})  # fmt: skip
COMPOSE: Final[Mapping[str, str]] = MappingProxyType({
    "SAMLAD_PUBLISH": "Address and port of this machine that lead to the front door.",
    "SAMLAD_TAG": "Tag of the images that are built and run.",
    "SAMLAD_REVISION": "Revision written on the images that are built.",
    "SAMLAD_KAFKA_CLUSTER_ID": "Id of the Kafka cluster; never changed once there are records.",
    "SAMLAD_DEMO_PORT": "With the demo: port on the loopback address.",
    "SAMLAD_DEMO_WEEKS": "With the demo: weeks to play, 1 to 26.",
    "SAMLAD_DEMO_SEED": "With the demo: seed of the season's luck.",
})  # fmt: skip


def tables() -> str:
    """Return the three tables as Markdown, whatever the environment says."""
    parts = {
        "Of the services": _services(),
        "Of the front door": _front_door(),
        "Of compose alone": _compose(),
    }
    return "\n\n".join(f"### {title}\n\n{table}" for title, table in parts.items())


def spliced(page: str) -> str:
    """Return the page with the tables between its two marks. Raises CannotError without them."""
    before, begun, rest = page.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not begun or not ended:
        raise CannotError(f"{PAGE} lacks the lines {BEGIN} and {END}.")
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{after}"


def export(docs: Path) -> list[Path]:
    """Write the tables into the page under docs, where there is one; return what was written."""
    page = docs / PAGE
    if not page.exists():
        return []
    page.write_text(spliced(page.read_text("utf-8")), "utf-8")
    return [page]


def settings() -> dict[str, dict[str, "FieldInfo"]]:
    """Return each setting of the services: its name, then its field by service."""
    found: dict[str, dict[str, FieldInfo]] = {}
    for service in SERVICES:
        module = importlib.import_module(f"services.{service}.settings")
        kind: type[ServiceSettings] = module.Settings
        for name, each in kind.model_fields.items():
            found.setdefault(f"SAMLAD_{name.upper()}", {})[service] = each
    return found


def read_by_compose(*files: str) -> dict[str, str]:
    """Return what compose files take from `.env`, all of them unless named: name and default."""
    return dict(_BY_COMPOSE.findall(_text(*(files or COMPOSE_FILES))))


def read_by_caddy() -> dict[str, str]:
    """Return what the front door takes from its environment: name and default."""
    return dict(_BY_CADDY.findall(_text("deploy/caddy/Caddyfile")))


def _services() -> str:
    heads = ("setting", "services", "default", "in compose", "what it does")
    return _table(heads, (_row(name, fields) for name, fields in settings().items()))


def _row(name: str, fields: Mapping[str, "FieldInfo"]) -> tuple[str, ...]:
    services = "all" if len(fields) == len(SERVICES) else ", ".join(fields)
    defaults = {service: _shown(each) for service, each in fields.items()}
    if len(set(defaults.values())) == 1:
        default = next(iter(defaults.values()))
    else:
        default = ", ".join(f"{service} {text}" for service, text in defaults.items())
    description = next(iter(fields.values())).description or ""
    return (f"`{name}`", services, default, _in_compose(name), description)


def _shown(field: "FieldInfo") -> str:
    default = field.get_default(call_default_factory=True)
    if default is None:
        return LEFT
    if isinstance(default, list):
        return _code(",".join(map(str, default)))
    return _code(str(default).lower() if isinstance(default, bool) else str(default))


def _front_door() -> str:
    defaults = read_by_caddy()
    rows = (
        (f"`{name}`", _code(defaults.get(name, "")), _in_compose(name), text)
        for name, text in FRONT_DOOR.items()
    )
    return _table(("setting", "default", "in compose", "what it does"), rows)


def _compose() -> str:
    defaults = read_by_compose()
    rows = ((f"`{name}`", _code(defaults.get(name, "")), text) for name, text in COMPOSE.items())
    return _table(("setting", "default", "what it does"), rows)


def _in_compose(name: str) -> str:
    if name in read_by_compose(COMPOSE_FILES[0]):
        return FROM_ENV
    images = (f"services/{service}/Dockerfile" for service in SERVICES)
    return FIXED if name in _SET.findall(_text(COMPOSE_FILES[0], *images)) else LEFT


def _code(text: str) -> str:
    return f"`{text}`" if text else LEFT


def _text(*paths: str) -> str:
    return "\n".join((root() / path).read_text("utf-8") for path in paths)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    cells = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_safe(cell) for cell in row)} |" for row in cells)


def _safe(cell: str) -> str:
    return cell.replace("|", "\\|")
