"""What the live stream tells, and to whom."""

import pytest

from services.notify.domain.live import row_of
from shared.contracts.assignments import AssignmentAccepted, AssignmentDeclined
from shared.contracts.codes import Role
from shared.contracts.concerns import ConcernRegistered
from shared.contracts.places import PlaceRegistered
from shared.contracts.schemas import example_of
from shared.contracts.sspf import SspfTermAttested
from tests.notify.given import ASSIGNMENT, CONCERN, received

WHOLE = [Role.COORDINATOR, Role.COMMUNITY_POLICE, Role.ANALYST, Role.OPERATOR]
HERE = "KUNGSHOLMEN"


def test_a_line_is_a_type_and_ids() -> None:
    line = row_of(received(example_of(ConcernRegistered), subject=CONCERN)).glimpse
    assert set(line.model_dump()) == {"type", "topic", "aggregate", "subject", "event_id"}
    assert line.subject == CONCERN


@pytest.mark.parametrize("role", WHOLE)
def test_who_works_with_the_whole_picture_sees_all_of_their_district(role: Role) -> None:
    row = row_of(received(AssignmentAccepted()))
    assert row.visible_to(district=HERE, agency="ANY", role=role)
    assert not row.visible_to(district="ELSEWHERE", agency="ANY", role=role)


def test_an_agency_sees_what_concerns_it() -> None:
    declined = AssignmentDeclined(reason="NOT_OUR_CONTROL", suggested_owner="PORT")
    row = row_of(received(declined, agency="TRAFFIC_OFFICE"), also="REGION")
    assert row.agencies == ("TRAFFIC_OFFICE", "REGION", "PORT")
    seen = {
        agency: row.visible_to(district=HERE, agency=agency, role=Role.ACTION_OWNER)
        for agency in ("TRAFFIC_OFFICE", "REGION", "PORT", "LIBRARIES")
    }
    assert seen == {"TRAFFIC_OFFICE": True, "REGION": True, "PORT": True, "LIBRARIES": False}


def test_everybody_sees_what_is_public() -> None:
    row = row_of(received(example_of(PlaceRegistered), subject="PL-HORN"))
    assert row.visible_to(district=HERE, agency="LIBRARIES", role=Role.ACTION_OWNER)


def test_what_is_restricted_is_not_told_live() -> None:
    row = row_of(received(example_of(SspfTermAttested), subject=ASSIGNMENT))
    assert not row.visible_to(district=HERE, agency="DISTRICT_COORD", role=Role.COORDINATOR)
