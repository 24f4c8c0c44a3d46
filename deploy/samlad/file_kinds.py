"""The kinds of statistics files, as the command line lists them; intake reads them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of file that intake reads."""

    source: str
    publisher: str
    what: str


KINDS = (
    Kind("auto", "anybody", "any of the kinds below, known by its content"),
    Kind("bra-sol", "Brå", "database file of the statistics database SOL (txt)"),
    Kind("bra-p1m", "Brå", "table P1M b, reported crimes of the whole country (csv)"),
    Kind("bra-kommun", "Brå", "reported crimes per municipality (csv)"),
    Kind("bra-lagesbild", "Brå", "indicators for municipalities' situation pictures (xlsx)"),
    Kind("skolverket-arskurs", "Skolverket", "pupils per grade and school (csv)"),
    Kind("skolenkaten", "Skolinspektionen", "the school survey Skolenkäten (xlsx)"),
    Kind("json-stat", "SCB", "table of the statistics database (JSON-stat 2)"),
    Kind("scb-deso-regso", "SCB", "key DeSO-RegSO (csv): names of areas, no statistic"),
    Kind("polisen-handelser", "Polismyndigheten", "event notices, counted (json, jsonl)"),
    Kind("open311", "cities with Open311", "service requests, counted (json)"),
    Kind("311-csv", "City of Chicago, City of New York", "service requests, counted (csv)"),
    Kind("survey", "e.g. City of Stockholm", "survey as a table (csv), with --map"),
    Kind("tidy", "anybody", "indicator, geography, period, value, unit, n (csv)"),
)
