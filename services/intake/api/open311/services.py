"""What may be reported, what is asked about it, and where: discovery, services, definitions."""

from datetime import UTC, datetime
from typing import Any, Final

from fastapi import APIRouter, Depends, Request, Response

from services.intake.api.open311.access import jurisdiction
from services.intake.api.open311.document import answers
from services.intake.api.open311.formats import JSON, TYPES, XML, Asked, answer
from services.intake.api.open311.words import language
from services.intake.domain.open311.attributes import Attribute, attributes, name_of
from shared.contracts.codes import CategoryScope
from shared.contracts.district import Category, District
from shared.web.problem import Problem
from shared.web.site import API_RELEASED, Site, site_of

SPECIFICATION: Final = "http://wiki.open311.org/GeoReport_v2"
PRODUCTION: Final = "/intake/open311/v2"
TEST: Final = "/intake/open311/test/v2"


def services(district: District) -> dict[str, Category]:
    """The categories that have a place: GeoReport is about places, and asks for one."""
    return {
        code: one
        for code, one in district.categories.items()
        if not one.retired and one.scope is CategoryScope.PLACE
    }


def router() -> APIRouter:
    """The routes that tell what there is; open to everybody."""
    routes = APIRouter(tags=["tjänster / services"])
    here = [Depends(jurisdiction)]

    @routes.get(
        "/discovery.{form}",
        summary="Upptäckt / service discovery",
        response_class=Response,
        responses=answers("Discovery"),
    )
    async def discovery(request: Request, form: Asked) -> Response:
        """Skarp adress och testadress, kontakt och hur man får nyckel. / Endpoints, contact."""
        return answer("discovery", _discovery(site_of(request)), form)

    @routes.get(
        "/services.{form}",
        summary="Tjänster / services",
        response_class=Response,
        responses=answers("Services"),
        dependencies=here,
    )
    async def service_list(request: Request, form: Asked) -> Response:
        """Vad man kan rapportera. / What may be reported."""
        district, lang = site_of(request).district, language(request)
        found = services(district)
        listed = [_service(code, found[code], district, lang) for code in found]
        return answer("services", listed, form)

    @routes.get(
        "/services/{service_code}.{form}",
        summary="En tjänsts definition / a service's definition",
        response_class=Response,
        responses=answers("ServiceDefinition"),
        dependencies=here,
    )
    async def service(request: Request, service_code: str, form: Asked) -> Response:
        """Vad som kan sägas om tjänsten; inget är obligatoriskt. / What may be said about it."""
        district, lang = site_of(request).district, language(request)
        if service_code not in services(district):
            raise no_service()
        asked = [
            _attribute(order, one, district, lang)
            for order, one in enumerate(attributes(district), 1)
        ]
        tree = {"service_code": service_code, "attributes": asked}
        return answer("service_definition", tree, form)

    return routes


def no_service() -> Problem:
    """A service_code that is not in the list."""
    return Problem(
        404, "open311-service", ("service_code finns inte", "service_code was not found")
    )


def _service(code: str, category: Category, district: District, lang: str) -> dict[str, Any]:
    group = district.label(category.group).in_(lang)
    days = category.service_days
    target = f"{days} days to action" if lang == "en" else f"riktvärde {days} dagar till åtgärd"
    return {
        "service_code": code,
        "service_name": category.label.in_(lang),
        "description": f"{group}: {category.label.in_(lang)}; {target}.",
        "metadata": True,
        "type": "realtime",
        "keywords": f"{group.lower()}, {category.label.sv}, {category.label.en}",
        "group": group,
    }


def _attribute(order: int, one: Attribute, district: District, lang: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "variable": True,
        "code": one.code,
        "datatype": one.datatype.value,
        "required": False,
        "datatype_description": one.help.in_(lang),
        "order": order,
        "description": one.question.in_(lang),
    }
    if one.values:
        described["values"] = [
            {"key": value, "name": name_of(value, one, district).in_(lang)} for value in one.values
        ]
    return described


def _discovery(site: Site) -> dict[str, Any]:
    settings, changed = site.settings, _changed(site)
    contact = ", ".join(
        told
        for told in (
            settings.contact_name or site.district.name.sv,
            settings.contact_email,
            settings.contact_url,
        )
        if told
    )
    public = settings.public_url.rstrip("/")
    return {
        "changeset": changed,
        "contact": contact,
        "key_service": f"Nyckel fås av / a key is given by: {contact}",
        "endpoints": [
            _endpoint(f"{public}{PRODUCTION}", "production", changed),
            _endpoint(f"{public}{TEST}", "test", changed),
        ],
    }


def _endpoint(url: str, kind: str, changed: str) -> dict[str, Any]:
    return {
        "specification": SPECIFICATION,
        "url": url,
        "changeset": changed,
        "type": kind,
        "formats": [TYPES[form].partition(";")[0] for form in (XML, JSON)],
    }


def _changed(site: Site) -> str:
    """When services or definitions last changed: with a release, or with the district file."""
    released = datetime.fromisoformat(API_RELEASED).replace(tzinfo=UTC)
    file = site.settings.district_file
    written = datetime.fromtimestamp(file.stat().st_mtime, UTC) if file else released
    return f"{max(released, written):%Y-%m-%d %H:%M}"
