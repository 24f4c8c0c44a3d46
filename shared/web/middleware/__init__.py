"""One cross-cutting concern each, as plain ASGI: nothing here knows a service."""
