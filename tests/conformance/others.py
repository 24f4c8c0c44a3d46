"""What belongs to others, by every operation of intake: how it is asked for, and who asks.

`test_nothing_told_by_time.py` asks each for another's existing thing and for one that is not there.
An operation of intake without a line here fails it. Add one (what is in `OWNED` of `rights.py` has
its own) to:

- `NAMED`: it names one thing, in its address, its query or its body (`HERE` stands for the name);
- `MADE`: it makes something under a key of the caller's choice, or content stands for the key;
- `LISTED`: it lists or counts;
- `OF_NOBODY`: what it shows or does is nobody's in particular, and why.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Any, Final

from shared.contracts.codes import Role
from tests.conformance.rights import GEOREPORT, INTAKE, OWNED
from tests.intake.conftest import concern

HERE, KEY, ODD = "00000000-here", "00000000-key", "00000000-odd"
DIARY = "KUN 2026/00123"


class Thing(StrEnum):
    """What is another agency's; and, of what the whole district's desk sees, another district's."""

    CONCERN = auto()
    REQUEST = auto()
    OUTCOME = auto()
    IMPORT = auto()
    FIGURES_ELSEWHERE = auto()
    API_KEY = auto()
    CONCERN_ELSEWHERE = auto()
    HELD_ELSEWHERE = auto()
    CONTACT_ELSEWHERE = auto()
    RECEIPT_ELSEWHERE = auto()


ELSEWHERE: Final = frozenset(thing for thing in Thing if thing.name.endswith("ELSEWHERE"))


@dataclass(frozen=True, slots=True)
class Asking:
    """How an operation is asked; `body` goes as JSON, `form` as a page's form, `file` beside it.

    A form that asks for the agency it was shown to names it; whoever asks fills it in.
    """

    role: Role = Role.REPORTER
    thing: Thing = Thing.CONCERN
    body: Mapping[str, Any] | None = None
    form: Mapping[str, Any] | None = None
    file: str | None = None
    query: str = ""
    signed_in: bool = False


def page(role: Role, thing: Thing, **form: object) -> Asking:
    """A page, or its form with these fields."""
    return Asking(role, thing, form=form or None, signed_in=True)


@dataclass(frozen=True, slots=True)
class Making:
    """How something is made under a key; what `ODD` stands for differs from one to the next.

    `by_content`: no key is sent, the same content is the same thing.
    """

    asking: Asking
    differs: tuple[str, str, str] = ("1", "2", "3")
    by_content: bool = False


_DESK, _RECORDS = Role.COORDINATOR, Role.RECORDS_OFFICER
_OF_DISTRICT, _HELD = Thing.CONCERN_ELSEWHERE, Thing.HELD_ELSEWHERE
_CORRECTED = {
    "category": "ENV.LIGHTING",
    "place_id": "PL-HORN",
    "place_type": "OUTDOOR",
    "date": "2026-06-05",
    "hour": "22",
    "certainty": "SEEN",
    "recurrence": "REPEATED",
    "severity": "3",
    "version": "1",
}
_TAKEN_BACK = {"reason": "SENT_TWICE", "sure": "yes", "version": "1"}
_GROUND = {"basis": "DATA_SUBJECT_REQUEST", "reference": DIARY}
_SHARED_DESK = {
    "readings": {"purpose": "QUARANTINE_REVIEW"},
    "release": {"reason": "FALSE_ALARM"},
    "redact": {"narrative": "Lampan är släckt."},
    "reject": {"reason": "ABOUT_A_PERSON"},
}
_FORMS = {
    "release": {"release_reason": "FALSE_ALARM", "version": "1"},
    "redact": {"narrative": "Lampan är släckt.", "version": "1"},
    "reject": {"reject_reason": "ABOUT_A_PERSON", "version": "1"},
}
_NAMING = {"idempotency_key": "naming", "concern_id": HERE, "concern": concern()}
_ONE = "/intake/v1/concerns/{concern_id}"
_PAGE = "/intake/concerns/{concern_id}"
_OUTCOME_PAGE = "/intake/sspf/outcomes/{outcome_id}/withdraw"

