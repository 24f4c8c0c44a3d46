"""Who may use each operation and page: what the matrix of roles and districts is made from.

A new operation or page without a line here fails `test_rights.py`. Add one:

- `may(Right.…)`: roles that have one of these rights by `shared/security/roles.ROLE_RIGHTS`;
  `may(Right.…, but={Role.…})` where a role with the right is refused all the same;
- `EVERYBODY`: no sign-in; say so only of what is public;
- `by=SIGN_IN` of `may`: a page that leads who is not signed in to the sign-in; usual is 401;
- `people(Right.…)`: as `may`, for signed-in people only: every key is refused or led to sign in.

An operation that names something (`{…_id}`) also needs a line in `OWNED` or in `SHARED`. `OWNED`
says what belongs to one agency, with a body that is in order: `test_nothing_told_by_time.py` makes
a concern as another agency, and compares what is told and done about it with what is told and done
about one that is not there. So it does for everything of intake: see `others.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from shared.contracts.codes import Role
from shared.security.roles import ROLE_RIGHTS, Right
from tests.intake.conftest import concern

ASKS, SIGN_IN, REFUSED = 401, 303, 403


@dataclass(frozen=True, slots=True)
class Need:
    """Which roles may; None for everybody."""

    roles: frozenset[Role] | None
    unknown: int = ASKS
    people: bool = False
    body: Mapping[str, object] = field(default_factory=dict)


EVERYBODY: Final = Need(None)


def may(*rights: Right, but: frozenset[Role] = frozenset(), by: int = ASKS) -> Need:
    """Roles with one of the rights."""
    having = frozenset[Role]().union(*(ROLE_RIGHTS[right] for right in rights))
    return Need(having - but, by)


def people(*rights: Right, by: int = SIGN_IN) -> Need:
    """Signed-in people whose role has one of the rights."""
    return Need(may(*rights).roles, by, people=True)


_DESK = may(Right.READ_COORDINATION, but=frozenset({Role.ACTION_OWNER}))
_DESK_PAGE = may(Right.READ_COORDINATION, but=frozenset({Role.ACTION_OWNER}), by=SIGN_IN)
_ACTS = may(Right.ACT_ON_OWN_ASSIGNMENTS)
_ASSIGNS = may(Right.ASSIGN)

INTAKE: Final[Mapping[str, Need]] = {
    "POST /intake/v1/concerns": may(Right.REPORT_CONCERN),
    "GET /intake/v1/concerns": may(Right.READ_OWN_CONCERNS),
    "GET /intake/v1/concerns/{concern_id}": may(Right.READ_OWN_CONCERNS),
    "POST /intake/v1/concerns/batch": may(Right.REPORT_CONCERN),
    "POST /intake/v1/concerns/{concern_id}/withdraw": may(Right.CHANGE_OWN_CONCERNS),
    "POST /intake/v1/concerns/{concern_id}/correct": may(Right.CHANGE_OWN_CONCERNS),
    "POST /intake/v1/concerns/{concern_id}/narrative-readings": may(
        Right.READ_OWN_NARRATIVES, Right.READ_ANY_NARRATIVE
    ),
    "POST /intake/v1/concerns/{concern_id}/contact-readings": may(Right.READ_ANY_NARRATIVE),
    "GET /intake/v1/quarantine": may(Right.HANDLE_QUARANTINE),
    "POST /intake/v1/quarantine/{concern_id}/readings": may(Right.HANDLE_QUARANTINE),
    "POST /intake/v1/quarantine/{concern_id}/release": may(Right.HANDLE_QUARANTINE),
    "POST /intake/v1/quarantine/{concern_id}/redact": may(Right.HANDLE_QUARANTINE),
    "POST /intake/v1/quarantine/{concern_id}/reject": may(Right.HANDLE_QUARANTINE),
    "GET /intake/v1/audit-lines": may(Right.READ_AUDIT),
    "POST /intake/v1/concerns/{concern_id}/expunge": may(Right.EXPUNGE_NARRATIVES),
    "POST /intake/v1/access-exports": may(Right.GIVE_ACCESS),
    "POST /intake/v1/disposals": may(Right.RUN_DISPOSAL),
    "GET /intake/access-exports": people(Right.GIVE_ACCESS),
    "POST /intake/access-exports": people(Right.GIVE_ACCESS),
    "POST /intake/v1/keys": people(Right.MANAGE_KEYS, by=ASKS),
    "GET /intake/v1/keys": people(Right.MANAGE_KEYS, by=ASKS),
    "POST /intake/v1/keys/{fingerprint}/revoke": people(Right.MANAGE_KEYS, by=ASKS),
    "GET /intake/v1/sspf-outcomes": may(Right.RECORD_SSPF),
    "POST /intake/v1/sspf-outcomes/{outcome_id}/withdraw": may(Right.RECORD_SSPF),
    "POST /intake/v1/sspf-outcomes": may(Right.RECORD_SSPF),
    "POST /intake/v1/sspf-attestations": may(Right.RECORD_SSPF),
    "POST /intake/v1/statistics-imports": may(Right.IMPORT_STATISTICS),
    "GET /intake/v1/categories": EVERYBODY,
    "GET /intake/v1/places": EVERYBODY,
    "GET /intake/": EVERYBODY,
    "GET /intake/report": EVERYBODY,
    "POST /intake/report": EVERYBODY,
    "GET /intake/report/received/{concern_id}": EVERYBODY,
    "GET /intake/follow": EVERYBODY,
    "POST /intake/follow": EVERYBODY,
    "GET /intake/concerns/{concern_id}": people(Right.READ_OWN_CONCERNS),
    "GET /intake/concerns/{concern_id}/narrative": may(
        Right.READ_OWN_NARRATIVES, Right.READ_ANY_NARRATIVE, by=SIGN_IN
    ),
    "POST /intake/concerns/{concern_id}/narrative": may(
        Right.READ_OWN_NARRATIVES, Right.READ_ANY_NARRATIVE
    ),
    "GET /intake/concerns/{concern_id}/withdraw": people(Right.CHANGE_OWN_CONCERNS),
    "POST /intake/concerns/{concern_id}/withdraw": people(Right.CHANGE_OWN_CONCERNS),
    "GET /intake/concerns/{concern_id}/correct": people(Right.CHANGE_OWN_CONCERNS),
    "POST /intake/concerns/{concern_id}/correct": people(Right.CHANGE_OWN_CONCERNS),
    "GET /intake/quarantine": people(Right.HANDLE_QUARANTINE),
    "GET /intake/quarantine/{concern_id}": people(Right.HANDLE_QUARANTINE),
    "POST /intake/quarantine/{concern_id}": people(Right.HANDLE_QUARANTINE),
    "POST /intake/quarantine/{concern_id}/release": people(Right.HANDLE_QUARANTINE),
    "POST /intake/quarantine/{concern_id}/redact": people(Right.HANDLE_QUARANTINE),
    "POST /intake/quarantine/{concern_id}/reject": people(Right.HANDLE_QUARANTINE),
    "GET /intake/audit": people(Right.READ_AUDIT),
    "GET /intake/expunge": people(Right.EXPUNGE_NARRATIVES),
    "POST /intake/expunge": people(Right.EXPUNGE_NARRATIVES),
    "GET /intake/keys": people(Right.MANAGE_KEYS),
    "POST /intake/keys": people(Right.MANAGE_KEYS),
    "POST /intake/keys/{fingerprint}/revoke": people(Right.MANAGE_KEYS),
    "GET /intake/sspf": people(Right.RECORD_SSPF),
    "POST /intake/sspf": people(Right.RECORD_SSPF),
    "POST /intake/sspf/attest": people(Right.RECORD_SSPF),
    "GET /intake/sspf/recorded/{identity}": people(Right.RECORD_SSPF),
    "GET /intake/sspf/outcomes": people(Right.RECORD_SSPF),
    "GET /intake/sspf/outcomes/{outcome_id}/withdraw": people(Right.RECORD_SSPF),
    "POST /intake/sspf/outcomes/{outcome_id}/withdraw": people(Right.RECORD_SSPF),
    "GET /intake/statistics": people(Right.IMPORT_STATISTICS),
    "POST /intake/statistics": people(Right.IMPORT_STATISTICS),
    "GET /intake/statistics/{import_id}": people(Right.IMPORT_STATISTICS),
    "GET /intake/imports": people(Right.REPORT_CONCERN),
    "POST /intake/imports": people(Right.REPORT_CONCERN),
    "GET /intake/imports/{import_id}": people(Right.REPORT_CONCERN),
}
# GeoReport v2, at both its addresses: a post needs a key; who has none reads nothing of anybody's.
_OPEN311: Final = {
    "GET {at}/discovery.{form}": EVERYBODY,
    "GET {at}/services.{form}": EVERYBODY,
    "GET {at}/services/{service_code}.{form}": EVERYBODY,
    "GET {at}/requests.{form}": EVERYBODY,
    "GET {at}/requests/{service_request_id}.{form}": EVERYBODY,
    "GET {at}/tokens/{token}.{form}": EVERYBODY,
    "GET {at}/servicerequestupdates.{form}": EVERYBODY,
    "POST {at}/servicerequestupdates.{form}": EVERYBODY,
    "POST {at}/requests.{form}": may(Right.REPORT_CONCERN, by=REFUSED),
}


def names_something(operation: str) -> bool:
    """Whether its path names one thing; a token of GeoReport is a request's number."""
    return "_id}" in operation or "/tokens/{token}" in operation


