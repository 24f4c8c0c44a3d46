import pytest
from pydantic import ValidationError

from tests.web.trial import TrialSettings


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a:1", ["a:1"]),
        ("a:1, b:2", ["a:1", "b:2"]),
        ('["a:1", "b:2"]', ["a:1", "b:2"]),
    ],
)
def test_bootstrap_servers_are_always_a_list(
    monkeypatch: pytest.MonkeyPatch, written: str, read: list[str]
) -> None:
    monkeypatch.setenv("SAMLAD_KAFKA", written)
    assert TrialSettings().kafka == read
    assert TrialSettings(kafka=read).kafka == read


@pytest.mark.parametrize("url", ["http://samlad.example.org", "https://10.0.0.1", "http://[::2]"])
def test_demo_mode_refuses_every_address_but_loopback(url: str) -> None:
    with pytest.raises(ValidationError):
        TrialSettings(demo=True, public_url=url)
    assert TrialSettings(public_url=url).demo is False


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://localhost", "http://[::1]:8080"])
def test_demo_mode_runs_at_home(url: str) -> None:
    assert TrialSettings(demo=True, public_url=url).demo


def test_a_service_has_a_database_of_its_own() -> None:
    assert TrialSettings().database_name == "samlad_trial"


def test_https_is_told_from_the_public_address() -> None:
    assert TrialSettings(public_url="https://x.example").over_https
    assert not TrialSettings().over_https