NAMED: Final[Mapping[str, tuple[Asking, ...]]] = {
    **{name: (Asking(body=body or None),) for name, body in OWNED.items()},
    f"POST {_ONE}/narrative-readings": (
        Asking(body=OWNED[f"POST {_ONE}/narrative-readings"]),
        Asking(_DESK, _OF_DISTRICT, body={"purpose": "TRIAGE"}),
    ),
    f"POST {_ONE}/contact-readings": (
        Asking(_DESK, Thing.CONTACT_ELSEWHERE, body={"purpose": "FEEDBACK"}),
    ),
    f"POST {_ONE}/expunge": (Asking(_RECORDS, _OF_DISTRICT, body=_GROUND),),
    **{
        f"POST /intake/v1/quarantine/{{concern_id}}/{name}": (Asking(_DESK, _HELD, body=body),)
        for name, body in _SHARED_DESK.items()
    },
    "POST /intake/v1/access-exports": (
        Asking(_RECORDS, _OF_DISTRICT, body={"concern_id": HERE, "reference": DIARY}),
        Asking(_RECORDS, Thing.RECEIPT_ELSEWHERE, body={"receipt": HERE, "reference": DIARY}),
    ),
    "POST /intake/v1/keys/{fingerprint}/revoke": (
        Asking(Role.ACTION_OWNER, Thing.API_KEY, signed_in=True),
    ),
    "POST /intake/v1/sspf-outcomes/{outcome_id}/withdraw": (
        Asking(Role.SSPF_COORDINATOR, Thing.OUTCOME, body={"reason": "SENT_TWICE"}),
    ),
    "POST /intake/follow": (Asking(thing=Thing.RECEIPT_ELSEWHERE, form={"reference": HERE}),),
    f"GET {_PAGE}": (page(Role.REPORTER, Thing.CONCERN),),
    f"GET {_PAGE}/narrative": (
        page(Role.REPORTER, Thing.CONCERN),
        page(_DESK, _OF_DISTRICT),
    ),
    f"POST {_PAGE}/narrative": (
        page(Role.REPORTER, Thing.CONCERN, purpose="OWN_FOLLOW_UP"),
        page(_DESK, _OF_DISTRICT, purpose="TRIAGE"),
    ),
    f"GET {_PAGE}/withdraw": (page(Role.REPORTER, Thing.CONCERN),),
    f"POST {_PAGE}/withdraw": (page(Role.REPORTER, Thing.CONCERN, **_TAKEN_BACK),),
    f"GET {_PAGE}/correct": (page(Role.REPORTER, Thing.CONCERN),),
    f"POST {_PAGE}/correct": (page(Role.REPORTER, Thing.CONCERN, **_CORRECTED),),
    "GET /intake/quarantine/{concern_id}": (page(_DESK, _HELD),),
    "POST /intake/quarantine/{concern_id}": (page(_DESK, _HELD, purpose="QUARANTINE_REVIEW"),),
    **{
        f"POST /intake/quarantine/{{concern_id}}/{name}": (page(_DESK, _HELD, **form),)
        for name, form in _FORMS.items()
    },
    "POST /intake/v1/concerns/batch": (Asking(body={"items": [_NAMING], "dry_run": True}),),
    "POST /intake/expunge": (page(_RECORDS, _OF_DISTRICT, **_GROUND, concern_id=HERE, sure="yes"),),
    "POST /intake/access-exports": (
        page(_RECORDS, _OF_DISTRICT, concern_id=HERE, reference=DIARY),
    ),
    "POST /intake/keys/{fingerprint}/revoke": (
        Asking(Role.ACTION_OWNER, Thing.API_KEY, form={}, signed_in=True),
    ),
    "GET /intake/imports/{import_id}": (page(Role.REPORTER, Thing.IMPORT),),
    "GET /intake/statistics/{import_id}": (page(Role.COORDINATOR, Thing.FIGURES_ELSEWHERE),),
    f"GET {_OUTCOME_PAGE}": (page(Role.SSPF_COORDINATOR, Thing.OUTCOME),),
    f"POST {_OUTCOME_PAGE}": (page(Role.SSPF_COORDINATOR, Thing.OUTCOME, **_TAKEN_BACK),),
    **{
        name: (Asking(thing=Thing.REQUEST, query=query),)
        for name in GEOREPORT
        for end, query in (
            ("/requests/{service_request_id}.{form}", ""),
            ("/tokens/{token}.{form}", ""),
            ("/requests.{form}", f"service_request_id={HERE}"),
        )
        if name.startswith("GET") and name.endswith(end)
    },
}

_OUTCOME = {
    "month": "2026-05",
    "level": "GROUP",
    "functions": ["SCHOOL", "POLICE"],
    "themes": ["SCHOOL_ABSENCE"],
    "school_area": "SA-WEST",
}
_BANDS = ("0", "1-4", "5-9")
_TERMS = ("2025-VT", "2025-HT", "2026-VT")
_KEY_ORDER = {"kind": "test", "label": f"system{ODD}"}
_ROW = (
    "category;place_id;place_type;observed_from;certainty;recurrence;severity\r\n"
    f"ENV.LIGHTING;PL-HORN;OUTDOOR;2026-06-05T22:10:00+02:00;SEEN;REPEATED;{ODD}\r\n"
)
_FIGURES = f"Region;Brott;År;Period;Antal;/100 000 inv\nAle kommun;Bilbrott;201{ODD};Jan;1;1;\n"

