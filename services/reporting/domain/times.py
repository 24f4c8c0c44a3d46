"""Times and days as rows keep them, and as OpenAPI calls them."""

from typing import Annotated

from pydantic import WithJsonSchema

Moment = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
Day = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
