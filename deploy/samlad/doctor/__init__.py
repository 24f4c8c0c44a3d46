"""What this machine has and lacks, and how the system feels: each line OK, WARN or FAIL.

The system is the one that the settings name (`SAMLAD_KAFKA`, `SAMLAD_MONGO_URL`, …), else the
embedded one that runs in the data folder. Nothing is changed and nothing is sent.
"""

import os
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from deploy.samlad.doctor import embedded, machine, where
from deploy.samlad.doctor.finding import Finding, Look, Verdict, all_of, warning
from deploy.samlad.places import vendor_folder

__all__ = ["Finding", "Verdict", "examine"]

LOOK_AGAIN = "Run the command again; if it stays, look at it by hand."


def examine(folder: Path, settings: Mapping[str, str] = os.environ) -> list[Finding]:
    """Look at everything within a few seconds; never raises.

    Args:
        folder: the data folder.
        settings: the environment, with the system's settings.
    """
    system = where.find(folder, settings)
    return [*all_of(_looks(folder, system)), *_absent(system)]


def _looks(folder: Path, system: where.Where) -> Iterator[Look]:
    yield from _at_machine(folder, system)
    yield from _at_parts(system)
    yield from _at_stores(system)


def _at_machine(folder: Path, system: where.Where) -> Iterator[Look]:
    ours = not system.named or system.embedded is not None
    yield Look("Python", machine.python, LOOK_AGAIN)
    yield Look("disk", partial(machine.disk, folder), LOOK_AGAIN)
    if ours:
        yield Look("data folder", partial(machine.data_folder, folder), LOOK_AGAIN)
        yield Look("programs", machine.programs, machine.FETCH)
    if ours or vendor_folder().exists():
        yield Look("assets", machine.assets, machine.FETCH)


def _at_parts(system: where.Where) -> Iterator[Look]:
    state = system.embedded
    if state is None:
        return
    yield Look("processes", partial(embedded.processes, state), LOOK_AGAIN)
    for name, url in state.services.items():
        yield Look(f"{name} ready", partial(embedded.readiness, name, url), LOOK_AGAIN)


def _at_stores(system: where.Where) -> Iterator[Look]:
    from deploy.samlad.doctor import kafka, keepsafe, mail, mongo, vault

    if system.kafka:
        yield Look("Kafka", partial(kafka.kafka, system.kafka), kafka.REACH)
    if system.mongo_url:
        look = partial(mongo.mongo, system.mongo_url, system.prefix)
        yield Look("MongoDB", look, mongo.REACH)
    if system.mail:
        yield Look("mail", partial(mail.mail, *system.mail), LOOK_AGAIN)
    if system.secrets:
        yield Look("secrets", partial(keepsafe.secrets, system.secrets), LOOK_AGAIN)
    if system.secrets and system.mongo_url and system.prefix is not None:
        files = system.secrets.vault, system.secrets.former_vaults
        look = partial(vault.vault, system.mongo_url, system.prefix, *files)
        yield Look(vault.WHAT, look, LOOK_AGAIN)


def _absent(system: where.Where) -> Iterator[Finding]:
    if not system.anywhere:
        advice = "Start it (`samlad up`), or set SAMLAD_KAFKA and SAMLAD_MONGO_URL to name another."
        yield warning("system", "not running", advice)
    if system.named:
        for what, given, setting in (
            ("Kafka", system.kafka, "SAMLAD_KAFKA"),
            ("MongoDB", system.mongo_url, "SAMLAD_MONGO_URL"),
            ("mail", system.mail, "SAMLAD_MAIL_HOST"),
        ):
            if not given:
                yield warning(what, "not looked at", f"Set {setting} to have it looked at.")
