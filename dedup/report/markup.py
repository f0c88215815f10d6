"""HTML made of elements, never of strings: whatever comes from outside stays text."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from importlib.resources import files
from xml.etree.ElementTree import Element, tostring

from dedup.expressions import expression

Child = Element | str | None
Children = Child | Iterable["Children"]
# What no page should show as it is: controls, lone surrogates, what turns the direction of writing.
_UNSEEN = expression(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def element(tag: str, *children: Children, **attributes: object) -> Element:
    """An element; attributes that are None or False are left out, a `_` in their names is a `-`.

    >>> to_html(element("p", "a < b ", element("b", "c"), class_="x", data_n=1, hidden=False))
    '<p class="x" data-n="1">a &lt; b <b>c</b></p>'
    """
    made = Element(tag)
    for name, value in attributes.items():
        if value is not None and value is not False:
            shown_value = "" if value is True else shown(str(value))
            made.set(name.rstrip("_").replace("_", "-"), shown_value)
    append(made, *children)
    return made


def append(parent: Element, *children: Children) -> None:
    """Add texts and elements to an element."""
    for child in children:
        if child is None:
            continue
        if isinstance(child, str):
            text = shown(child)
            if len(parent):
                parent[-1].tail = (parent[-1].tail or "") + text
            else:
                parent.text = (parent.text or "") + text
        elif isinstance(child, Element):
            parent.append(child)
        else:
            append(parent, *child)


def shown(text: str) -> str:
    r"""A text with what cannot be seen replaced by a sign that can.

    >>> shown("one\ntwo\x00\u202e")
    'one\ntwo��'
    """
    return _UNSEEN.sub("\ufffd", text)


def to_html(made: Element) -> str:
    """The markup of an element."""
    return tostring(made, encoding="unicode", method="html")


def document(title: str, body: Children, scripts: bool = True) -> str:
    """A whole page, with style and scripts inside; it may load nothing, and run nothing else."""
    style, script = _resource("report.css"), _resource("report.js") if scripts else ""
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; base-uri 'none'; form-action 'none'; "
        f"script-src '{_digest(script) if script else 'none'}'"
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", **{"http-equiv": "Content-Security-Policy", "content": policy}),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
    )
    # As they are, or the digests would not fit.
    head.append(_raw("style", style))
    end = [_raw("script", script)] if script else []
    page = element("html", head, element("body", body, end), lang="en")
    return f"<!doctype html>\n{to_html(page)}\n"


def _raw(tag: str, text: str) -> Element:
    made = Element(tag)
    made.text = text
    return made


def _resource(name: str) -> str:
    return files("dedup.report").joinpath(name).read_text("utf-8")


def _digest(text: str) -> str:
    from base64 import b64encode

    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def link(address: str | None, text: str | None = None) -> Element:
    """An address that can be followed, if it is one of the web; else its text.

    >>> to_html(link("javascript:alert(1)"))
    '<bdi>javascript:alert(1)</bdi>'
    """
    inside = element("bdi", text or address or "")
    if address and address.startswith(("https://", "http://")):
        return element("a", inside, href=address, rel="noreferrer noopener", target="_blank")
    return inside


def table(
    caption: str,
    head: Iterable[str],
    rows: Iterable[Iterable[Children]],
    attributes: Mapping[str, str] | None = None,
) -> Element:
    """A table of data that can be scrolled by keyboard where it is too wide; row heads first."""
    body = element("tbody")
    for row in rows:
        first, *others = row
        append(
            body,
            element(
                "tr", element("th", first, scope="row"), [element("td", cell) for cell in others]
            ),
        )
    made = element(
        "table",
        element("caption", caption),
        element("thead", element("tr", [element("th", name, scope="col") for name in head])),
        body,
        **(attributes or {}),
    )
    return element("div", made, class_="scroll", tabindex=0, role="region", aria_label=caption)


def number(value: float) -> str:
    """A number for people.

    >>> number(1234567), number(0.5)
    ('1,234,567', '0.50')
    """
    return f"{value:,}" if isinstance(value, int) else f"{value:.2f}"


def share(part: int, whole: int) -> str:
    """A share in percent; what is not all or nothing is never shown as such.

    >>> share(999, 1000), share(9999, 10000), share(0, 0)
    ('99.9 %', '>99.9 %', '')
    """
    if not whole:
        return ""
    percent = round(100 * part / whole, 1)
    if part < whole and percent >= 100:
        return ">99.9 %"
    if part and not percent:
        return "<0.1 %"
    return f"{percent:g} %"
