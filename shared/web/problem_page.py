"""A problem as a page, for somebody who was looking at one."""

from fastapi import Request, Response

from shared.telemetry import context
from shared.web.pages import Pages
from shared.web.problem import Problem
from shared.web.site import site_of


def problem_page(request: Request, problem: Problem, language: str) -> Response:
    """The problem in words, with the id to name when asking for help."""
    pages = Pages(site_of(request).service.name)
    response = pages.render(
        request,
        "shared/problem.html",
        status=problem.status,
        problem=problem,
        words=problem.title.en if language == "en" else problem.title.sv,
        correlation_id=context.current().correlation_id,
    )
    response.headers.update(problem.extras.headers)
    return response
