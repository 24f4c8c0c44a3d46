"""The command line. Each command imports what it needs when it is called: help stays quick."""

import asyncio
import logging
import sys

import typer

from deploy.samlad.commands import (
    audit,
    concerns,
    images,
    keys,
    operate,
    retention,
    system,
    talk,
    topics,
    vault,
)
from deploy.samlad.refusal import CannotError

EXIT_CODES = (
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 cannot be fetched, "
    "4 not running or busy: try again, 5 refused."
)

INTERRUPTED = 130

app = typer.Typer(
    name="samlad",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Samlad: the agencies of a city district share one picture of its safety.",
    epilog=EXIT_CODES,
)

for start in (system.demo, system.up, system.stack, system.serve, system.prepare, system.play):
    app.command()(start)
app.command()(operate.doctor)
app.command(name="test")(operate.run_tests)
app.command(name="set-up")(system.set_up)
app.command()(talk.submit)
app.command()(operate.reconcile)
app.command()(operate.lock)
app.command()(images.sbom)
for group in (
    talk.import_app,
    concerns.export_app,
    keys.app,
    topics.app,
    audit.app,
    vault.app,
    retention.app,
    operate.schema_app,
    operate.bench_app,
):
    app.add_typer(group)


def main() -> None:
    """Run the command line; what cannot be done is one sentence and its exit code."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what matters is told in our words
    try:
        app(prog_name="samlad")
    except CannotError as error:
        print(f"samlad: {error}", file=sys.stderr)
        sys.exit(error.code)
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(INTERRUPTED)
