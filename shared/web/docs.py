"""The API's own description: OpenAPI document and page, AsyncAPI document and page.

Everything is served from here; no page asks another host for anything.
"""

from pathlib import Path

import fastapi_offline
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.responses import FileResponse

from shared.contracts import schemas
from shared.web.middleware.headers import DOCS_CSP
from shared.web.pages import Pages
from shared.web.problem import Problem
from shared.web.site import Site

_SWAGGER = Path(fastapi_offline.__file__).parent / "static"
_SWAGGER_FILES = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}
_RELAXED = {"content-security-policy": DOCS_CSP}


def router(site: Site) -> APIRouter:
    """The documents and their pages under `/<service>`."""
    routes = APIRouter(prefix=f"/{site.service.name}", include_in_schema=False)
    pages = Pages(site.service.name)
    _add_openapi(routes, pages)
    if site.service.name in schemas.SERVICES:
        _add_asyncapi(routes, pages, site.service.name)
    return routes


def _add_openapi(routes: APIRouter, pages: Pages) -> None:
    @routes.get("/openapi.json")
    @routes.get("/v1/openapi.json")
    async def openapi(request: Request) -> JSONResponse:
        return JSONResponse(request.app.openapi())

    @routes.get("/docs")
    async def docs(request: Request) -> HTMLResponse:
        return _relaxed(pages.render(request, "shared/docs.html"))

    @routes.get("/docs/{name}")
    async def docs_file(name: str) -> FileResponse:
        if name not in _SWAGGER_FILES:
            raise Problem(404)
        return FileResponse(_SWAGGER / name, media_type=_SWAGGER_FILES[name])


def _add_asyncapi(routes: APIRouter, pages: Pages, service: str) -> None:
    @routes.get("/asyncapi.json")
    async def asyncapi_document() -> JSONResponse:
        return JSONResponse(schemas.asyncapi(service))

    @routes.get("/asyncapi")
    async def asyncapi_page(request: Request) -> HTMLResponse:
        return pages.render(request, "shared/asyncapi.html", document=schemas.asyncapi(service))


def _relaxed(response: HTMLResponse) -> HTMLResponse:
    response.headers.update(_RELAXED)
    return response
