"""What the bench of the screen is fed with: made-up data in every form people write it.

Everything comes from a seeded `Random`; the numbers are well-formed and the names are syllables.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from random import Random
from typing import Final

Form = Callable[[str], str]
Maker = Callable[[Random], str]
_FIRST_DAY: Final = date(1920, 1, 1)
_DAYS: Final = 38_000
_LETTERS: Final = "ABCDEFGHJKLMNOPRSTUWXYZ"


def _between(each: str) -> Form:
    return lambda number: each.join(number[2:])


def _tail(mark: str, *, long: bool = False) -> Form:
    start = 0 if long else 2
    return lambda number: f"{number[start:8]}{mark}{number[8:]}"


def _dated(mark: str, tail: str) -> Form:
    return lambda n: f"{n[:4]}{mark}{n[4:6]}{mark}{n[6:8]}{tail}{n[8:]}"


def _shifted(zero: int) -> Form:
    return lambda n: "".join(chr(zero + int(digit)) for digit in n)


#: How a number of twelve digits is written.
NUMBER_FORMS: Final[Mapping[str, Form]] = {
    "YYYYMMDDNNNN": lambda n: n,
    "YYMMDDNNNN": lambda n: n[2:],
    "YYYYMMDD-NNNN": _tail("-", long=True),
    "YYMMDD-NNNN": _tail("-"),
    "YYMMDD+NNNN": _tail("+"),
    "YYYYMMDD NNNN": _tail(" ", long=True),
    "YYMMDD NNNN": _tail(" "),
    "YYMMDD - NNNN": _tail(" - "),
    "YYMMDD/NNNN": _tail("/"),
    "YYMMDD_NNNN": _tail("_"),
    "YYMMDD:NNNN": _tail(":"),
    "YYMMDD, NNNN": _tail(", "),
    "YYMMDD (NNNN)": lambda n: f"{n[2:8]} ({n[8:]})",
    "(YYYYMMDD)NNNN": lambda n: f"({n[:8]}){n[8:]}",
    "YYYY-MM-DD-NNNN": _dated("-", "-"),
    "YYYY-MM-DD NNNN": _dated("-", " "),
    "YYYY.MM.DD-NNNN": _dated(".", "-"),
    "YYYY/MM/DD NNNN": _dated("/", " "),
    "YYYY MM DD NNNN": _dated(" ", " "),
    "YY MM DD NN NN": lambda n: " ".join(n[at : at + 2] for at in range(2, 12, 2)),
    "YYYY MMDD NNNN": lambda n: f"{n[:4]} {n[4:8]} {n[8:]}",
    "Y Y M M D D N N N N": _between(" "),
    "Y-Y-M-M-D-D-N-N-N-N": _between("-"),
    "Y.Y.M.M.D.D.N.N.N.N": _between("."),
    "en dash": _tail("\u2013"),
    "em dash": _tail("\u2014"),
    "minus sign": _tail("\u2212"),
    "non-breaking hyphen": _tail("\u2011"),
    "non-breaking space": _tail("\u00a0", long=True),
    "thin space": _tail("\u2009"),
    "line break": _tail("\n"),
    "tab": _tail("\t"),
    "zero width inside": _between("\u200b"),
    "soft hyphen": _tail("\u00ad"),
    "word joiner and dash": _tail("\u2060-\u2060"),
    "full-width digits": _shifted(0xFF10),
    "Arabic-Indic digits": _shifted(0x0660),
    "struck through": lambda n: "".join(f"{digit}\u0336" for digit in n[2:]),
    "YYMMDD, sista fyra NNNN": _tail(", sista fyra "),
    "YYYYMMDD de fyra sista: NNNN": _tail(" de fyra sista: ", long=True),
    "YYMMDD&ndash;NNNN": _tail("&ndash;"),
    "YYMMDD&#45;NNNN": _tail("&#45;"),
    "YYMMDD&nbsp;NNNN": _tail("&nbsp;"),
    "YYMMDD%2DNNNN": _tail("%2D"),
    "YYMMDD=2DNNNN": _tail("=2D"),
    "tags inside": lambda n: f"{n[2:4]}<b>{n[4:8]}</b>-{n[8:]}",
    "D/M/YYYY NNNN": lambda n: f"{int(n[6:8])}/{int(n[4:6])}/{n[:4]} {n[8:]}",
    "D.M.YY-NNNN": lambda n: f"{int(n[6:8])}.{int(n[4:6])}.{n[2:4]}-{n[8:]}",
    "in a sentence": lambda n: f"Pojken som sprang, {n[:8]}-{n[8:]}, sågs igen kl. 22.15.",
    "glued to letters": lambda n: f"pnr{n[2:8]}-{n[8:]}x",
}


def personal_number(chance: Random) -> str:
    """Twelve digits with the right check digit."""
    return _number(chance, 0)


def coordination_number(chance: Random) -> str:
    """The same with sixty added to the day."""
    return _number(chance, 60)


def _number(chance: Random, added: int) -> str:
    born = _FIRST_DAY + timedelta(days=chance.randrange(_DAYS))
    nine = f"{born:%y%m}{born.day + added:02}{chance.randrange(1, 1000):03}"
    return f"{born.year // 100}{nine}{_check(nine)}"


def _check(nine: str) -> int:
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(nine))
    return -sum(sum(divmod(value, 10)) for value in doubled) % 10


def _digits(chance: Random, form: str) -> str:
    """Every # a digit, every & a letter of a plate, every ? the last of one."""
    fill = {"#": "0123456789", "&": _LETTERS, "?": "0123456789" + _LETTERS.replace("O", "")}
    return "".join(chance.choice(fill[one]) if one in fill else one for one in form)


