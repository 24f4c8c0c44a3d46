"""Figures of every kind of file are shown with their source, their caution and what they lack."""

import httpx
import pytest

from services.intake.domain.readers.kinds import kind_of
from services.intake.domain.readers.reading import More
from services.intake.domain.statistics import account, by_row, imported, observations
from shared.contracts.district import District
from shared.store.client import Client, Database
from tests.intake.test_kinds_api import FILES, MAP
from tests.reporting.support import given, life

pytestmark = pytest.mark.stack


async def test_each_kind_is_shown_with_its_caution(
    coordinator: httpx.AsyncClient, client: Client, database: Database
) -> None:
    for kind, (content, _, _) in FILES.items():
        reading = kind_of(kind, content).read(content, more=More(mapping=MAP))
        told = imported(reading, account(reading, by_row([])), "0" * 64)
        await given(client, database, life("import", kind, told))
        for one in observations(reading, "KUNGSHOLMEN"):
            await given(client, database, life("statistic", one.id, one.fact))

    for kind, (_, figure, caution) in FILES.items():
        source = "exempelenkaten" if kind == "survey" else kind
        listed = (await coordinator.get(f"/reporting/v1/indicators?source={source}")).json()
        names = ("indicator", "geography", "period", "unit", "value", "n")
        [item] = [
            one for one in listed["items"] if tuple(one.get(name) for name in names) == figure
        ]
        assert (item["caution"], item["suppressed"]) == (caution, item["value"] is None)
        assert item["caution_words"]["sv"] == District.load().label(caution).sv
