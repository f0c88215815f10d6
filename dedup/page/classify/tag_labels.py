"""What content is called by its tag, for rules and model alike."""

from dedup.model import Label

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

TAG_LABELS: dict[str, Label] = {
    **dict.fromkeys(HEADINGS, Label.HEADING),
    **dict.fromkeys(("li", "dt", "dd"), Label.LIST),
    **dict.fromkeys(("tr", "th", "caption"), Label.TABLE),
    **dict.fromkeys(("blockquote", "q"), Label.QUOTE),
    "pre": Label.CODE,
    "figcaption": Label.CAPTION,
}
