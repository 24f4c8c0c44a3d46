"""What the screen's findings are called, where a person reads of them. Pure."""

from collections.abc import Iterable, Mapping

from shared.contracts.codes import FindingType
from shared.contracts.district import Text

FINDINGS: Mapping[FindingType, Text] = {
    FindingType.PERSONAL_NUMBER: Text(sv="personnummer", en="personal number"),
    FindingType.COORDINATION_NUMBER: Text(sv="samordningsnummer", en="coordination number"),
    FindingType.PHONE: Text(sv="telefonnummer", en="telephone number"),
    FindingType.EMAIL: Text(sv="e-postadress", en="e-mail address"),
    FindingType.PLATE: Text(sv="registreringsskylt", en="registration plate"),
    FindingType.ADDRESS: Text(
        sv="adress med trappa eller lägenhet", en="address with a stairwell or flat"
    ),
    FindingType.URL: Text(sv="webbadress", en="web address"),
    FindingType.HANDLE: Text(sv="användarnamn", en="user name"),
    FindingType.NAME: Text(sv="något som liknar ett namn", en="what looks like a name"),
}


def listed(kinds: Iterable[FindingType], lang: str = "sv") -> str:
    """The kinds in words, each once."""
    return ", ".join(FINDINGS[kind].in_(lang) for kind in sorted(set(kinds)))
