"""Who may read what of reporting: the role's right, and only in this deployment's district."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request

from shared.security.roles import Principal, Right, allowed
from shared.web.auth import Known
from shared.web.problem import Problem
from shared.web.site import site_of


def _any_of(*rights: Right) -> Callable[..., Awaitable[Principal]]:
    async def check(request: Request, known: Known) -> Principal:
        here = known.district == site_of(request).district.code
        if not here or not any(allowed(known, right) for right in rights):
            raise Problem(403)
        return known

    return check


RowReader = Annotated[Principal, Depends(_any_of(Right.READ_ROWS))]
InternalReader = Annotated[Principal, Depends(_any_of(Right.READ_INTERNAL_REPORTS))]
SspfReader = Annotated[Principal, Depends(_any_of(Right.READ_INTERNAL_REPORTS, Right.RECORD_SSPF))]
Builder = Annotated[Principal, Depends(_any_of(Right.BUILD_REPORT))]
