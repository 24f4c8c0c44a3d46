"""Who asks by GeoReport: a key in a header or in the form, never in an address."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Header, Query, Request

from services.intake.commands.api_keys import FINGERPRINT
from shared.security.keys import KeyKind, digest
from shared.security.roles import Principal, Right, allowed
from shared.web.auth import count_key, maybe_principal, note_wrong_key
from shared.web.problem import Problem
from shared.web.site import site_of

TEST_KEY: Final = f"sml_{KeyKind.TEST}_"
NO_KEY = (
    "Nyckel saknas: skicka den i huvudet Authorization, api_key eller X-Api-Key eller formuläret",
    "A key is missing: send it in the header Authorization, api_key or X-Api-Key, or in the form",
)
WRONG_KEY = ("Nyckeln är okänd eller gäller inte här", "The key is unknown or not valid here")
IN_ADDRESS = (
    (
        "Nyckeln stod i adressen, där den syns i loggar: byt ut den, och skicka den i huvudet "
        "Authorization eller i formuläret"
    ),
    (
        "The key stood in the address, where logs show it: replace it, and send it in the header "
        "Authorization or in the form"
    ),
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a key; what a test key brings is marked as made up.

    Attributes:
        key: what names the key, as its agency's list of keys does; never the key.
    """

    principal: Principal
    testing: bool
    key: str


def refused(words: tuple[str, str]) -> Problem:
    """A key that is missing, wrong, or in the wrong place."""
    return Problem(403, "open311-key", words)


async def caller(request: Request, in_form: str = "") -> Caller | None:
    """Who asks, or None for nobody; a wrong key is never taken for none.

    Keys of other headers have become `Authorization: Bearer` before (`credentials`).
    """
    if request.query_params.get("api_key"):
        raise refused(IN_ADDRESS)
    given = request.headers.get("authorization")
    if given is not None:
        found = await maybe_principal(request)
        return _known(found, given.strip().rpartition(" ")[2].strip())
    if not in_form.strip():
        return None
    site, key = site_of(request), in_form.strip()
    count_key(request, key)
    held = site.keyring.find(key, site.wall_now())
    if held is None:
        note_wrong_key(request)
    return _known(held, key)


async def reader(
    request: Request,
    _key: Annotated[
        str | None, Header(alias="api_key", description="Nyckel / key; or Authorization")
    ] = None,
) -> Caller | None:
    """Who reads; somebody without a key is nobody in particular."""
    found = await caller(request)
    return found if found is None else allowed_here(request, found, Right.READ_OWN_CONCERNS)


async def jurisdiction(
    request: Request,
    jurisdiction_id: Annotated[
        str, Query(description="Stadsdelens kod / the district's code; may be left out")
    ] = "",
) -> None:
    """Refuse another jurisdiction: this endpoint serves one."""
    check_jurisdiction(request, jurisdiction_id)


def check_jurisdiction(request: Request, named: str) -> None:
    """404 for any jurisdiction but this district; naming none is naming this one."""
    if named.strip() and named.strip().casefold() != site_of(request).district.code.casefold():
        raise Problem(
            404,
            "open311-jurisdiction",
            ("jurisdiction_id finns inte här", "jurisdiction_id was not found"),
        )


def allowed_here(request: Request, who: Caller, right: Right) -> Caller:
    """The caller, where key, district and role allow it; 403 otherwise."""
    wrong_place = getattr(request.state, "testing", False) and not who.testing
    here = who.principal.district == site_of(request).district.code
    if wrong_place or not here or not allowed(who.principal, right):
        raise refused(WRONG_KEY)
    return who


def _known(found: Principal | None, key: str) -> Caller:
    if found is None:
        raise refused(WRONG_KEY)
    return Caller(found, key.startswith(TEST_KEY), digest(key)[:FINGERPRINT])


Reader = Annotated[Caller | None, Depends(reader)]
