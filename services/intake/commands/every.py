"""Everything that can be done at intake, by name: what its doors are given."""

from dataclasses import dataclass

from services.intake.commands.api_keys import AgencyKeys
from services.intake.commands.audit import AuditTrail
from services.intake.commands.batch import Batch
from services.intake.commands.concerns import Concerns
from services.intake.commands.contacts import Contacts
from services.intake.commands.imports import Imports
from services.intake.commands.open311 import ServiceRequests
from services.intake.commands.own import OwnConcerns
from services.intake.commands.quarantine import Quarantine
from services.intake.commands.reaching import Reaching
from services.intake.commands.readings import Readings
from services.intake.commands.records import Records
from services.intake.commands.references import References
from services.intake.commands.residents import Residents
from services.intake.commands.sspf import Sspf
from services.intake.commands.statistics import Statistics


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """The commands of intake."""

    concerns: Concerns
    batch: Batch
    imports: Imports
    residents: Residents
    references: References
    contacts: Contacts
    reaching: Reaching
    own: OwnConcerns
    readings: Readings
    quarantine: Quarantine
    sspf: Sspf
    statistics: Statistics
    keys: AgencyKeys
    service_requests: ServiceRequests
    trail: AuditTrail
    records: Records
