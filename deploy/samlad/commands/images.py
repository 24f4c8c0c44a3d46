"""Commands for the images."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.samlad.refusal import CannotError, Exit


def sbom(
    image: Annotated[str, typer.Argument(help="A built image, as samlad-intake:local.")],
    *,
    out: Annotated[
        Path | None, typer.Option(help="File to write; else it is printed.", dir_okay=False)
    ] = None,
) -> None:
    """Write what an image is made of, as CycloneDX 1.6: the same image, the same bytes."""
    try:
        from deploy.samlad.sbom import bill_of
    except ModuleNotFoundError as error:
        raise CannotError(
            f"This needs the developer's packages, requirements/dev.txt: {error.name} is missing."
        ) from None

    written = bill_of(image)
    if out is None:
        print(written, end="")
        return
    if not out.parent.is_dir():
        raise CannotError(f"There is no folder {out.parent}.", Exit.USAGE)
    out.write_text(written, "utf-8")
