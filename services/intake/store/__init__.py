"""Every MongoDB query of intake, in the words of its domain."""

from services.intake.store.places import PlaceRow, Places
from services.intake.store.service_requests import Readers, ServiceRequest
from services.intake.store.store import Store

__all__ = ["PlaceRow", "Places", "Readers", "ServiceRequest", "Store"]
