"""Who reports: an agency that is signed in, or anybody."""

from typing import Annotated

from fastapi import Depends, Request

from shared.contracts.codes import Role
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.security.roles import Principal, Right, Via, allowed
from shared.web.auth import MaybeKnown
from shared.web.site import site_of

RESIDENTS = AgencyCode("RESIDENTS")


async def reporting(request: Request, known: MaybeKnown) -> Principal:
    """Whoever is signed in and may report; everybody else reports as the public."""
    district = site_of(request).district.code
    if known and known.district == district and allowed(known, Right.REPORT_CONCERN):
        return known
    return Principal(
        district=DistrictCode(district), agency=RESIDENTS, role=Role.PUBLIC, via=Via.ANONYMOUS
    )


Reporting = Annotated[Principal, Depends(reporting)]
