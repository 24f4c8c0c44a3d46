"""Another master key for the vault: its file made, everybody asked, every data key wrapped anew."""

import asyncio
import secrets
from pathlib import Path

from deploy.samlad.opened import found, master_keys, opened
from deploy.samlad.refusal import CannotError, Exit
from deploy.samlad.secret_files import write_secret
from deploy.samlad.watching import watched
from services.intake.commands.audit import AuditTrail
from services.intake.commands.rotation import Rotated, Rotation
from shared.security.master import KEY_BYTES, MasterKey, MasterKeys
from shared.telemetry.clock import SystemClock


def rotate(folder: Path, new: Path) -> dict[str, object]:
    """Return what became of the keys.

    Raises CannotError where the new key does not follow the one in use, or a running intake does
    not know it yet.
    """
    where = found(folder)
    standing = master_keys(where)
    made = _successor(new, standing.current)
    former = [each for each in standing.all if each.wrapping != made.wrapping]
    keys = MasterKeys(made, tuple(former))
    old = where.secrets.vault if where.secrets else Path()
    done = asyncio.run(_run(folder, keys, _to_do(new, old)))
    return {"under": made.name, "rewrapped": done.rewrapped, "unreadable": done.unreadable}


def _successor(file: Path, standing: MasterKey) -> MasterKey:
    """The key of the file, which is made or completed so that it follows the standing one."""
    content = file.read_bytes() if file.exists() else secrets.token_bytes(KEY_BYTES)
    if content == standing.wrapping:
        raise CannotError(f"{file} is the key that is in use.", Exit.USAGE)
    if len(content) == KEY_BYTES:
        content = standing.successor(content)
        write_secret(file, content)
    try:
        made = MasterKey.read(content)
    except ValueError as error:
        raise CannotError(f"{file}: {error}.", Exit.REFUSED) from error
    if made.root != standing.root:
        raise CannotError(f"{file} follows the key of another vault.", Exit.REFUSED)
    return made


def _to_do(new: Path, old: Path) -> str:
    return (
        f"Set SAMLAD_VAULT_KEY_FILE={new} and SAMLAD_VAULT_FORMER_KEY_FILES={old} for intake, "
        "start it again, and run this again with the same settings."
    )


async def _run(folder: Path, keys: MasterKeys, to_do: str) -> Rotated:
    async with opened(folder, keys) as where:
        trail = AuditTrail(where.store.audit, where.vault)
        rotation = Rotation(keys, where.store.wrapped, trail)
        if strangers := await rotation.strangers(SystemClock()):
            raise CannotError(
                f"Running processes of intake that do not know the new key: {strangers}. {to_do}",
                Exit.REFUSED,
            )
        with watched("keys wrapped") as tell:
            return await rotation.run(where.why(), tell)
