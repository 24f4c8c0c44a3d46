"""Closed code lists of what becomes of something after intake took it in."""

from enum import StrEnum


class WithdrawalReason(StrEnum):
    """Why whoever reported or recorded something took it back."""

    SENT_BY_MISTAKE = "SENT_BY_MISTAKE"
    SENT_TWICE = "SENT_TWICE"
    REPLACED_BY_NEW = "REPLACED_BY_NEW"
    HANDLED_ELSEWHERE = "HANDLED_ELSEWHERE"
    NOT_SO = "NOT_SO"


class ReleaseReason(StrEnum):
    """Why a quarantined text may stand as it was written."""

    FALSE_ALARM = "FALSE_ALARM"
    PLACE_NAME = "PLACE_NAME"
    PUBLIC_CONTACT = "PUBLIC_CONTACT"


class RejectionReason(StrEnum):
    """Why a quarantined concern is not taken in."""

    ABOUT_A_PERSON = "ABOUT_A_PERSON"
    BELONGS_ELSEWHERE = "BELONGS_ELSEWHERE"
    NO_OBSERVATION = "NO_OBSERVATION"
    SENT_TWICE = "SENT_TWICE"
    ABUSE = "ABUSE"


class ExpungeBasis(StrEnum):
    """On the strength of what a text was destroyed."""

    DISPOSAL_DECISION = "DISPOSAL_DECISION"
    DATA_SUBJECT_REQUEST = "DATA_SUBJECT_REQUEST"
    SCREENING_MISS = "SCREENING_MISS"


class SspfOutcomeState(StrEnum):
    """A recorded outcome of an SSPF meeting; only one that stands counts."""

    RECORDED = "RECORDED"
    WITHDRAWN = "WITHDRAWN"
