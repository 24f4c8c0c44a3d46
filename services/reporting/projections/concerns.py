"""Rows of concerns and diversions, and what each row counts for."""

from services.reporting.projections import NO_PLACE, Contribution, Row, moment
from shared.contracts.calendar import week_of
from shared.contracts.codes import ConcernState
from shared.contracts.concerns import (
    ConcernCorrected,
    ConcernDiverted,
    ConcernNarrativeExpunged,
    ConcernQuarantined,
    ConcernRegistered,
    ConcernRejected,
    ConcernWithdrawn,
)
from shared.contracts.envelope import Received


def registered(row: Row, received: Received[ConcernRegistered]) -> Row:
    """The concern with its codes; its week is that of the observation."""
    return _coded(row, received.event)


def corrected(row: Row, received: Received[ConcernCorrected]) -> Row:
    """The codes it has now: it counts where and when it says now, no longer where it said."""
    event = received.event
    return _coded(row, event) | {"corrected_at": moment(event.corrected_at)}


def withdrawn(row: Row, _received: Received[ConcernWithdrawn]) -> Row:
    """It was taken back, in quarantine or after it was registered: it counts nowhere."""
    return row | {"state": ConcernState.WITHDRAWN.value}


def rejected(row: Row, _received: Received[ConcernRejected]) -> Row:
    """It waits in quarantine no more and is never registered."""
    return row | {"state": ConcernState.REJECTED.value}


def expunged(row: Row, _received: Received[ConcernNarrativeExpunged]) -> Row:
    """Its text was destroyed: registered codes count as before, nothing else counts any more."""
    if row["state"] == ConcernState.REGISTERED:
        return row | {"has_narrative": False}
    return row | {"state": ConcernState.EXPUNGED.value}


def quarantined(row: Row, received: Received[ConcernQuarantined]) -> Row:
    """That a concern waits in quarantine, and for what kinds of findings."""
    return {
        **_bare(row),
        **received.event.model_dump(mode="json"),
        "state": ConcernState.QUARANTINED.value,
        "week": week_of(received.meta.time),
    }


def diverted(row: Row, received: Received[ConcernDiverted]) -> Row:
    """That somebody was told where to turn; nothing else is known of it."""
    event = received.event
    return {
        **_bare(row),
        "target": event.target.value,
        "category_group": event.category_group,
        "week": week_of(received.meta.time),
    }


def per_place(row: Row) -> Contribution:
    """A registered concern counts once for its place, primary category and week."""
    if row["state"] != ConcernState.REGISTERED:
        return {}
    return {(row["district"], row["place_id"], row["category"], row["week"]): 1}


def per_agency(row: Row) -> Contribution:
    """A registered concern counts once for who reported it: the reporting effort."""
    if row["state"] != ConcernState.REGISTERED:
        return {}
    return {(row["district"], row["source_agency"], row["week"]): 1}


def per_quarantine(row: Row) -> Contribution:
    """A concern in quarantine counts beside the registered ones, never among them."""
    if row["state"] != ConcernState.QUARANTINED:
        return {}
    return {(row["district"], row["week"]): 1}


def per_target(row: Row) -> Contribution:
    """A diversion counts for where the reporter was told to turn."""
    return {(row["district"], row["target"], row["week"]): 1}


def _coded(row: Row, event: ConcernRegistered | ConcernCorrected) -> Row:
    return {
        **_bare(row),
        **event.model_dump(mode="json", exclude={"place_id", "observed_from", "observed_to"}),
        "state": ConcernState.REGISTERED.value,
        "place_id": event.place_id or NO_PLACE,
        "observed_from": moment(event.observed_from),
        "observed_to": None if event.observed_to is None else moment(event.observed_to),
        "registered_at": moment(event.registered_at),
        "week": week_of(event.observed_from),
    }


def _bare(row: Row) -> Row:
    return {name: row[name] for name in ("_id", "seq", "district")}
