"""Who, when and why of what a request changes."""

from fastapi import Request

from shared.contracts.envelope import Provenance
from shared.security.roles import Principal
from shared.telemetry import context
from shared.web.site import site_of


def provenance(request: Request, principal: Principal) -> Provenance:
    """The provenance of events this request causes, on the service's clock."""
    trace = context.current()
    return Provenance(
        time=site_of(request).clock.now(),
        district=principal.district,
        agency=principal.agency,
        actor_role=principal.role,
        correlation_id=trace.correlation_id,
        traceparent=trace.traceparent,
    )
