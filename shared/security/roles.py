"""Who somebody is and what their role lets them do; everything not listed is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.contracts.codes import Role
from shared.contracts.ids import AgencyCode, DistrictCode


class Via(StrEnum):
    """How somebody showed who they are."""

    KEY = "KEY"
    SESSION = "SESSION"
    ANONYMOUS = "ANONYMOUS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """The one who asks: never a person's name, always an agency's role.

    Attributes:
        reads_texts: whether what people wrote may be shown; not to every machine of an agency.
    """

    district: DistrictCode
    agency: AgencyCode
    role: Role
    via: Via = Via.KEY
    reads_texts: bool = True


class Right(StrEnum):
    """What an endpoint may ask for."""

    REPORT_CONCERN = "REPORT_CONCERN"
    READ_OWN_CONCERNS = "READ_OWN_CONCERNS"
    CHANGE_OWN_CONCERNS = "CHANGE_OWN_CONCERNS"
    READ_OWN_NARRATIVES = "READ_OWN_NARRATIVES"
    READ_ANY_NARRATIVE = "READ_ANY_NARRATIVE"
    HANDLE_QUARANTINE = "HANDLE_QUARANTINE"
    EXPUNGE_NARRATIVES = "EXPUNGE_NARRATIVES"
    GIVE_ACCESS = "GIVE_ACCESS"
    RUN_DISPOSAL = "RUN_DISPOSAL"
    READ_AUDIT = "READ_AUDIT"
    MANAGE_KEYS = "MANAGE_KEYS"
    RECORD_SSPF = "RECORD_SSPF"
    IMPORT_STATISTICS = "IMPORT_STATISTICS"
    TRIAGE = "TRIAGE"
    READ_COORDINATION = "READ_COORDINATION"
    DECIDE_PROBLEMS = "DECIDE_PROBLEMS"
    RECORD_CAUSES = "RECORD_CAUSES"
    ASSIGN = "ASSIGN"
    ACT_ON_OWN_ASSIGNMENTS = "ACT_ON_OWN_ASSIGNMENTS"
    DECIDE_PICTURE = "DECIDE_PICTURE"
    MANAGE_PLACES = "MANAGE_PLACES"
    MANAGE_CYCLES = "MANAGE_CYCLES"
    READ_DELIVERIES = "READ_DELIVERIES"
    READ_STREAM = "READ_STREAM"
    READ_ROWS = "READ_ROWS"
    READ_INTERNAL_REPORTS = "READ_INTERNAL_REPORTS"
    BUILD_REPORT = "BUILD_REPORT"
    OPERATE = "OPERATE"


_AGENCIES = frozenset({
    Role.REPORTER,
    Role.ACTION_OWNER,
    Role.COORDINATOR,
    Role.COMMUNITY_POLICE,
    Role.SSPF_COORDINATOR,
})  # fmt: skip
_READERS = frozenset({Role.COORDINATOR, Role.COMMUNITY_POLICE, Role.ANALYST})
_DESK = frozenset({Role.COORDINATOR})
_RECORDS = frozenset({Role.RECORDS_OFFICER})
_EST = frozenset({Role.COORDINATOR, Role.COMMUNITY_POLICE})

ROLE_RIGHTS: Mapping[Right, frozenset[Role]] = {
    Right.REPORT_CONCERN: _AGENCIES,
    Right.READ_OWN_CONCERNS: _AGENCIES,
    Right.CHANGE_OWN_CONCERNS: _AGENCIES,
    Right.READ_OWN_NARRATIVES: _AGENCIES,
    Right.READ_ANY_NARRATIVE: _DESK,
    Right.HANDLE_QUARANTINE: _DESK | {Role.RECORDS_OFFICER},
    Right.EXPUNGE_NARRATIVES: _RECORDS,
    Right.GIVE_ACCESS: _RECORDS,
    Right.RUN_DISPOSAL: _RECORDS,
    Right.READ_AUDIT: _RECORDS,
    Right.MANAGE_KEYS: _AGENCIES - {Role.REPORTER} | {Role.OPERATOR},
    Right.RECORD_SSPF: frozenset({Role.SSPF_COORDINATOR}),
    Right.IMPORT_STATISTICS: frozenset({Role.COORDINATOR, Role.ANALYST, Role.OPERATOR}),
    Right.TRIAGE: _DESK,
    Right.READ_COORDINATION: _READERS | {Role.ACTION_OWNER, Role.OPERATOR},
    Right.DECIDE_PROBLEMS: _DESK,
    Right.RECORD_CAUSES: _EST,
    Right.ASSIGN: _DESK,
    Right.ACT_ON_OWN_ASSIGNMENTS: _EST | {Role.ACTION_OWNER},
    Right.DECIDE_PICTURE: _EST,
    Right.MANAGE_PLACES: _DESK,
    Right.MANAGE_CYCLES: _DESK,
    Right.READ_DELIVERIES: frozenset({Role.COORDINATOR, Role.OPERATOR}),
    Right.READ_STREAM: _READERS | {Role.ACTION_OWNER, Role.OPERATOR},
    Right.READ_ROWS: frozenset({Role.COORDINATOR, Role.ANALYST, Role.OPERATOR}),
    Right.READ_INTERNAL_REPORTS: _READERS | {Role.COUNCIL_SECRETARY, Role.OPERATOR},
    Right.BUILD_REPORT: frozenset({Role.COORDINATOR, Role.ANALYST}),
    Right.OPERATE: frozenset({Role.OPERATOR}),
}


#: Rights that show what people wrote, or how to reach them.
_TEXTS = frozenset({
    Right.READ_OWN_NARRATIVES,
    Right.READ_ANY_NARRATIVE,
    Right.HANDLE_QUARANTINE,
    Right.GIVE_ACCESS,
})  # fmt: skip


def allowed(principal: Principal, right: Right) -> bool:
    """Whether the principal's role has the right; no role has one that is not written down."""
    has = principal.role in ROLE_RIGHTS.get(right, frozenset())
    return has and (principal.reads_texts or right not in _TEXTS)
