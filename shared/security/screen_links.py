"""E-mail addresses, however they are spelled out, URLs and the handles of social media. Pure.

A bare domain counts where its last part is not also a word (`parken.nu` is a typing mistake); with
a path it always does. A handle has an @ before it or the name of its service.
"""

import re
from collections.abc import Iterator
from typing import Final

from shared.security.screen_ordinary import is_ordinary, words
from shared.security.screen_spans import Span, overlaps
from shared.security.screen_text import lowered

_LOCAL = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_AT_SPELLED = r"\s*[(\[{<]\s*(?:at|@|snabel-?a|kanelbulle)\s*[)\]}>]\s*|\s+(?:at|snabel-?a)\s+"
_DOT = r"(?:\s*[(\[{]\s*(?:\.|dot|punkt)\s*[)\]}]\s*|\s+(?:dot|punkt)\s+|\s?\.\s?)"
_TOP = r"(?:se|com|nu|org|net|eu|info|biz|me|io|no|dk|fi|de|uk|co|fr|nl|pl|es|it|gov|edu)"
_MAILBOXES = r"(?:gmail|hotmail|outlook|yahoo|live|icloud|telia|msn|proton(?:mail)?)"

_PLAIN = re.compile(rf"{_LOCAL}@{_LABEL}(?:\.{_LABEL})*\.[^\W\d_]{{2,}}", re.IGNORECASE)
_SPACED = re.compile(
    rf"{_LOCAL}(?:{_AT_SPELLED}|\s*@\s*){_LABEL}(?:{_DOT}{_LABEL})*?{_DOT}{_TOP}\b", re.IGNORECASE
)
_TOPLESS = re.compile(rf"(?<![\w.])\w[\w.+-]{{0,63}}@{_MAILBOXES}\b", re.IGNORECASE)
_AT_SAID = re.compile(r"at(?<!\w..)(?!\w)")
_AT_WORDS: Final = ("@", "snabel", "kanelbulle")

_TOPS = r"com|org|net|se|eu|info|io|app|dev|tv|social|blog|page|link|site|online|shop|xyz"
_TOPS_LIKE_WORDS = r"nu|de|no|me|to|it|is|at|be|fi|dk|uk|fr|gg|ly|gl|gd|cc|gle|ee|co|us|ru|pl|es"
_DOMAIN = r"(?<![\w.@-])(?:[^\W_][\w-]{0,62}\.)+"
_END = r"[^\s<>\"')\]},;:.!?]"
_DOTTED = re.compile(r"\.[a-z]")
_LINK_WORDS: Final = (":/", ": /", "www", "punkt", "dot")
_URLS: Final = (
    re.compile(rf"(?:https?|ftp)\s?:\s?//\s?\S*{_END}", re.IGNORECASE),
    re.compile(rf"(?<!\w)www\s?\.\s?[^\s.]+\.?\S*{_END}", re.IGNORECASE),
    re.compile(rf"{_DOMAIN}(?:{_TOPS}|{_TOPS_LIKE_WORDS})(?::\d+)?/\S*[\w/=-]", re.IGNORECASE),
    re.compile(rf"{_DOMAIN}(?:{_TOPS})(?![\w@-]|\.\w)"),
    re.compile(r"(?<!\w)[^\W_][\w-]* (?:punkt|dot) (?:se|com|nu|org|net)\b", re.IGNORECASE),
)

