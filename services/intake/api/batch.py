"""Many concerns by one request: an answer for each, in order, and no value comes back."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    PlainValidator,
    StrictBool,
    StringConstraints,
    ValidationError,
)

from services.intake.api.access import SIGNED_IN, Reporter
from services.intake.api.batch_answers import (
    BatchAnswer,
    Counts,
    Fate,
    Fault,
    ItemAnswer,
    ItemProblem,
)
from services.intake.api.concerns import PATH as CONCERNS
from services.intake.api.concerns import TurnTo
from services.intake.commands.batch import Batch, Item, Outcome, Waiting
from services.intake.commands.concerns import Accepted, Diverted
from services.intake.domain.report import ConcernReport
from shared.contracts.codes import ConcernState
from shared.contracts.refusal import Refusal
from shared.contracts.types import Uuid
from shared.web.answered_headers import named
from shared.web.answers import RETRY_AFTER_SECONDS
from shared.web.problem import TYPES, Problem
from shared.web.requests import provenance
from shared.web.validation import invalid_of

PATH: Final = f"{CONCERNS}/batch"
PAGE: Final = "/intake/imports"  # the page that takes the same by file
MOST: Final = 1000
UUID_LENGTH: Final = 36
_KEY = r"^[\x21-\x7e]([\x20-\x7e]{0,198}[\x21-\x7e])?$"
_STATUS: Final = {
    Fate.ACCEPTED: 202,
    Fate.DIVERTED: 422,
    Fate.REFUSED: 422,
    Fate.UNAVAILABLE: 503,
}
_REPORT: Final[dict[str, JsonValue]] = {
    "category": "ENV.LIGHTING",
    "place_id": "PL-HORN",
    "place_type": "OUTDOOR",
    "observed_from": "2026-06-05T22:00:00+02:00",
    "certainty": "SEEN",
    "recurrence": "REPEATED",
    "severity": 1,
}


class BatchItem(BaseModel):
    """One report and the key it is known by."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    idempotency_key: Annotated[
        str,
        StringConstraints(strict=True, pattern=_KEY, max_length=200),
        Field(description="Nyckel för just denna rapport / this report's own key"),
    ]
    concern: Annotated[ConcernReport, Field(description="Rapporten / the report")]
    concern_id: Annotated[
        Uuid | None, Field(description="Referens, om den är er / its reference, if it is yours")
    ] = None


def _as_given(value: object) -> object:
    return value


