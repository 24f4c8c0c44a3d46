"""The description of the topics: what it says, and what it refuses."""

import pytest

from deploy.samlad.places import root
from shared.contracts.codes import Disclosure
from shared.contracts.topics import FILE, TOPICS, Topic, described

GOOD = """
topics:
  intake.concerns:
    owner: intake
    partitions: 3
    retention_days: 5
    disclosure: AGENCY
    carries: concerns
"""


def test_the_operators_file_is_the_one_that_the_code_reads() -> None:
    shown = root() / "deploy" / "kafka" / "topics.yaml"
    assert shown.resolve() == FILE.resolve()
    assert tuple(described(shown.read_text("utf-8")).values()) == TOPICS


def test_a_description_is_read_as_it_is_written() -> None:
    assert described(GOOD) == {
        "intake.concerns": Topic("intake.concerns", "intake", 5, Disclosure.AGENCY, 3)
    }
    forever = described(GOOD.replace("retention_days: 5", "retention_days: forever"))
    assert forever["intake.concerns"].retention_days is None


@pytest.mark.parametrize(
    ("was", "wrong"),
    [
        ("owner: intake", "owner: police"),
        ("partitions: 3", "partitions: 0"),
        ("partitions: 3", "partitions: many"),
        ("retention_days: 5", "retention_days: 0"),
        ("retention_days: 5", "retention_days: always"),
        ("retention_days: 5", "retention: 5"),
        ("disclosure: AGENCY", "disclosure: EVERYBODY"),
        ("carries: concerns", "carries: concerns\n    cleanup: compact"),
        ("topics:", "topic:"),
        ("  intake.concerns:", "  - intake.concerns:"),
        ("owner: intake", "owner: [intake"),
    ],
)
def test_what_is_no_description_is_refused(was: str, wrong: str) -> None:
    assert was in GOOD
    with pytest.raises(ValueError, match=r"."):
        described(GOOD.replace(was, wrong))


def test_every_topic_belongs_to_the_service_its_name_begins_with() -> None:
    assert all(topic.name.startswith(f"{topic.owner}.") for topic in TOPICS)
