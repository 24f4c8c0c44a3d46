"""Closed code lists. What a district may change stands in the district file instead."""

from enum import StrEnum


class Certainty(StrEnum):
    """How the reporter knows."""

    SEEN = "SEEN"
    ASSESSED = "ASSESSED"
    TOLD = "TOLD"


class Recurrence(StrEnum):
    """Whether it has happened before."""

    FIRST = "FIRST"
    REPEATED = "REPEATED"
    ONGOING = "ONGOING"


class PlaceType(StrEnum):
    """What kind of spot it is."""

    OUTDOOR = "OUTDOOR"
    SEMI_PUBLIC = "SEMI_PUBLIC"
    INDOOR = "INDOOR"


class GroupBand(StrEnum):
    """How many persons took part, never counted exactly."""

    NONE = "0"
    ONE_TO_TWO = "1-2"
    THREE_TO_FIVE = "3-5"
    SIX_TO_TEN = "6-10"
    ELEVEN_OR_MORE = "11+"


class YesNoUnknown(StrEnum):
    """An answer that may be missing."""

    YES = "YES"
    NO = "NO"
    UNKNOWN = "UNKNOWN"


class Flag(StrEnum):
    """What was involved."""

    ALCOHOL = "ALCOHOL"
    DRUGS = "DRUGS"
    VEHICLE = "VEHICLE"
    WEAPON = "WEAPON"


class Disclosure(StrEnum):
    """Who may read an event."""

    PUBLIC = "PUBLIC"
    PARTNER = "PARTNER"
    AGENCY = "AGENCY"
    RESTRICTED = "RESTRICTED"


class Role(StrEnum):
    """In which role somebody acts; who that is never travels."""

    REPORTER = "REPORTER"
    ACTION_OWNER = "ACTION_OWNER"
    COORDINATOR = "COORDINATOR"
    COMMUNITY_POLICE = "COMMUNITY_POLICE"
    ANALYST = "ANALYST"
    COUNCIL_SECRETARY = "COUNCIL_SECRETARY"
    SSPF_COORDINATOR = "SSPF_COORDINATOR"
    RECORDS_OFFICER = "RECORDS_OFFICER"
    OPERATOR = "OPERATOR"
    SYSTEM = "SYSTEM"
    PUBLIC = "PUBLIC"


class Effect(StrEnum):
    """What a measure did to its problem; worse and displaced are valid results."""

    IMPROVED = "IMPROVED"
    UNCHANGED = "UNCHANGED"
    WORSE = "WORSE"
    DISPLACED = "DISPLACED"
    UNKNOWN = "UNKNOWN"


class SituationLevel(StrEnum):
    """The level of a situation picture."""

    GREEN = "GREEN"
    YELLOW = "YELLOW"
    ORANGE = "ORANGE"
    RED = "RED"


class DivertTarget(StrEnum):
    """Where somebody turns with what Samlad does not take in."""

    EMERGENCY_112 = "EMERGENCY_112"
    POLICE_114_14 = "POLICE_114_14"
    SOCIAL_SERVICES = "SOCIAL_SERVICES"


class FindingType(StrEnum):
    """What the screen for personal data found; never what it said."""

    PERSONAL_NUMBER = "PERSONAL_NUMBER"
    COORDINATION_NUMBER = "COORDINATION_NUMBER"
    PHONE = "PHONE"
    EMAIL = "EMAIL"
    PLATE = "PLATE"
    ADDRESS = "ADDRESS"
    URL = "URL"
    HANDLE = "HANDLE"
    NAME = "NAME"


class ConcernState(StrEnum):
    """A concern in intake."""

    SUBMITTED = "SUBMITTED"
    QUARANTINED = "QUARANTINED"
    RELEASED = "RELEASED"
    REJECTED = "REJECTED"
    DIVERTED = "DIVERTED"
    REGISTERED = "REGISTERED"
    WITHDRAWN = "WITHDRAWN"
    EXPUNGED = "EXPUNGED"


class CaseState(StrEnum):
    """The same concern in coordination, from triage on."""

    REGISTERED = "REGISTERED"
    TRIAGED = "TRIAGED"
    DUPLICATE = "DUPLICATE"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    LINKED = "LINKED"
    IN_ACTION = "IN_ACTION"
    FOLLOW_UP = "FOLLOW_UP"
    CLOSED = "CLOSED"
    REOPENED = "REOPENED"


