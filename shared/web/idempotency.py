"""The `Idempotency-Key` header that every creating POST must carry."""

import re
from typing import Annotated

from fastapi import Depends, Header, Request

from shared.web.headers import only_header
from shared.web.problem import Problem

_PRINTABLE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?")


async def idempotency_key(
    request: Request,
    _declared: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description=(
                "Samma nyckel och innehåll ger samma svar. / The same key and content give the "
                "same answer. 1-200 printable ASCII characters; mandatory."
            ),
            examples=["7b0c3f0e-5f0a-4f1e-9a58-0f6b3f1c2d4e"],
        ),
    ] = None,
) -> str:
    """The key; a 400 problem when it is missing or not printable."""
    return key_sent(request)


def key_sent(request: Request) -> str:
    """As `idempotency_key`, of the request itself."""
    key = only_header(request.scope, b"idempotency-key")
    if key is None:
        raise Problem(
            400,
            "idempotency-key-missing",
            ("Idempotency-Key saknas", "Idempotency-Key is missing"),
            invalid=[("Idempotency-Key", "saknas / is missing")],
        )
    if not _PRINTABLE.fullmatch(key):
        raise Problem(
            400,
            "idempotency-key-invalid",
            ("Idempotency-Key är inte giltig", "Idempotency-Key is not valid"),
            invalid=[("Idempotency-Key", "1-200 synliga ASCII-tecken / printable ASCII")],
        )
    return key


IdempotencyKey = Annotated[str, Depends(idempotency_key)]