MADE: Final[Mapping[str, Making]] = {
    "POST /intake/v1/concerns": Making(Asking(body=concern(severity=ODD))),
    "POST /intake/v1/concerns/batch": Making(
        Asking(body={"items": [{"idempotency_key": KEY, "concern": concern(severity=ODD)}]})
    ),
    "POST /intake/v1/sspf-outcomes": Making(
        Asking(Role.SSPF_COORDINATOR, body=_OUTCOME | {"band": ODD, "no_personal_data": True}),
        _BANDS,
    ),
    "POST /intake/v1/sspf-attestations": Making(
        Asking(Role.SSPF_COORDINATOR, body={"term": ODD, "unique_band": "5-9"}), _TERMS
    ),
    "POST /intake/v1/statistics-imports": Making(
        Asking(Role.COORDINATOR, form={"source": "bra-sol"}, file=_FIGURES)
    ),
    "POST /intake/v1/keys": Making(
        Asking(Role.ACTION_OWNER, body=_KEY_ORDER | {"days": 30}, signed_in=True)
    ),
    "POST /intake/keys": Making(page(Role.ACTION_OWNER, Thing.API_KEY, **_KEY_ORDER, days="30")),
    "POST /intake/report": Making(
        page(Role.REPORTER, Thing.CONCERN, **(_CORRECTED | {"severity": ODD}))
    ),
    "POST /intake/sspf": Making(
        page(Role.SSPF_COORDINATOR, Thing.OUTCOME, **_OUTCOME, band=ODD, no_personal_data="yes"),
        _BANDS,
    ),
    "POST /intake/sspf/attest": Making(
        page(Role.SSPF_COORDINATOR, Thing.OUTCOME, term=ODD, unique_band="5-9"), _TERMS
    ),
    "POST /intake/imports": Making(Asking(form={}, file=_ROW, signed_in=True)),
    "POST /intake/statistics": Making(
        Asking(
            Role.COORDINATOR,
            form={"source": "bra-sol", "agency": ""},
            file=_FIGURES,
            signed_in=True,
        )
    ),
    # The content stands for the key: one asks with what another has posted, and with what nobody.
    **{
        name: Making(
            Asking(
                form={
                    "service_code": "ENV.LIGHTING",
                    "lat": "59.340510",
                    "long": "18.007804",
                    "description": f"Lampa {ODD} är släckt.",
                }
            ),
            by_content=True,
        )
        for name in GEOREPORT
        if name.startswith("POST") and name.endswith("/requests.{form}")
    },
}

LISTED: Final[Mapping[str, Asking]] = {
    "GET /intake/v1/concerns": Asking(),
    "GET /intake/v1/quarantine": Asking(_DESK, _HELD),
    "GET /intake/v1/audit-lines": Asking(_RECORDS, _OF_DISTRICT),
    "GET /intake/v1/keys": Asking(Role.ACTION_OWNER, Thing.API_KEY, signed_in=True),
    "GET /intake/v1/sspf-outcomes": Asking(Role.SSPF_COORDINATOR, Thing.OUTCOME),
    "GET /intake/": page(Role.REPORTER, Thing.CONCERN),
    "GET /intake/keys": page(Role.ACTION_OWNER, Thing.API_KEY),
    "GET /intake/imports": page(Role.REPORTER, Thing.IMPORT),
    "GET /intake/statistics": page(Role.COORDINATOR, Thing.FIGURES_ELSEWHERE),
    "GET /intake/sspf/outcomes": page(Role.SSPF_COORDINATOR, Thing.OUTCOME),
    "GET /intake/audit": page(_RECORDS, _OF_DISTRICT),
    "GET /intake/quarantine": page(_DESK, _HELD),
    **{
        name: Asking(thing=Thing.REQUEST)
        for name in GEOREPORT
        if name.startswith("GET")
        and name.endswith(("/requests.{form}", "/servicerequestupdates.{form}"))
    },
}
_FORM = "an empty form"
_WHOLE = "the district's, as a whole"
OF_NOBODY: Final[Mapping[str, str]] = {
    "POST /intake/v1/disposals": _WHOLE,
    "GET /intake/v1/categories": _WHOLE,
    "GET /intake/v1/places": _WHOLE,
    "GET /intake/report": _FORM,
    "GET /intake/follow": _FORM,
    "GET /intake/access-exports": _FORM,
    "GET /intake/expunge": _FORM,
    "GET /intake/sspf": _FORM,
    "GET /intake/sspf/recorded/{identity}": "says the id it was asked for and looks nothing up",
    **{
        name: _WHOLE
        for name in GEOREPORT
        if "/discovery." in name or "/services" in name or name.endswith("openapi.json")
    },
    **{
        name: "refused whatever it says"
        for name in GEOREPORT
        if name.startswith("POST") and name.endswith("/servicerequestupdates.{form}")
    },
}
EVERY: Final = frozenset(INTAKE) | frozenset(GEOREPORT)