GEOREPORT: Final[Mapping[str, Need]] = {
    name.replace("{at}", f"/intake/open311/{at}"): need
    for name, need in _OPEN311.items()
    for at in ("v2", "test/v2")
} | {"GET /intake/open311/v2/openapi.json": EVERYBODY}
COORDINATION: Final[Mapping[str, Need]] = {
    "GET /coordination/v1/triage": _DESK,
    "POST /coordination/v1/triage/{concern_id}/link": may(Right.TRIAGE),
    "POST /coordination/v1/triage/{concern_id}/duplicate": may(Right.TRIAGE),
    "POST /coordination/v1/triage/{concern_id}/out-of-scope": may(Right.TRIAGE),
    "GET /coordination/v1/problems": _DESK,
    "POST /coordination/v1/problems": may(Right.DECIDE_PROBLEMS),
    "GET /coordination/v1/problems/{problem_id}": _DESK,
    "POST /coordination/v1/problems/{problem_id}/causes": may(Right.RECORD_CAUSES),
    "POST /coordination/v1/problems/{problem_id}/prioritisation": may(Right.DECIDE_PROBLEMS),
    "POST /coordination/v1/problems/{problem_id}/resolve": may(Right.DECIDE_PROBLEMS),
    "POST /coordination/v1/problems/{problem_id}/reopen": may(Right.DECIDE_PROBLEMS),
    "GET /coordination/v1/assignments": may(Right.READ_COORDINATION),
    "POST /coordination/v1/assignments": _ASSIGNS,
    "GET /coordination/v1/assignments/{assignment_id}": may(Right.READ_COORDINATION),
    "POST /coordination/v1/assignments/{assignment_id}/redirect": _ASSIGNS,
    "POST /coordination/v1/assignments/{assignment_id}/change-due-date": _ASSIGNS,
    "POST /coordination/v1/assignments/{assignment_id}/cancel": _ASSIGNS,
    "POST /coordination/v1/assignments/{assignment_id}/accept": _ACTS,
    "POST /coordination/v1/assignments/{assignment_id}/start": _ACTS,
    "POST /coordination/v1/assignments/{assignment_id}/unblock": _ACTS,
    "POST /coordination/v1/assignments/{assignment_id}/decline": _ACTS,
    "POST /coordination/v1/assignments/{assignment_id}/block": _ACTS,
    "POST /coordination/v1/assignments/{assignment_id}/complete": _ACTS,
    "POST /coordination/v1/assignments/{assignment_id}/verify": _ASSIGNS,
    "POST /coordination/v1/assignments/{assignment_id}/reopen": _ASSIGNS,
    "POST /coordination/v1/assignments/{assignment_id}/follow-up": _ASSIGNS,
    "POST /coordination/v1/assignments/{assignment_id}/close": _ASSIGNS,
    "GET /coordination/v1/places": may(Right.READ_COORDINATION),
    "POST /coordination/v1/places": may(Right.MANAGE_PLACES),
    "POST /coordination/v1/places/{place_id}/control": may(Right.MANAGE_PLACES),
    "POST /coordination/v1/places/{place_id}/prioritise": may(Right.MANAGE_PLACES),
    "POST /coordination/v1/places/{place_id}/deprioritise": may(Right.MANAGE_PLACES),
    "POST /coordination/v1/places/{place_id}/retire": may(Right.MANAGE_PLACES),
    "GET /coordination/v1/pictures": may(Right.READ_COORDINATION),
    "POST /coordination/v1/pictures": may(Right.DECIDE_PICTURE),
    "POST /coordination/v1/pictures/{picture_id}/adopt": may(Right.DECIDE_PICTURE),
    "GET /coordination/v1/est-cycles": may(Right.READ_COORDINATION),
    "POST /coordination/v1/est-cycles": may(Right.MANAGE_CYCLES),
    "POST /coordination/v1/est-cycles/{cycle_id}/close": may(Right.MANAGE_CYCLES),
    "GET /coordination/sign-in": EVERYBODY,
    "POST /coordination/sign-in": EVERYBODY,
    "POST /coordination/sign-out": EVERYBODY,
    "GET /coordination/": _DESK_PAGE,
    "GET /coordination/fragments/board": may(
        Right.READ_COORDINATION, but=frozenset({Role.ACTION_OWNER})
    ),
    "GET /coordination/problems/{problem_id}": _DESK_PAGE,
}
NOTIFY: Final[Mapping[str, Need]] = {
    "GET /notify/v1/deliveries": may(Right.READ_DELIVERIES),
    "GET /notify/v1/stream": may(Right.READ_STREAM),
    "GET /notify/outbox": EVERYBODY,
    "GET /notify/outbox/{name}": EVERYBODY,
}
REPORTING: Final[Mapping[str, Need]] = {
    "GET /reporting/v1/concerns": may(Right.READ_ROWS),
    "GET /reporting/v1/concerns/{concern_id}": may(Right.READ_ROWS),
    "GET /reporting/v1/counters": may(Right.READ_ROWS),
    "GET /reporting/v1/assignments": may(Right.READ_INTERNAL_REPORTS),
    "GET /reporting/v1/problems": may(Right.READ_INTERNAL_REPORTS),
    "GET /reporting/v1/effects": may(Right.READ_INTERNAL_REPORTS),
    "GET /reporting/v1/sspf": may(Right.READ_INTERNAL_REPORTS, Right.RECORD_SSPF),
    "GET /reporting/v1/indicators": EVERYBODY,
    "GET /reporting/v1/situation": EVERYBODY,
    "GET /reporting/v1/reports": EVERYBODY,
    "POST /reporting/v1/reports": may(Right.BUILD_REPORT),
    "GET /reporting/": EVERYBODY,
    "GET /reporting/situation": EVERYBODY,
    "GET /reporting/situation/{week}": EVERYBODY,
}
OF_EVERY_SERVICE: Final = (
    "GET /{service}",
    "GET /{service}/v1/api-info",
    "GET /{service}/v1/openapi.json",
    "GET /{service}/openapi.json",
    "GET /{service}/docs",
    "GET /{service}/docs/{name}",
    "GET /{service}/asyncapi.json",
    "GET /{service}/asyncapi",
    "GET /{service}/health/live",
    "GET /{service}/health/ready",
    "GET /{service}/metrics",
    "GET /{service}/static",
    "POST /{service}/v1/demo/tick",
)
NEEDS: Final[Mapping[str, Mapping[str, Need]]] = {
    service: {each.replace("{service}", service): EVERYBODY for each in OF_EVERY_SERVICE} | of
    for service, of in {
        "intake": dict(INTAKE) | dict(GEOREPORT),
        "coordination": dict(COORDINATION),
        "notify": dict(NOTIFY),
        "reporting": dict(REPORTING),
    }.items()
}


