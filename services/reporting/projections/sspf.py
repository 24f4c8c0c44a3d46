"""Rows of SSPF outcomes and attestations; whether a term is released is decided when read."""

from services.reporting.projections import Contribution, Row, moment
from shared.contracts.envelope import Received
from shared.contracts.sspf import (
    SspfMeetingOutcomeRecorded,
    SspfMeetingOutcomeWithdrawn,
    SspfTermAttested,
)


def recorded(row: Row, received: Received[SspfMeetingOutcomeRecorded]) -> Row:
    """What is needed for the term's aggregate: the term and the level, and no more."""
    event = received.event
    return {**row, "term": event.term, "level": event.level.value}


def withdrawn(row: Row, _received: Received[SspfMeetingOutcomeWithdrawn]) -> Row:
    """It was taken back: it is no meeting of its term any more."""
    return {**row, "withdrawn": True}


def attested(row: Row, received: Received[SspfTermAttested]) -> Row:
    """The band of unique youths of a whole term, as attested last."""
    event = received.event
    return {
        **row,
        "term": event.term,
        "unique_band": event.unique_band.value,
        "attested_at": moment(received.meta.time),
    }


def per_term(row: Row) -> Contribution:
    """An outcome that stands counts once for its term in the district."""
    if row.get("withdrawn"):
        return {}
    return {(row["district"], row["term"]): 1}
