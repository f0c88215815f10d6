"""The sections of the report that show: clusters, removed documents, pairs, pages."""

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

from dedup.report.blocks import block_controls, block_list, told_of
from dedup.report.marked import marked
from dedup.report.markup import Children, element, link, number
from dedup.report.totals import REASONS


def clusters(account: Mapping[str, Any]) -> list[Children]:
    """The largest clusters: what was kept, and what it stands for."""
    told = account["clusters"]
    if not told["number"]:
        return [element("p", "There are no clusters: no two documents are copies of each other.")]
    intro = (
        f"{number(told['number'])} clusters of {number(told['documents'])} documents; the largest:"
    )
    return [element("p", intro), [_cluster(cluster) for cluster in told["largest"]]]


def _cluster(told: Mapping[str, Any]) -> Element:
    others = told["size"] - 1 - len(told["members"])
    near = told["size"] - 1 - told["exact"]
    kinds = f"{number(told['exact'])} the same text, {number(near)} near-duplicates"
    return element(
        "details",
        element(
            "summary",
            element("strong", f"{number(told['size'])} documents"),
            f" of {number(told['sources'])} {'source' if told['sources'] == 1 else 'sources'}: ",
            element("bdi", told["kept"]["title"] or told["kept"]["id"] or ""),
        ),
        element("p", f"{kinds}. Kept: ", _name(told["kept"])),
        marked(told["text"], "", ""),
        element("p", "Removed, for example:"),
        element("ul", [element("li", _name(member)) for member in told["members"]]),
        element("p", f"and {number(others)} more") if others > 0 else None,
    )


def _name(document: Mapping[str, Any]) -> list[Children]:
    """What a document is called: its title, its id or address."""
    where = document["url"] or document["id"]
    title = document["title"]
    named: list[Children] = [element("bdi", title), " "] if title else []
    return [
        *named,
        link(where),
        element("span", " ", element("bdi", document["source"]), class_="off"),
    ]


def removed(account: Mapping[str, Any]) -> list[Children]:
    """Some removed documents beside the ones that stand for them."""
    if not account["removed"]:
        return [element("p", "Nothing was removed.")]
    there = list(dict.fromkeys(told["relation"] for told in account["removed"]))
    options = [
        element("option", REASONS.get(relation, relation), value=relation) for relation in there
    ]
    controls = element(
        "div",
        element(
            "label",
            "Removed because ",
            element("select", element("option", "of anything", value=""), options),
        ),
        element("label", "Containing ", element("input", type="search")),
        element("output", "", aria_live="polite"),
        class_="controls",
        data_controls="removed",
        hidden=True,
    )
    intro = (
        "Picked by lot for each reason, the same ones every time. What both texts have is marked; "
        "the number of a passage leads to it in the other text."
    )
    pairs = [_pair(f"r{at}", told, _removal(told)) for at, told in enumerate(account["removed"])]
    return [element("p", intro), controls, element("div", pairs, id="removed-list")]


def _removal(told: Mapping[str, Any]) -> list[Children]:
    return [
        element("strong", REASONS.get(told["relation"], told["relation"])),
        f": {told['reason']}",
    ]


def pairs(account: Mapping[str, Any]) -> list[Children]:
    """The pairs nearest to the threshold, on both sides."""
    threshold = account["near"]["threshold"]
    found: list[Children] = []
    for side, title in (
        ("above", f"Just above {threshold:g}: taken for near-duplicates"),
        ("below", f"Just below {threshold:g}: both kept, unless something else speaks against one"),
    ):
        found.append(element("h3", title))
        told = account["pairs"][side]
        if not told:
            found.append(element("p", "There are no such pairs."))
        for at, pair in enumerate(told):
            figures: list[Children] = [
                element("strong", f"Jaccard {pair['jaccard']:.3f}"),
                f", {pair['containment']:.0%} of the first in the second, "
                f"{pair['partner_containment']:.0%} of the second in the first",
            ]
            found.append(
                element(
                    "details",
                    element("summary", figures),
                    _sides(f"{side}{at}", pair, "First", "Second"),
                    class_=f"of-{side}",
                )
            )
    return found


def _pair(name: str, told: Mapping[str, Any], head: list[Children]) -> Element:
    if told["partner"] is None:
        inside: list[Children] = [
            element("p", _name(told["document"])),
            marked(told["text"], name, name),
        ]
    else:
        inside = [_sides(name, told, "Removed", "Kept for it")]
    return element(
        "article",
        element("h3", head),
        inside,
        data_relation=told.get("relation"),
        class_="pair",
    )


def _sides(name: str, told: Mapping[str, Any], ours: str, theirs: str) -> Element:
    a, b = f"{name}a", f"{name}b"
    return element(
        "div",
        element(
            "div",
            element("p", element("b", f"{ours}: "), _name(told["document"])),
            marked(told["text"], a, b),
        ),
        element(
            "div",
            element("p", element("b", f"{theirs}: "), _name(told["partner"])),
            marked(told["partner_text"], b, a),
        ),
        class_="sides",
    )


def pages(account: Mapping[str, Any]) -> list[Children]:
    """Some pages with all their blocks."""
    told = account["pages"]
    if not told:
        said = "No page was cleaned in this run: its records held texts, which have no blocks."
        return [element("p", said)]
    labels = [block["label"] for page in told for block in page["blocks"]]
    intro = (
        "Picked by lot, the same ones every time, with every block: its label, how sure it is "
        "content, and why."
    )
    return [element("p", intro), block_controls(labels), [_page(page) for page in told]]


def _page(told: Mapping[str, Any]) -> Element:
    document = told["document"]
    fate = "kept" if told["relation"] == "kept" else f"removed: {told['reason']}"
    more = told["more"]
    return element(
        "details",
        element(
            "summary",
            element("bdi", document["title"] or document["id"] or ""),
            f" ({told_of(told['blocks'])})",
        ),
        element("p", link(document["url"] or document["id"])),
        element(
            "p", f"{told['type']}, confidence {told['confidence']:.2f}. The document was {fate}."
        ),
        block_list(told["blocks"]),
        element("p", f"and {number(more)} more blocks") if more else None,
        class_="page",
    )
