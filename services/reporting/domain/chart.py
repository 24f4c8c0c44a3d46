"""The bar chart of a week as SVG, the same for page and PDF.

Presentation attributes make it whole in the PDF; the classes are those of the style sheet, which
follows the reader's colour scheme. The same picture gives the same bytes.
"""

from html import escape

from services.reporting.domain.picture import GroupLine, Picture

WIDTH, LEFT, RIGHT, ROW, BAR = 640, 190, 60, 30, 18
INK, BLUE = "#17212a", "#0b5c8a"
FONT = "DejaVu Sans, Verdana, sans-serif"


def title(picture: Picture) -> str:
    """What the chart is."""
    return f"Rapporter per område, vecka {int(picture.week.rpartition('W')[2])}"


def described(picture: Picture) -> str:
    """The chart in words: its alternative text."""
    return f"{title(picture)}: " + "; ".join(
        f"{line.label.sv} {'dolt' if line.total is None else line.total}" for line in picture.groups
    )


def bars(picture: Picture) -> str:
    """One bar a group; a hidden count is an empty outline and the word for it."""
    height = ROW * len(picture.groups) + 10
    most = max((line.total or 0 for line in picture.groups), default=0) or 1
    drawn = "".join(_bar(line, number, most) for number, line in enumerate(picture.groups))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-labelledby="chart-title chart-desc">'
        f'<title id="chart-title">{escape(title(picture))}</title>'
        f'<desc id="chart-desc">{escape(described(picture))}</desc>'
        f"{drawn}</svg>"
    )


def _bar(line: GroupLine, number: int, most: int) -> str:
    top = 5 + ROW * number + (ROW - BAR) // 2
    text = top + BAR - 4
    label = _text(LEFT - 10, text, line.label.sv, "end")
    if line.total is None:
        return (
            label + _rect("svg-hidden", top, 40, "none") + _text(LEFT + 48, text, "dolt", "start")
        )
    long = round((WIDTH - LEFT - RIGHT) * line.total / most, 1)
    value = _text(LEFT + long + 8, text, str(line.total), "start")
    return label + _rect("svg-bar", top, long, BLUE) + value


def _rect(look: str, top: float, long: float, fill: str) -> str:
    return (
        f'<rect class="{look}" x="{LEFT}" y="{top}" width="{long}" height="{BAR}" fill="{fill}" '
        f'stroke="{BLUE}" stroke-width="1"/>'
    )


def _text(across: float, down: float, words: str, anchor: str) -> str:
    return (
        f'<text class="svg-words" x="{across}" y="{down}" fill="{INK}" font-family="{FONT}" '
        f'font-size="14" text-anchor="{anchor}">{escape(words)}</text>'
    )
