"""Keys of an agency's own systems: make, list, revoke. For signed-in people only."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.access import KeyMaker
from services.intake.commands.api_keys import FINGERPRINT, AgencyKeys
from services.intake.domain.api_keys import KeyOrder
from services.intake.store.api_keys import StoredKey
from shared.contracts.codes import Role
from shared.web.idempotency import IdempotencyKey
from shared.web.paging import Listing, Paged, paged
from shared.web.problem import Problem
from shared.web.requests import provenance
from shared.web.site import site_of

PATH = "/intake/v1/keys"
Fingerprint = Annotated[
    str, Path(pattern=r"^[0-9a-f]{12}$", description="Nyckelns märke / its fingerprint")
]


class KeyView(BaseModel):
    """What is known of a key; never the key."""

    fingerprint: str = Field(description="Märke / first characters of its hash")
    agency: str = Field(description="Organisation / agency")
    kind: str = Field(description="test, team, live")
    role: Role = Field(description="Vad den får / what it may do")
    label: str = Field(description="Vilket system / which system")
    issued: datetime = Field(description="Gjord / made")
    expires: datetime = Field(description="Gäller till / in force until")
    revoked: datetime | None = Field(default=None, description="Spärrad / revoked")
    last_used: datetime | None = Field(default=None, description="Senast använd / last used")
    reads_texts: bool = Field(
        description="Läser organisationens texter: gjord av någon där som får / reads its texts"
    )
    in_force: bool = Field(description="Gäller nu / in force now")

    @classmethod
    def of(cls, key: StoredKey, now: datetime) -> "KeyView":
        """The view of what is kept."""
        return cls(
            fingerprint=key.sha256[:FINGERPRINT],
            agency=key.agency,
            kind=key.kind,
            role=key.role,
            label=key.label,
            issued=key.issued,
            expires=key.expires,
            revoked=key.revoked,
            last_used=key.last_used,
            reads_texts=key.reads_texts,
            in_force=key.in_force(now),
        )


class NewKey(BaseModel):
    """A key, shown this once."""

    model_config = ConfigDict(
        json_schema_extra={"description": "Visas en gång / shown once"},
    )

    key: str | None = Field(
        description="Nyckeln; tom när beställningen upprepas / the key; null on a repeated order"
    )
    about: KeyView = Field(description="Vad som sparas / what is kept")


def router(keys: AgencyKeys) -> APIRouter:
    """The routes under `/intake/v1/keys`."""
    routes = APIRouter(prefix=PATH, tags=["nycklar / keys"])

    @routes.post("", status_code=201, summary="Gör en nyckel / make a key")
    async def make(
        said: KeyOrder, request: Request, response: Response, who: KeyMaker, key: IdempotencyKey
    ) -> NewKey:
        """En nyckel till ett av organisationens system; den visas bara nu. / Shown this once.

        Den läser organisationens texter bara om den som gör den får det, och hör dit. / It reads
        the organisation's texts only where who makes it belongs there and may.
        """
        made = await keys.issue(said, key, provenance(request, who))
        response.headers["cache-control"] = "no-store"
        if made.plaintext is None:
            response.headers["idempotent-replayed"] = "true"
        now = site_of(request).wall_now()
        return NewKey(key=made.plaintext, about=KeyView.of(made.key, now))

    @routes.get("", summary="Nycklar / keys")
    async def listed(
        request: Request, response: Response, who: KeyMaker, part: Listing
    ) -> Paged[KeyView]:
        """Organisationens nycklar, nyast först; samordnaren ser alla. / Newest first."""
        why = provenance(request, who)
        found, total = await keys.listed(why, skip=part.skip, limit=part.limit)
        now = site_of(request).wall_now()
        items = [KeyView.of(key, now) for key in found]
        return paged(items, total, part=part, request=request, response=response)

    @routes.post("/{fingerprint}/revoke", summary="Spärra en nyckel / revoke a key")
    async def revoke(fingerprint: Fingerprint, request: Request, who: KeyMaker) -> KeyView:
        """Nyckeln slutar gälla nu; att upprepa gör inget. / It ends now; harmless to repeat."""
        found = await keys.revoke(fingerprint, provenance(request, who))
        if found is None:
            raise Problem(404)
        return KeyView.of(found, site_of(request).wall_now())

    return routes
