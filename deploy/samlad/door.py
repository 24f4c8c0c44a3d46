"""The front door of a running system, as the command line uses it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy.samlad.refusal import CannotError, Exit
from deploy.samlad.secret_files import demo_keys
from deploy.samlad.stack.state import State

if TYPE_CHECKING:
    import httpx

PATIENCE = 120.0
TRY_AGAIN = frozenset({429, 502, 503, 504})


class Door:
    """An address and a key; raises CannotError for anything but success."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url.rstrip("/")
        self._key = key

    def post(self, path: str, **content: Any) -> dict[str, Any]:  # noqa: ANN401 - httpx's own arguments
        """Send something and return the answer's JSON; `patience` is how long it is waited for."""
        body: dict[str, Any] = taken(self.posted(path, **content)).json()
        return body

    def posted(self, path: str, **content: Any) -> "httpx.Response":  # noqa: ANN401 - httpx's own arguments
        """Send something and return the answer, whatever it is."""
        import httpx

        return self._asked(httpx.post, path, **content)

    def got(self, path: str, **query: str) -> "httpx.Response":
        """Ask for something and return the answer."""
        import httpx

        return taken(self._asked(httpx.get, path, params=query))

    def _asked(
        self,
        ask: "Callable[..., httpx.Response]",
        path: str,
        *,
        patience: float = PATIENCE,
        **content: Any,  # noqa: ANN401 - httpx's own arguments
    ) -> "httpx.Response":
        import httpx

        headers = {"Authorization": f"Bearer {self._key}", **content.pop("headers", {})}
        try:
            return ask(
                self._url + path, headers=headers, timeout=patience, trust_env=False, **content
            )
        except httpx.TransportError as error:
            raise CannotError(f"{self._url} does not answer.", Exit.NOT_RUNNING) from error


def taken(answer: "httpx.Response") -> "httpx.Response":
    """The answer of success; CannotError for any other, of its own code where it may yet come."""
    if answer.is_error:
        later = answer.status_code in TRY_AGAIN
        raise CannotError(_words(answer), Exit.NOT_RUNNING if later else Exit.REFUSED)
    return answer


def open_door(url: str | None, key: str | None, *, folder: Path, actor: tuple[str, str]) -> Door:
    """Return the door of the options, else of the system that runs in the folder.

    Args:
        url: address, or nothing.
        key: API key, or nothing: then the demo's key of the actor is used.
        folder: data folder of a running system.
        actor: agency and role.
    """
    if url and key:
        return Door(url, key)
    state = State.read(folder)
    if state is None or not state.alive() or not state.front:
        raise CannotError(
            "No system runs here. Start one with `./samlad up`, or give --url and --key.",
            Exit.NOT_RUNNING,
        )
    return Door(url or state.front, key or _demo_key(Path(state.keys), actor))


def _demo_key(file: Path, actor: tuple[str, str]) -> str:
    found = demo_keys(file).get(actor) if file.is_file() else None
    if found is None:
        raise CannotError(f"There is no demo key of {' as '.join(actor)}; give --key.", Exit.USAGE)
    return found


def _words(answer: "httpx.Response") -> str:
    try:
        problem: dict[str, Any] = answer.json()
    except ValueError:
        problem = {}
    turn_to = problem.get("turn_to", {})
    label = turn_to.get("label", {})
    title = str(problem.get("title", answer.reason_phrase))
    detail = str(problem.get("detail", ""))
    told = [detail] if title.rstrip(".") in detail else [title, detail]  # most details repeat it
    said = [
        f"{answer.status_code} {told[0]}",
        *told[1:],
        *(
            bad["property"] if bad["reason"] in detail else f"{bad['property']}: {bad['reason']}"
            for bad in problem.get("invalid-parameters", [])
        ),
        " / ".join(filter(None, (label.get("sv"), label.get("en")))),
        str(turn_to.get("phone", "")),
    ]
    return "; ".join(filter(None, said))