class ConcernBatch(BaseModel):
    """Up to 1,000 reports. Each is judged by itself."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {"idempotency_key": "felanmalan-2026-0815", "concern": _REPORT},
                        {
                            "idempotency_key": "felanmalan-2026-0816",
                            "concern": _REPORT | {"category": "ENV.LITTER", "severity": 0},
                        },
                    ],
                    "dry_run": False,
                }
            ]
        },
    )

    items: Annotated[
        list[Annotated[Any, PlainValidator(_as_given, json_schema_input_type=BatchItem)]],
        Field(min_length=1, max_length=MOST, description="Rapporter / reports, 1-1000"),
    ]
    dry_run: Annotated[
        StrictBool,
        Field(description="Bara pröva: inget sparas / only try: nothing is stored"),
    ] = False


Judged = Item | Accepted | list[Fault]


def router(batch: Batch) -> APIRouter:
    """The route for many concerns at once."""
    routes = APIRouter(tags=["rapporter / concerns"])

    @routes.post(
        PATH,
        response_model_exclude_none=True,
        summary="Rapportera många / report many concerns",
        responses={200: named("Retry-After")},
        response_description="Ett svar per rapport, i ordning / one answer each, in order",
        openapi_extra=SIGNED_IN,
    )
    async def take_in(
        said: ConcernBatch, request: Request, response: Response, who: Reporter
    ) -> BatchAnswer:
        """Ta emot upp till 1 000 rapporter; var och en prövas för sig. / Up to 1,000 reports.

        Varje rapport har sin egen `idempotency_key` i kroppen; huvudet `Idempotency-Key` behövs
        inte. En felaktig rapport hindrar inte de andra: svaret är 200 med ett utfall per rapport
        och antal. Går bara en del att spara är resten `UNAVAILABLE`: sänd samma nycklar igen
        (`Retry-After`); 503 bara när ingen togs emot. Samma nyckel två gånger med olika innehåll
        avvisar hela listan. `dry_run` prövar allt men sparar och sänder inget. / Each report has
        its own key in the body; no `Idempotency-Key` header is needed. A bad one never stops its
        neighbours: the answer is 200 with an outcome each. What could not be stored is
        `UNAVAILABLE`: send the same keys again; 503 only when none was taken. The same key twice
        with different content refuses the whole list. `dry_run` tries everything and stores
        nothing. / Den som i `concern_id` har en egen rapports referens fanns redan (`replayed`),
        vad den än säger. / One with an own concern's reference was there already.
        """
        why, references = provenance(request, who), [_reference(raw) for raw in said.items]
        own = await batch.already([one for one in references if one], why)
        pairs = zip(references, said.items, strict=True)
        judged = [own.get(reference) or _judged(raw) for reference, raw in pairs]
        _refuse_reused_keys(judged, said.items)
        good = [one for one in judged if isinstance(one, Item)]
        outcomes = await batch.take_in(good, why, dry_run=said.dry_run)
        results = _results(judged, outcomes)
        waiting = sum(one.outcome is Fate.UNAVAILABLE for one in results)
        if waiting:
            response.headers["retry-after"] = RETRY_AFTER_SECONDS
            if not any(one.outcome in {Fate.ACCEPTED, Fate.DIVERTED} for one in results):
                raise Problem(503, headers={"retry-after": RETRY_AFTER_SECONDS})
        return BatchAnswer(dry_run=said.dry_run, counts=_counts(results), results=results)

    return routes


def _reference(raw: object) -> str:
    """The reference an item gives; empty when it is none."""
    given = raw.get("concern_id") if isinstance(raw, dict) else None
    return given if isinstance(given, str) and len(given) == UUID_LENGTH else ""


def _judged(raw: object) -> Item | list[Fault]:
    try:
        item = BatchItem.model_validate(raw)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        return [Fault(property=name, reason=why) for name, why in invalid_of(found)]
    return Item(item.idempotency_key, item.concern)


def _refuse_reused_keys(judged: Sequence[Judged], given: Sequence[object]) -> None:
    """A key says what a report is: two contents under one key make the list unreadable."""
    first: dict[object, object] = {}
    for place, (one, raw) in enumerate(zip(judged, given, strict=True)):
        key = raw.get("idempotency_key") if isinstance(raw, dict) else None
        if not isinstance(key, str) or isinstance(one, Accepted):
            continue
        content = one.report if isinstance(one, Item) else raw
        if first.setdefault(key, content) != content:
            raise Problem(
                422,
                "key-used-twice",
                ("En nyckel står för två innehåll", "A key stands for two contents"),
                invalid=[(f"items.{place}.idempotency_key", "upprepad / repeated")],
            )


def _results(judged: Sequence[Judged], outcomes: Sequence[Outcome]) -> list[ItemAnswer]:
    told = iter(outcomes)
    whole = [next(told) if isinstance(one, Item) else one for one in judged]
    return [
        _invalid(place, one) if isinstance(one, list) else _answer(place, one)
        for place, one in enumerate(whole)
    ]


def _answer(place: int, outcome: Outcome) -> ItemAnswer:
    match outcome:
        case Accepted():
            return _told(
                place,
                Fate.ACCEPTED,
                concern_id=outcome.concern_id,
                status=outcome.status,
                replayed=outcome.replayed,
                links={"self": f"{CONCERNS}/{outcome.concern_id}"},
            )
        case Diverted():
            return _told(place, Fate.DIVERTED, turn_to=TurnTo.of(outcome.to))
        case Waiting():
            return _told(place, Fate.UNAVAILABLE)
        case Refusal():
            problem = _problem(outcome.code, outcome.both, _fault_of(outcome))
            return _told(place, Fate.REFUSED, problem=problem)


def _fault_of(refusal: Refusal) -> list[Fault] | None:
    if refusal.field is None:
        return None
    return [Fault(property=f"concern.{refusal.field}", reason=refusal.both)]


def _invalid(place: int, faults: Sequence[Fault]) -> ItemAnswer:
    words = "Uppgifterna är inte giltiga / The input is not valid"
    return _told(place, Fate.REFUSED, problem=_problem("invalid", words, list(faults)))


def _told(place: int, fate: Fate, **more: Any) -> ItemAnswer:  # noqa: ANN401 - its own fields
    return ItemAnswer(index=place, outcome=fate, http_status=_STATUS[fate], **more)


def _problem(code: str, words: str, faults: list[Fault] | None = None) -> ItemProblem:
    kind = TYPES + code.lower().replace("_", "-")
    return ItemProblem(type=kind, title=words, code=code, invalid=faults)


def _counts(results: Sequence[ItemAnswer]) -> Counts:
    fates = Counter(one.outcome for one in results)
    return Counts(
        total=len(results),
        accepted=fates[Fate.ACCEPTED],
        replayed=sum(bool(one.replayed) for one in results),
        quarantined=sum(one.status is ConcernState.QUARANTINED for one in results),
        diverted=fates[Fate.DIVERTED],
        refused=fates[Fate.REFUSED],
        unavailable=fates[Fate.UNAVAILABLE],
    )
