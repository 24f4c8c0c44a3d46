"""The event map of docs/architecture.md shows what the services subscribe to, all of it."""

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from deploy.samlad.places import root
from services.coordination.handlers import Handlers as CoordinationHandlers
from services.intake.handlers import subscribe as subscribe_intake
from services.notify.handlers import Handlers as NotifyHandlers
from services.reporting.handlers import subscribe as subscribe_reporting
from shared.bus.bus import Bus
from shared.contracts.topics import TOPICS, Topic

ARROW = re.compile(r"^  (\w+) -->\|([^|]+)\| (.+)$", re.MULTILINE)
NOBODY = cast("Any", None)  # subscribing calls nothing of what a handler works with
SUBSCRIPTIONS: Mapping[str, Callable[[Bus], None]] = {
    "intake": lambda bus: subscribe_intake(bus, NOBODY),
    "coordination": CoordinationHandlers(NOBODY, NOBODY).subscribe,
    "notify": NotifyHandlers(NOBODY, NOBODY, NOBODY).subscribe,
    "reporting": subscribe_reporting,
}
NAMES = {topic.name for topic in TOPICS}


class Listed:
    """Stands in for the bus and remembers what is subscribed to."""

    def __init__(self) -> None:
        self.topics: set[str] = set()

    def project(self, topic: Topic, *_views: object) -> None:
        """Remember a projection's topic."""
        self.topics.add(topic.name)

    def react(self, topic: Topic, _reaction: object, *, name: str) -> None:
        """Remember a reaction's topic."""
        assert name
        self.topics.add(topic.name)


def _arrows() -> set[tuple[str, str, str]]:
    """Return who tells which topic to whom, as drawn."""
    page = (root() / "docs" / "architecture.md").read_text("utf-8")
    return {
        (teller, topic, listener)
        for teller, label, listeners in ARROW.findall(page)
        for topic in label.split(", ")
        for listener in listeners.split(" & ")
        if topic in NAMES
    }


def _subscribed() -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for service, subscribe in SUBSCRIPTIONS.items():
        listed = Listed()
        subscribe(cast("Bus", listed))
        found |= {(topic, service) for topic in listed.topics}
    return found


def test_the_map_draws_the_subscriptions_of_the_services() -> None:
    drawn = {(topic, to) for _, topic, to in _arrows() if to in SUBSCRIPTIONS}
    assert drawn == _subscribed()


def test_every_topic_is_drawn_from_the_service_that_owns_it() -> None:
    assert {(topic, teller) for teller, topic, _ in _arrows()} == {
        (topic.name, topic.owner) for topic in TOPICS
    }
