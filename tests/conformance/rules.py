"""The rules of Digg's REST API profile 1.2 by their ids, and those no test can decide.

Where a rule is about the organisation behind an API, about its callers or about what Samlad does
not offer, or where it is a recommendation (BÖR) that is not followed, `UNDECIDED` says which and
why. Every other rule has a test of its name.
"""

from collections.abc import Mapping
from typing import Final


def _ids(area: str, numbers: str) -> list[str]:
    return [f"{area}.{number}" for number in numbers.split()]


RULES: Final = frozenset([
    *_ids("DOK", "01 02 03 04 05 06 07 08 09 10 11 12 13 15 16 17 18 19 20 21 22 23 24"),
    *_ids("DOT", "01 02 03 04"),
    *_ids("RES", "01 02 03 04 05 06"),
    *_ids("UFN", "01 02 03 04 05 07 08 09"),
    *_ids("MOG", "01 02 03"),
    *_ids("AME", "01 02 04 05 06 07"),
    *_ids("ARQ", "01 02 03 05 06"),
    *_ids("ARP", "02 03 04"),
    *_ids("FEL", "01 02"),
    *_ids("VER", "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19"),
    *_ids("FNS", "01 02 03 05 06 07 08 09 10 11 12 13 14"),
    *_ids("SAK", "01 02 03 05 06 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27"),
    *_ids("SAK", "28 29 30 31 32 35 36 37"),
    *_ids("SPA", "02 04 07"),
    *_ids("CAC", "01"),
    *_ids("FOR", "02"),
    *_ids("HYP", " ".join(f"{number:02}" for number in range(1, 20))),
    *_ids("WEB", "01 02 03 04 05 06"),
])  # fmt: skip

_ORGANISATION: Final = "how the organisation works, not what an API answers: "
_CONSUMER: Final = "asks something of those who call an API"
_NOT_OFFERED: Final = "about something Samlad does not offer: "
_DEVIATES: Final = "a recommendation that is not followed: "
_LINKS: Final = _NOT_OFFERED + "`_links` (lists have Link headers, resources `links.self`)"
_PHASING_OUT: Final = _ORGANISATION + "how versions are phased out; the first one is in force"

UNDECIDED: Final[Mapping[str, str]] = {
    "DOK.02": _ORGANISATION + "whoever runs Samlad enters its APIs in Sveriges dataportal",
    "DOK.04": _ORGANISATION + "that a document is a contract; that it is kept is tested",
    "DOK.05": _ORGANISATION + "the documents lie beside the code; drift fails tests/deploy",
    "RES.01": _ORGANISATION + "that ids are never used again; they are made of names (uuid5)",
    "RES.05": _ORGANISATION + "what to weigh when ids are designed",
    "MOG.02": _DEVIATES + "level 3, see HYP",
    "ARP.03": _DEVIATES + "Location with 201; the body names what was made",
    "ARP.04": _DEVIATES + "Location with 202; the body's `links.self` says it",
    "VER.01": _ORGANISATION + "loose coupling",
    "VER.02": _ORGANISATION + "avoiding what breaks callers",
    "VER.03": _CONSUMER,
    **dict.fromkeys((f"VER.{number:02}" for number in (8, 9, *range(13, 20))), _PHASING_OUT),
    **dict.fromkeys(
        ("FNS.10", "FNS.11"), _DEVIATES + "`_meta`, `_links`: `total` and Link headers"
    ),
    "FNS.13": _DEVIATES + "`_meta`: `total`, `limit` and `page` stand beside `items`",
    **dict.fromkeys(
        ("SAK.02", "SAK.03"), _ORGANISATION + "certificates are got by the front door (ACME)"
    ),
    "SAK.11": _NOT_OFFERED + "tokens that are renewed; a key has an end date and is replaced",
    "SAK.12": _NOT_OFFERED + "access tokens",
    "SAK.18": _DEVIATES + "OAuth 2; agencies' machines have keys",
    "SAK.19": _ORGANISATION + "abstraction as a principle of design",
    "SAK.20": _ORGANISATION + "abstraction for APIs that are to be used again",
    "SAK.23": _DEVIATES + "hypermedia, see HYP",
    "SAK.27": _ORGANISATION + "what alarms are set on logs and metrics",
    "SAK.36": _DEVIATES + "OAuth 2, see SAK.18",
    "CAC.01": _DEVIATES + "what agencies read of each other is not to lie in caches: `no-store`",
    **dict.fromkeys((f"HYP.{number:02}" for number in (1, *range(3, 20))), _LINKS),
    **dict.fromkeys((f"WEB.{number:02}" for number in range(1, 7)), _NOT_OFFERED + "webhooks, yet"),
}
