"""Whatever is sent under whatever name: a reading whose figures are facts, or a refusal."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.intake.domain.readers.kinds import SOURCES, kind_of
from services.intake.domain.readers.reading import More
from services.intake.domain.statistics import account, by_row, imported, observations
from shared.contracts.refusal import Refused
from tests.intake.test_kinds_api import FILES, MAP

SAMPLES = {kind: content for kind, (content, _, _) in FILES.items()}
SPLICES = [b"", b";", b",", b"\n", b'"', b"\0", b"..", b"-", b"\xff", b"\xe2\x80\xae", b"9" * 20]
SPLICES += [b"null", b"1e999", b"{}", b"[", b"x" * 90, "٣".encode(), b"\r", b"true", b" "]


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file that is nearly one of some kind."""
    kind = draw(st.sampled_from(sorted(SAMPLES)))
    content = SAMPLES[kind]
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 12)))
        content = content[:start] + draw(st.sampled_from(SPLICES)) + content[end:]
    return draw(st.sampled_from([kind, "auto"])), content


def taken(source: str, content: bytes) -> None:
    """All that becomes of a file before it is written; a refusal is an answer too."""
    more = More("2025", MAP if source == "survey" else None)
    try:
        reading = kind_of(source, content, more).read(content, more=more)
    except Refused:
        return
    facts = observations(reading, "KUNGSHOLMEN")
    assert len({one.id for one in facts}) == len(facts)
    if facts:
        imported(reading, account(reading, by_row([])), "0" * 64)


@settings(deadline=None, max_examples=600, suppress_health_check=[HealthCheck.too_slow])
@given(damaged())
def test_a_damaged_file_is_read_or_refused(sent: tuple[str, bytes]) -> None:
    taken(*sent)


@pytest.mark.parametrize("source", SOURCES)
@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode()))
def test_anything_is_read_or_refused(source: str, content: bytes) -> None:
    taken(source, content)
