"""What the services agree on: codes, the envelope, topics, events and the district file.

Importing the package loads every event, so that `envelope.decode` knows all of them.
"""

from shared.contracts.registry import EVENTS

__all__ = ["EVENTS"]