_SERVICE = (
    r"(?:insta(?:gram)?|ig|snap(?:chat)?|sc|tik ?tok|discord|telegram|tg|kik|facebook|fb|twitter"
    r"|threads|youtube|twitch|roblox|onlyfans|jodel|wickr|reddit|linkedin|whatsapp)"
)
_CALLED = r"(?:[- ]?(?:namn|konto|kontot|id|profil|profilen|användare|användaren|användarnamn))?"
_NICK = r"(?:användarnamn(?:et)?|username|alias|nick(?:name)?)"
_NAME = r"(?P<name>@?[^\W\d][\w.-]{0,29}\w)"
_AT_NAME = re.compile(r"(?<![\w.@])@(?P<name>[^\W\d][\w.]{0,29})(?!@)")
_TAGGED = re.compile(r"(?<![\w.#])(?P<label>[^\W\d][\w.]{1,31}) ?#\d{4}(?!\d)")
_REDDIT = re.compile(r"(?<![\w/])/?u/[\w-]{3,20}\b")
_LONG_SERVICES: Final = (
    *("insta", "snap", "tiktok", "tik tok", "discord", "telegram", "kik", "facebook", "twitter"),
    *("threads", "youtube", "twitch", "roblox", "onlyfans", "jodel", "wickr", "reddit", "linkedin"),
    *("whatsapp", "användarnamn", "username", "alias", "nick"),
)
_SHORT_SERVICE = re.compile(r"[fist][bcg](?<!\w..)")  # fb ig sc tg, where a word begins
_TOLD = re.compile(rf"\b(?:{_SERVICE}{_CALLED}|{_NICK}) ?(?:[:=]|\b(?:är|heter)\b) ?{_NAME}")
_AFTER = re.compile(rf"\b{_SERVICE}\b{_CALLED} (?P<name>@?[a-z][a-z0-9_.-]*[a-z0-9_])\b")
_SIGNED = re.compile(r"[\d_]|\w\.\w")
_PREPOSITIONS: Final = words("på via i för till från med genom ur en ett")
_NUMBERED: Final = words(
    "ärende ärendet ärendenr dnr diarienr nr nummer ref referens ticket case id faktura objekt"
    " lampa lampan stolpe stolpen bänk issue order"
)
_VERB = re.compile(r"(?:ade|ades|ats|des|tes|ande|ing|ingen|arna|erna|kontot?)$")
_SHORTEST = 3


def emails(text: str) -> Iterator[Span]:
    """Where e-mail addresses stand, plain or spelled out."""
    low = lowered(text)
    if not any(word in low for word in _AT_WORDS) and not _AT_SAID.search(low):
        return
    taken: list[Span] = []
    for pattern in (_PLAIN, _SPACED, _TOPLESS):
        for match in pattern.finditer(text):
            if not overlaps(match.span(), taken):
                taken.append(match.span())
                yield match.span()


def urls(text: str) -> Iterator[Span]:
    """Where URLs stand, with and without a scheme."""
    low = lowered(text)
    if not any(word in low for word in _LINK_WORDS) and not _DOTTED.search(low):
        return
    taken: list[Span] = []
    for pattern in _URLS:
        for match in pattern.finditer(text):
            if not overlaps(match.span(), taken):
                taken.append(match.span())
                yield match.span()


def handles(text: str) -> Iterator[Span]:
    """Where handles of social media stand."""
    if "@" in text:
        yield from (match.span() for match in _AT_NAME.finditer(text))
    if "#" in text:
        tags = (tag for tag in _TAGGED.finditer(text) if tag["label"].lower() not in _NUMBERED)
        yield from (tag.span() for tag in tags)
    if "u/" in text:
        yield from (match.span() for match in _REDDIT.finditer(text))
    low = lowered(text)
    if any(service in low for service in _LONG_SERVICES) or _SHORT_SERVICE.search(low):
        yield from (match.span() for match in _TOLD.finditer(low))
        yield from (match.span() for match in _AFTER.finditer(low) if _is_a_name(match, low))


def _is_a_name(match: re.Match[str], text: str) -> bool:
    """`snap kalle_04` and `hans snap kalleboy`, not `på snap delades`."""
    name, before = match["name"], text[: match.start()].rpartition(" ")[0].rpartition(" ")[2]
    if _SIGNED.search(name) or name.startswith("@"):
        return True
    if before in _PREPOSITIONS or len(name) < _SHORTEST:
        return False
    return not is_ordinary(name) and not _VERB.search(name.lower())