class ProblemState(StrEnum):
    """A problem, from the first pattern to its end."""

    IDENTIFIED = "IDENTIFIED"
    ANALYSED = "ANALYSED"
    PRIORITISED = "PRIORITISED"
    DEPRIORITISED = "DEPRIORITISED"
    IN_ACTION = "IN_ACTION"
    FOLLOW_UP = "FOLLOW_UP"
    RESOLVED = "RESOLVED"
    PERSISTING = "PERSISTING"
    REOPENED = "REOPENED"


class AssignmentState(StrEnum):
    """One measure with one owner."""

    PROPOSED = "PROPOSED"
    ASSIGNED = "ASSIGNED"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    REDIRECTED = "REDIRECTED"
    IN_PROGRESS = "IN_PROGRESS"
    BLOCKED = "BLOCKED"
    COMPLETED = "COMPLETED"
    VERIFIED = "VERIFIED"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"
    REOPENED = "REOPENED"


class PictureState(StrEnum):
    """A situation picture; adopted is immutable."""

    OPEN = "OPEN"
    COMPILED = "COMPILED"
    REVIEWED = "REVIEWED"
    ADOPTED = "ADOPTED"
    SUPERSEDED = "SUPERSEDED"


class DeliveryState(StrEnum):
    """One message to one recipient over one channel."""

    PENDING = "PENDING"
    SENDING = "SENDING"
    ACCEPTED = "ACCEPTED"
    DELIVERED = "DELIVERED"
    BOUNCED = "BOUNCED"
    RETRYING = "RETRYING"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    SUPPRESSED = "SUPPRESSED"


class SspfLevel(StrEnum):
    """What an SSPF meeting worked with; the last carries a count and nothing else."""

    STRUCTURE = "STRUCTURE"
    GROUP = "GROUP"
    INDIVIDUAL_COUNT_ONLY = "INDIVIDUAL_COUNT_ONLY"


class YouthBand(StrEnum):
    """How many youths were discussed."""

    NONE = "0"
    ONE_TO_FOUR = "1-4"
    FIVE_TO_NINE = "5-9"
    TEN_OR_MORE = "10+"


class PriorityDecision(StrEnum):
    """What the group decided about a problem."""

    PRIORITISED = "PRIORITISED"
    DEPRIORITISED = "DEPRIORITISED"


class TriangleSide(StrEnum):
    """A side of the problem triangle."""

    OFFENDER = "OFFENDER"
    TARGET = "TARGET"
    PLACE = "PLACE"


class DeliveryChannel(StrEnum):
    """How a message goes out."""

    MAIL = "MAIL"
    STREAM = "STREAM"


class TriageOutcome(StrEnum):
    """What triage decided about a concern."""

    LINKED = "LINKED"
    DUPLICATE = "DUPLICATE"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"


class EscalationKind(StrEnum):
    """Why an assignment was escalated."""

    UNACCEPTED = "UNACCEPTED"
    OVERDUE = "OVERDUE"


class DisplacementResult(StrEnum):
    """What the check at the other place showed."""

    NOT_DISPLACED = "NOT_DISPLACED"
    PARTLY_DISPLACED = "PARTLY_DISPLACED"
    DISPLACED = "DISPLACED"
    UNKNOWN = "UNKNOWN"


class CategoryScope(StrEnum):
    """How precisely a category may be placed."""

    PLACE = "PLACE"
    DISTRICT = "DISTRICT"
    SCHOOL_AREA = "SCHOOL_AREA"


class StatisticCaution(StrEnum):
    """Which caution text a publisher's figures are always shown with."""

    REPORTED_CRIME = "REPORTED_CRIME"
    SURVEY = "SURVEY"
    POLICE_NOTICES = "POLICE_NOTICES"
    SERVICE_REQUESTS = "SERVICE_REQUESTS"
    OFFICIAL_STATISTICS = "OFFICIAL_STATISTICS"
    MIXED_INDICATORS = "MIXED_INDICATORS"
    AS_GIVEN = "AS_GIVEN"