def _one_of(*forms: str) -> Maker:
    return lambda chance: _digits(chance, chance.choice(forms))


def _word(chance: Random) -> str:
    heads = "br d dr f g gr h j k kl l m n p r s sk st t tr v".split()  # noqa: SIM905 - syllables
    rests = "a e i o u y å ö ai el an or".split()  # noqa: SIM905 - the same
    tails = "l m n nd rd s sk t va lin mer dor ström qvist ell".split()  # noqa: SIM905 - the same
    middle = "".join(chance.choice(heads) + chance.choice(rests) for _ in range(2))
    return (middle + chance.choice(tails)).capitalize()


def _names(*forms: str) -> Maker:
    def make(chance: Random) -> str:
        given, family, other = (_word(chance) for _ in range(3))
        return chance.choice(forms).format(
            given=given, family=family, other=other, g=given[0], f=family[0]
        )

    return make


_STREETS: Final = (
    *("Hantverkargatan", "Fleminggatan", "Norr Mälarstrand", "S:t Eriksgatan"),
    *("Drottningholmsvägen", "Hornsbergs strand", "Selma Lagerlöfs torg", "hantverkargatan"),
)


def _addresses(*forms: str) -> Maker:
    def make(chance: Random) -> str:
        return chance.choice(forms).format(
            street=chance.choice(_STREETS),
            number=chance.randrange(1, 140),
            door=chance.choice("ABCDEFGH"),
            flat=f"1{chance.randrange(0, 9)}0{chance.randrange(1, 9)}",
            few=chance.randrange(1, 9),
        )

    return make


