"""Keys an agency makes for its own systems: what may be ordered, by whom. Pure."""

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, StrictInt, StringConstraints
from pydantic_core import PydanticCustomError

from services.intake.domain.nobodys import looks_like_a_persons
from services.intake.domain.report import Closed
from shared.contracts.codes import Role
from shared.contracts.district import District
from shared.contracts.refusal import UNPROCESSABLE, Refusal, Refused
from shared.contracts.types import Code

USUAL_DAYS = 180
MOST_DAYS = 365
MOST_IN_FORCE = 50
#: What a machine may do on behalf of an agency; people sign in for everything else.
FOR_MACHINES = frozenset({Role.REPORTER})
FOR_OTHERS = frozenset({Role.COORDINATOR})
SEES_ALL = frozenset({Role.COORDINATOR, Role.OPERATOR})
THE_PUBLIC = "PUBLIC"  # the kind of agency that stands for everybody: nobody's systems


def _systems(label: str) -> str:
    if looks_like_a_persons(label):
        raise PydanticCustomError("reference_identity", "must not look like a personal number")
    return label


Label = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9A-Za-zÅÄÖåäöÉé ._-]{1,40}$"),
    AfterValidator(_systems),
]


class KeyOrder(Closed):
    """A key for a system of an agency."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"kind": "test", "role": "REPORTER", "days": 90, "label": "felanmalan"}]
        }
    )

    kind: Annotated[
        Literal["test", "team", "live"], Field(description="Vad den är till för / its use")
    ] = "test"
    role: Annotated[Role, Field(description="Vad den får / what it may do")] = Role.REPORTER
    days: Annotated[
        StrictInt, Field(ge=1, le=MOST_DAYS, description="Dagar den gäller / days in force")
    ] = USUAL_DAYS
    label: Annotated[
        Label, Field(description="Vilket system; aldrig en person / which system, never a person")
    ]
    agency: Annotated[
        Code | None, Field(description="Annan än den egna / other than one's own")
    ] = None


def ordered_for(order: KeyOrder, *, agency: str, role: Role, district: District) -> str:
    """The agency the key is for.

    Raises:
        Refused: a key may not do more than a machine needs or its maker may, and only who sees to
            the whole district makes keys for others.
    """
    wanted = order.agency or agency
    for broken, refusal in _rules(order, wanted, agency=agency, role=role, district=district):
        if broken():
            raise Refused(refusal)
    return wanted


def _rules(
    order: KeyOrder, wanted: str, *, agency: str, role: Role, district: District
) -> tuple[tuple[Callable[[], bool], Refusal], ...]:
    mine = frozenset({role} if wanted == agency else ())
    return (
        (lambda: wanted != agency and role not in FOR_OTHERS, OTHERS_KEYS),
        (lambda: wanted not in district.agencies, UNKNOWN_AGENCY),
        (lambda: district.agencies[wanted].kind == THE_PUBLIC, THE_PUBLICS_KEYS),
        (lambda: order.role not in FOR_MACHINES | mine, ROLE_TOO_WIDE),
    )


def _refusal(code: str, sv: str, en: str, field: str | None = None) -> Refusal:
    return Refusal(f"KEYS.{code}", sv, en, UNPROCESSABLE, field)


OTHERS_KEYS = _refusal(
    "OTHERS_KEYS",
    "Nycklar åt en annan organisation gör samordnaren.",
    "Keys for another organisation are made by the coordinator.",
    "agency",
)
UNKNOWN_AGENCY = _refusal(
    "UNKNOWN_AGENCY", "Organisationen är okänd.", "The organisation is unknown.", "agency"
)
THE_PUBLICS_KEYS = _refusal(
    "THE_PUBLIC",
    "Allmänheten har inga system: en sådan nyckel skulle läsa allas rapporter.",
    "The public has no systems: such a key would read everybody's reports.",
    "agency",
)
ROLE_TOO_WIDE = _refusal(
    "ROLE_TOO_WIDE",
    "En nyckel får rollen REPORTER eller den egna rollen, åt en annan organisation bara REPORTER.",
    "A key has the role REPORTER or one's own, for another organisation REPORTER alone.",
    "role",
)
NO_TEXTS = Refusal(
    "KEYS.NO_TEXTS",
    "Nyckeln är inte gjord av någon som får läsa organisationens texter, och läser inga. "
    "Logga in, eller gör en egen nyckel.",
    "The key was not made by somebody who may read the organisation's texts, and reads none. "
    "Sign in, or make a key of your own.",
    403,
)
TOO_MANY = _refusal(
    "TOO_MANY",
    f"Organisationen har redan {MOST_IN_FORCE} nycklar som gäller. Spärra en först.",
    f"The organisation has {MOST_IN_FORCE} keys in force already. Revoke one first.",
)
