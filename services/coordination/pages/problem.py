"""One problem from the first concern to the effect."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from markupsafe import Markup

from services.coordination.domain.assignment import Assignment
from services.coordination.pages import steps, telling
from services.coordination.pages.board import place_names
from services.coordination.pages.visitor import Visitor, to_sign_in
from services.coordination.store import Store
from services.coordination.store.story import story_of
from shared.contracts.types import Uuid
from shared.web.pages import Pages
from shared.web.problem import Problem
from shared.web.site import site_of
from shared.web.svg import Bar, bar_chart


def router(pages: Pages, store: Store) -> APIRouter:
    """The page of a problem."""
    routes = APIRouter(prefix="/coordination/problems", include_in_schema=False)

    @routes.get("/{problem_id}")
    async def problem(
        problem_id: Annotated[Uuid, Path()], request: Request, who: Visitor
    ) -> Response:
        if who is None:
            return to_sign_in(request)
        story = await story_of(store, problem_id, who.district)
        if story is None:
            raise Problem(404)
        places = await place_names(store, who.district)
        words = telling.Words(site_of(request).district, places)
        answer = pages.render(
            request,
            "problem.html",
            story=story,
            problem=story.problem.state,
            timeline=telling.told(story, words),
            places=places,
            steps=steps,
            chart=before_and_after,
        )
        answer.headers["cache-control"] = "no-store"
        return answer

    return routes


def before_and_after(assignment: Assignment, measure: str) -> Markup | None:
    """Two bars of one length of time; None until the measure has been followed up."""
    found = assignment.follow_up
    if found is None:
        return None
    return bar_chart(
        [
            Bar("Före åtgärden", found.baseline_count),
            Bar("Efter åtgärden", found.after_count),
        ],
        f"{measure}: rapporter före och efter",
        f"{found.baseline_count} rapporter under {steps.days(found.window_days)} före start, "
        f"{found.after_count} under lika lång tid efter att det blev klart.",
    )
