"""Distributions as bars, with the threshold as a line; the numbers beside them as a table."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from dedup.report.markup import element, number, table

# In units of the drawing: the room for the bars, and around them.
_WIDTH, _HEIGHT, _LEFT, _TOP, _BELOW = 600, 180, 8, 22, 26
_TICKS = 6


def histogram(
    name: str, counts: Sequence[int], lowest: float, threshold: float, note: str
) -> Element:
    """Bars from ``lowest`` to 1, and a line at the threshold.

    Args:
        name: what is counted.
        counts: pairs per bar.
        lowest: where the first bar begins.
        threshold: where the line stands.
        note: a sentence on what is and is not counted.
    """
    step = (1 - lowest) / len(counts)
    above = sum(
        count for at, count in enumerate(counts) if lowest + (at + 1) * step > threshold + 1e-9
    )
    said = (
        f"{name}: {number(sum(counts))} pairs, {number(above)} in the bars from the threshold of "
        f"{threshold:g} on."
    )
    drawing = element(
        "svg",
        element("title", said),
        _bars(counts, lowest, threshold, step),
        _axis(lowest),
        _line(lowest, threshold),
        viewBox=f"0 0 {_WIDTH + 2 * _LEFT} {_TOP + _HEIGHT + _BELOW}",
        role="img",
        aria_label=said,
        class_="chart",
    )
    rows = [
        (f"{lowest + at * step:.2f} to {lowest + (at + 1) * step:.2f}", number(count))
        for at, count in enumerate(counts)
    ]
    return element(
        "figure",
        element("figcaption", element("strong", name), f" {note}"),
        drawing,
        element(
            "details",
            element("summary", f"The numbers: {name.lower()}"),
            table(f"Pairs by {name.lower()}", (name, "Pairs"), rows),
        ),
    )


def _place(lowest: float, value: float) -> float:
    return _LEFT + (value - lowest) / (1 - lowest) * _WIDTH


def _bars(counts: Sequence[int], lowest: float, threshold: float, step: float) -> list[Element]:
    most = max(counts, default=0) or 1
    bars = []
    for at, count in enumerate(counts):
        # Few beside many are still seen.
        height = max(2.0, count / most * _HEIGHT) if count else 0.0
        start = lowest + at * step
        bars.append(
            element(
                "rect",
                element("title", f"{start:.2f} to {start + step:.2f}: {number(count)} pairs"),
                x=f"{_place(lowest, start) + 1:.1f}",
                y=f"{_TOP + _HEIGHT - height:.1f}",
                width=f"{_WIDTH / len(counts) - 2:.1f}",
                height=f"{height:.1f}",
                class_="bar" if start + step > threshold + 1e-9 else "bar under",
            )
        )
    return bars


def _axis(lowest: float) -> list[Element]:
    base = _TOP + _HEIGHT
    line = element("line", x1=_LEFT, x2=_LEFT + _WIDTH, y1=base, y2=base, class_="axis")
    ticks = [lowest + (1 - lowest) * at / _TICKS for at in range(_TICKS + 1)]
    anchors = ["start", *["middle"] * (_TICKS - 1), "end"]
    labels = [
        element(
            "text",
            f"{tick:.1f}",
            x=f"{_place(lowest, tick):.1f}",
            y=base + 18,
            class_="tick",
            text_anchor=anchor,
        )
        for tick, anchor in zip(ticks, anchors, strict=True)
    ]
    return [line, *labels]


def _line(lowest: float, threshold: float) -> list[Element]:
    place = f"{_place(lowest, max(lowest, threshold)):.1f}"
    line = element("line", x1=place, x2=place, y1=_TOP - 6, y2=_TOP + _HEIGHT, class_="threshold")
    anchor = "end" if threshold > lowest + (1 - lowest) / 2 else "start"
    said = element(
        "text", f"threshold {threshold:g}", x=place, y=12, class_="tick", text_anchor=anchor
    )
    return [line, said]
