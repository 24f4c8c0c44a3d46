"""How the processes of the embedded system feel."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from deploy.samlad.doctor.finding import ASK_SECONDS, Finding, failure, well
from deploy.samlad.stack.state import State, runs


def processes(state: State) -> list[Finding]:
    """Return a finding per process of the running system."""
    return [process(name, state) for name in state.pids]


def process(name: str, state: State) -> Finding:
    """Say whether a process of the running system lives, and how often it was started again."""
    what = f"{name} process"
    found = f"number {state.pids[name]}, started again: {state.restarts.get(name, 0)}"
    if runs(state.pids[name]):
        return well(what, found)
    advice = f"Read logs/{name}.log in the data folder; stop the system and start it again."
    return failure(what, f"{found}, dead", advice)


def readiness(name: str, url: str) -> list[Finding]:
    """Ask a service at its own address whether it is ready."""
    import httpx

    try:
        answer = httpx.get(f"{url}/{name}/health/ready", timeout=ASK_SECONDS, trust_env=False)
        body = answer.json()
    except (httpx.HTTPError, ValueError):
        return [_unready(name, "no answer")]
    return [ready(name, answer.status_code, body)]


def ready(name: str, status: int, body: object) -> Finding:
    """Judge a service's answer: 200 when ready, else a problem that names the failing checks."""
    if status == HTTPStatus.OK:
        return well(f"{name} ready", "every check is well")
    checks: Mapping[str, Any] = body.get("checks", {}) if isinstance(body, dict) else {}
    bad = [f"{check}: {each.get('detail')}" for check, each in checks.items() if not each.get("ok")]
    return _unready(name, ", ".join(bad) or f"status {status}")


def _unready(name: str, found: str) -> Finding:
    advice = f"Read logs/{name}.log in the data folder; mend Kafka and MongoDB first."
    return failure(f"{name} ready", found, advice)
