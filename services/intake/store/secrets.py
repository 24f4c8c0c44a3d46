"""The vault's own secrets, wrapped, by what they are for."""

from shared.store.client import Database
from shared.store.errors import DuplicateId, translated


class Secrets:
    """The collection `purposes` of the keys' database."""

    def __init__(self, keys: Database) -> None:
        self._secrets = keys["purposes"]

    async def keep(self, purpose: bytes, wrapped: bytes) -> bytes:
        """Keep a secret for the purpose unless there is one; answers the one that stands."""
        name = purpose.strip(b"\x00").decode()
        with translated():
            found = await self._secrets.find_one({"_id": name})
        if found is not None:
            return bytes(found["secret"])
        try:
            with translated():
                await self._secrets.insert_one({"_id": name, "secret": wrapped})
        except DuplicateId:
            return await self.keep(purpose, wrapped)
        return wrapped