def somebody_who_may(service: str, name: str) -> Role:
    """A role that may use the operation: the coordinator, if that one may."""
    roles = NEEDS[service][name].roles
    if roles is None or Role.COORDINATOR in roles:
        return Role.COORDINATOR
    return min(roles)


ONLY_SOMETIMES: Final = frozenset({"GET /notify/outbox", "GET /notify/outbox/{name}"})
PARTED_BY_ROWS: Final = frozenset({"notify"})  # another district's keys see nothing, at 200

# Operations that name what belongs to one agency, with a body that would be in order.
OWNED: Final[Mapping[str, Mapping[str, object]]] = {
    "GET /intake/v1/concerns/{concern_id}": {},
    "GET /intake/report/received/{concern_id}": {},
    "POST /intake/v1/concerns/{concern_id}/withdraw": {"reason": "SENT_TWICE"},
    "POST /intake/v1/concerns/{concern_id}/correct": concern(severity=2),
    "POST /intake/v1/concerns/{concern_id}/narrative-readings": {"purpose": "OWN_FOLLOW_UP"},
}
# Operations that name what everybody with the right may see: the shared picture.
_OWN = "own only: tests/intake/test_"
_AS_A_WHOLE = "the desk's work is shared by those who may see it"
_BY_OWNER = "an agency's own only: tests/coordination/test_api.py"
SHARED: Final[Mapping[str, str]] = (
    {
        name: _BY_OWNER if "/assignments/" in name else _AS_A_WHOLE
        for name in COORDINATION
        if "{" in name
    }
    | {
        "GET /reporting/v1/concerns/{concern_id}": "coded rows, READ_ROWS",
        "POST /intake/v1/quarantine/{concern_id}/readings": _AS_A_WHOLE,
        "POST /intake/v1/concerns/{concern_id}/contact-readings": _AS_A_WHOLE,
        "POST /intake/v1/concerns/{concern_id}/expunge": "the records officer sees to all",
        "POST /intake/v1/quarantine/{concern_id}/release": _AS_A_WHOLE,
        "POST /intake/v1/quarantine/{concern_id}/redact": _AS_A_WHOLE,
        "POST /intake/v1/quarantine/{concern_id}/reject": _AS_A_WHOLE,
        "POST /intake/v1/sspf-outcomes/{outcome_id}/withdraw": f"{_OWN}sspf_api.py",
        "GET /intake/sspf/outcomes/{outcome_id}/withdraw": f"{_OWN}sspf_outcomes_page.py",
        "POST /intake/sspf/outcomes/{outcome_id}/withdraw": f"{_OWN}sspf_outcomes_page.py",
        "GET /intake/concerns/{concern_id}": f"{_OWN}desk.py",
        "GET /intake/concerns/{concern_id}/narrative": f"{_OWN}life_api.py",
        "POST /intake/concerns/{concern_id}/narrative": f"{_OWN}life_api.py",
        "GET /intake/imports/{import_id}": f"{_OWN}imports_page.py",
        "GET /intake/statistics/{import_id}": "figures of the whole district, IMPORT_STATISTICS",
        "GET /intake/concerns/{concern_id}/withdraw": f"{_OWN}desk.py",
        "POST /intake/concerns/{concern_id}/withdraw": f"{_OWN}desk.py",
        "GET /intake/concerns/{concern_id}/correct": f"{_OWN}desk.py",
        "POST /intake/concerns/{concern_id}/correct": f"{_OWN}desk.py",
        "GET /intake/quarantine/{concern_id}": _AS_A_WHOLE,
        "POST /intake/quarantine/{concern_id}": _AS_A_WHOLE,
        "POST /intake/quarantine/{concern_id}/release": _AS_A_WHOLE,
        "POST /intake/quarantine/{concern_id}/redact": _AS_A_WHOLE,
        "POST /intake/quarantine/{concern_id}/reject": _AS_A_WHOLE,
    }
    | {name: f"{_OWN}open311.py" for name in GEOREPORT if names_something(name)}
)
NAMES_NOTHING_OWNED: Final = frozenset({
    "GET /notify/outbox/{name}",
    "GET /reporting/situation/{week}",
})  # fmt: skip
