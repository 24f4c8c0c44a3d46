"""Commands for whoever operates or develops Samlad."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.samlad.commands.options import AsJson, Data
from deploy.samlad.places import data_folder, root
from deploy.samlad.refusal import Exit

schema_app = typer.Typer(name="schema", no_args_is_help=True, help="Documents of the contracts.")
bench_app = typer.Typer(name="bench", no_args_is_help=True, help="Measurements.")


def run_tests(
    *,
    tier: Annotated[list[str] | None, typer.Option(help="Only this tier; repeatable.")] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Only lint and unit.")] = False,
    backend: Annotated[
        str, typer.Option(help="embedded, or containers: stack, containers, system on Docker.")
    ] = "embedded",
    coverage: Annotated[
        bool,
        typer.Option(
            "--coverage",
            envvar="SAMLAD_TEST_COVERAGE",
            help="Measure how much of everything unit and stack reach.",
        ),
    ] = False,
) -> None:
    """Run the tests, tier by tier: lint, wheels, unit, stack, system, browser."""
    from deploy.samlad.testing.run import run

    raise typer.Exit(run(tier or [], fast=fast, backend=backend, coverage=coverage))


def doctor(*, data: Data = None, json: AsJson = False) -> None:
    """Look at this machine and at the system: OK, WARN or FAIL, and what to do; 1 on a FAIL."""
    from deploy.samlad import say
    from deploy.samlad.doctor import Verdict, examine

    found = examine(data_folder(data))
    rows = [each.row() for each in found]
    (say.as_json if json else say.table)(rows)
    if any(each.verdict is Verdict.FAIL for each in found):
        raise typer.Exit(Exit.FAILED)


@schema_app.command()
def export(
    *, folder: Annotated[Path | None, typer.Option(help="Folder; else docs.")] = None
) -> None:
    """Write JSON Schemas, AsyncAPI and OpenAPI documents, and the tables of docs/operate.md."""
    from deploy.samlad import documents, say
    from shared.contracts import schemas

    target = folder or root() / "docs"
    written = [*schemas.export(target), *documents.export(target)]
    say.progress(f"{len(written)} documents written")


def reconcile(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compare, publish nothing.")] = False,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Compare what the services stored with the topics, and publish what is missing."""
    from deploy.samlad import say
    from deploy.samlad.reconciling import reconcile_all, stores_of

    rows = reconcile_all(stores_of(data_folder(data)), dry_run=dry_run)
    (say.as_json if json else say.table)(rows)


def lock(
    *, upgrade: Annotated[bool, typer.Option("--upgrade", help="Take newer versions.")] = False
) -> None:
    """Make the lock files again: Python packages, the jars of Kafka, the browser assets."""
    from deploy.samlad.locking import lock_all

    lock_all(upgrade=upgrade)


@bench_app.command()
def projector(
    *,
    events: Annotated[int, typer.Option(help="Events of a round.", min=1000)] = 20_000,
    rounds: Annotated[int, typer.Option(help="Interleaved rounds.", min=1)] = 5,
    json: AsJson = False,
) -> None:
    """Measure the projector against four other ways to do the same."""
    from deploy.samlad.benching import projector as measure

    measure(events=events, rounds=rounds, as_json=json)


@bench_app.command()
def write(
    *,
    callers: Annotated[int, typer.Option(help="Callers at the same time.", min=1)] = 64,
    rounds: Annotated[int, typer.Option(help="Interleaved rounds.", min=1)] = 5,
    json: AsJson = False,
) -> None:
    """Measure group commit against single inserts."""
    from deploy.samlad.benching import write as measure

    measure(callers=callers, rounds=rounds, as_json=json)


@bench_app.command()
def screen(
    *,
    count: Annotated[int, typer.Option(help="Texts of every form.", min=10)] = 500,
    seed: Annotated[int, typer.Option(help="The same seed, the same texts.")] = 20_260_601,
    real: Annotated[
        Path | None,
        typer.Option(help="A folder of real files (pii/, polisen/) to screen as well."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Measure the screen for personal data: what it finds, false alarms, and how long it takes."""
    from deploy.samlad.benching import screen as measure

    measure(count=count, seed=seed, real=real, as_json=json)


@bench_app.command()
def intake(
    *,
    callers: Annotated[int, typer.Option(help="Callers at the same time.", min=1)] = 64,
    rounds: Annotated[int, typer.Option(help="Interleaved rounds.", min=1)] = 5,
    json: AsJson = False,
) -> None:
    """Measure intake against a plain endpoint that only inserts."""
    from deploy.samlad.benching import intake as measure

    measure(callers=callers, rounds=rounds, as_json=json)