#: Every other kind of finding, in the forms it is written.
KINDS: Final[Mapping[str, tuple[str, Maker]]] = {
    "mobile numbers": (
        "PHONE",
        _one_of(
            *("070-### ## ##", "073#######", "076 ### ## ##", "+46 72 ### ## ##", "072-#######"),
            *("+46(0)79-### ## ##", "004670#######", "0 7 0 # # # # # # #", "070.###.##.##"),
            *("070\u2013### ## ##", "073\u00a0### ## ##", "070/### ## ##", "076 ## ## ###"),
        ),
    ),
    "e-mail addresses": (
        "EMAIL",
        _one_of(
            *("k##@example.org", "kalle.k##@skola.example.se", "k##(at)example.org"),
            *("k## [at] example.org", "k## snabela example punkt se", "k##@gmail"),
            *("k## @ example . se", "K##@EXAMPLE.SE", "k##\uff20example.com", "k+##@example.nu"),
        ),
    ),
    "plates": (
        "PLATE",
        _one_of(
            *("&&& ##?", "&&&##?", "&&&-##?", "bilen &&& ##?", "regnr &&&##?", "(&&& ##?)"),
            *("&&&\u00a0##?", "&&&\u2013##?", "& & & # # #", "&&&.##?"),
        ),
    ),
    "plates in small letters": (
        "PLATE",
        lambda chance: _digits(
            chance, chance.choice(("&&&##?", "bilen &&&##?", "regnr &&& ##?", "moped &&& ##?"))
        ).lower(),
    ),
    "addresses": (
        "ADDRESS",
        _addresses(
            *("{street} {number} {door}", "{street} {number}{door}", "{street} {number}, {few} tr"),
            *("{street} {number} {door}, lgh {flat}", "{street} {number} uppgång {door}"),
            *("lägenhet {flat}", "lgh {flat}", "port {few}", "port {door}", "trappa {few}"),
            *("uppgång {door}", "lgh nr {flat}", "{few} tr", "{street} {number}, vån {few}"),
        ),
    ),
    "URLs": (
        "URL",
        _one_of(
            *("https://example.org/a##", "http://example.se", "www.example.nu", "example.com/k##"),
            *("k##.example.se", "instagram.com/k##", "t.me/k##", "HTTPS://EXAMPLE.ORG"),
        ),
    ),
    "handles": (
        "HANDLE",
        _one_of(
            *("@kalle##", "@kalle_k", "insta: kallek##", "snap kalle_##", "hans snap kallekk"),
            *("discord: kalle.##", "tiktok: kalle.##", "Insta = kalle##", "ig kalle##"),
        ),
    ),
    "names": (
        "NAME",
        _names(
            *("{given} {family}", "{given} {other} {family}", "{given}-{other} {family}"),
            *("{given} von {family}", "{given} af {family}", "{given} {f}.", "{g}. {family}"),
            *("grannen {given}", "han heter {given}", "{given} {family}s cykel"),
            *("namn: {given}", "{given} Al-{family}", "{given} O'{family}", "{given} {family}sson"),
        ),
    ),
}


def _day(chance: Random) -> date:
    return date(2024, 1, 1) + timedelta(days=chance.randrange(1200))


def _time(chance: Random, mark: str) -> str:
    return f"{chance.randrange(24):02}{mark}{chance.randrange(60):02}"


def _amount(chance: Random) -> str:
    value = f"{chance.randrange(10 ** chance.randrange(3, 11)):,}"
    unit = chance.choice((" kr", " SEK", ":-", " kronor", "")) or ",00 kr"
    return value.replace(",", chance.choice((" ", "\u00a0", ".", ""))) + unit


def _dates(chance: Random) -> str:
    day = _day(chance)
    forms = ("%Y-%m-%d", "%y%m%d", "%d/%m-%y", "%d.%m.%Y", "%Y%m%d", "%d/%m %Y", "%y-%m-%d")
    return day.strftime(chance.choice(forms))


def _moment(chance: Random) -> str:
    day, until = _day(chance), _time(chance, ".")
    return chance.choice(
        (
            f"{day} {_time(chance, ':')}",
            f"{day} kl {_time(chance, '.')}-{until}",
            f"{day.day}/{day.month} {_time(chance, '.')}-{until}",
            f"{day}T{_time(chance, ':')}:00+02:00",
            f"{day} - {day + timedelta(days=7)}",
        )
    )


def _coordinates(chance: Random) -> str:
    north, east = 59.32 + chance.random() / 50, 17.98 + chance.random() / 10
    places = chance.randrange(3, 8)
    mark = chance.choice((", ", " ", ",", " N "))
    if chance.random() < 1 / 4:
        return f"{6578000 + chance.randrange(9999)}{mark}{670000 + chance.randrange(9999)}"
    return f"{north:.{places}f}{mark}{east:.{places}f}"


#: What is no identity number, though it is made of digits.
HARMLESS: Final[Mapping[str, Maker]] = {
    "phone numbers": _one_of(
        *("070-### ## ##", "0#########", "+46 7# ### ## ##", "08-### ### ##", "08-### ## ##"),
        *("07########", "+467########", "07#-#######", "0#0-## ## ##", "010-### ## ##"),
    ),
    "dates": _dates,
    "dates with times": _moment,
    "times": lambda chance: f"kl {_time(chance, '.')}-{_time(chance, '.')}, {_time(chance, ':')}",
    "coordinates": _coordinates,
    "diary references": _one_of(
        *("KS 2026/####", "dnr 5000-K######-26", "AM-2026-#####", "Dnr 1.2.4-###/2026"),
        *("2026-######", "ärende 2026####-###", "A###.###/2026", "SN 26/####", "2026/#####"),
    ),
    "amounts": _amount,
}
