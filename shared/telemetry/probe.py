"""Asks the service in this container whether it is ready; its exit code is the answer.

Run as a file, with the name of the service: it needs nothing but Python, for it runs every few
seconds for as long as the container does.
"""

import http.client
import os
import sys

SECONDS = 3.0
OK = 200


def ready(service: str, port: int) -> bool:
    """Whether the service on this port says that it is ready."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", f"/{service}/health/ready")
        return connection.getresponse().status == OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if ready(sys.argv[1], int(os.environ["SAMLAD_PORT"])) else 1)
