"""The names of the features, and the tags that are told apart."""

from dedup.page.signals import NAME_GROUPS, PAGE_GROUPS, TEXT_GROUPS

# Tags that are told apart, by the bit that stands for them; several tags may share one.
TAG_BITS = (
    "p", "li", "tr td th", "h1", "h2", "h3", "h4 h5 h6", "div", "pre", "dd", "dt", "a",
    "figcaption caption", "blockquote q", "span", "button", "select option textarea input",
    "label legend", "address", "body", "article", "main", "section", "aside", "nav",
    "header hgroup",
    "footer", "form fieldset", "ul menu", "ol", "dl", "table tbody", "figure picture",
    "details summary", "strong b", "em i", "time", "img", "code kbd samp", "cite", "small", "font",
    "center", "dialog", "sup sub",
)  # fmt: skip
TAG_BIT = {tag: bit for bit, tags in enumerate(TAG_BITS) for tag in tags.split()}
OTHER_TAG = len(TAG_BITS)

LEVELS = 4  # enclosing containers that are described
WINDOWS = (3, 8)  # blocks on each side that are summed

_CONTAINER = (
    "tokens", "share", "link_density", "ends_per_token", "tokens_per_block", "good", "blocks",
    "place",
)  # fmt: skip
_NEIGHBOUR = ("tokens", "links", "ends", "heading", "same", "ends_sentence", "starts_digit")
_WINDOW = ("tokens", "links", "ends", "good_before", "good_after", "sentences", "short", "longest")


def _names() -> tuple[str, ...]:
    """Names of the columns that `describe` fills, in its order."""
    names = [
        "tokens", "chars", "cjk", "digits", "upper", "marks", "commas", "ends", "ends_log",
        "link_density", "links", "ends_sentence", "ends_colon", "starts_lower", "starts_upper",
        "starts_digit", "lines", "year", "capitals", "asks", "symbols", "word_length",
        "numbers", "dated", "clock", "cuts", "ends_cut", "gaps",
        "title_precision", "title_recall", "copies", "images", "inline", "hidden",
    ]  # fmt: skip
    for zone in ("text", "section", "box"):
        names += [f"{zone}:{group}" for group in TEXT_GROUPS]
    names += ["since_section", "segment", "segment_distance", "segment_share"]
    for zone in ("own", "around"):
        names += [f"{zone}:<{tags.split()[0]}>" for tags in TAG_BITS]
        names += [f"{zone}:{group}" for group in NAME_GROUPS]
    names += [f"page:{group}" for group in NAME_GROUPS]
    names += [f"container{level}:{what}" for level in range(LEVELS) for what in _CONTAINER]
    names += ["depth", "siblings", "alike", "alike_tokens", "alike_links", "alike_ends", "repeats"]
    names += ["best60", "best85", "best60_distance", "best85_distance"]
    for step in (-2, -1, 1, 2):
        names += [f"{step:+d}:{what}" for what in _NEIGHBOUR]
    for width in WINDOWS:
        names += [f"window{width}:{what}" for what in _WINDOW]
    names += ["position", "text_position", "after_title", "since_title", "since_heading", "to_end"]
    names += ["page_blocks", "page_tokens", "page_links", "page_good", "page_cjk", "page_repeats"]
    names += [f"says:{group}" for group in PAGE_GROUPS]
    names += ["url_depth", "url_words", "url_digits", "url_root", "url_known"]
    return tuple(names)


FEATURES = _names()
