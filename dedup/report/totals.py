"""The sections of the report that count: totals, sources, similarity, and what was set aside."""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from dedup.report.charts import histogram
from dedup.report.markup import Child, Children, element, number, share, table

# What the reasons of a removal are called.
REASONS = {
    "exact": "the same text",
    "near": "near-duplicate",
    "contains": "lies in another",
    "empty": "no text left",
    "repeated": "only repeated parts",
    "uncertain": "low confidence",
    "rejected": "set aside",
}


def totals(summary: Mapping[str, Any]) -> list[Children]:
    """What became of all records, blocks and bytes."""
    records, kept = summary["records"], summary["kept"]
    removed = sum(summary["removed"].values())
    tiles = [
        ("records", records, ""),
        ("kept", kept, share(kept, records)),
        ("removed", removed, share(removed, records)),
        ("set aside", summary["rejected"], share(summary["rejected"], records)),
    ]
    fates = {"kept": kept, **summary["removed"], "rejected": summary["rejected"]}
    rows = [
        (REASONS.get(name, name), number(count), share(count, records))
        for name, count in fates.items()
        if count
    ]
    blocks = sum(summary["blocks"].values())
    tables = [table("What became of the records", ("Fate", "Records", "Share"), rows)]
    found: list[Children] = [
        element(
            "dl",
            [
                element(
                    "div", element("dt", name), element("dd", number(count)), element("dd", part)
                )
                for name, count, part in tiles
            ],
            class_="tiles",
        )
    ]
    if blocks:
        labels = [(name, number(n), share(n, blocks)) for name, n in summary["blocks"].items()]
        tables.append(table("Blocks of all pages, by label", ("Label", "Blocks", "Share"), labels))
    facts = {
        "blocks of templates": number(summary["template_blocks"]),
        "bytes in": number(summary["bytes_in"]),
        "bytes of text out": number(summary["text_bytes_out"]),
        **{f"skipped: {name}": number(count) for name, count in summary["skipped"].items()},
        **{
            f"stage {name}": f"{figures['seconds']:.1f} s, {figures['cpu_seconds']:.1f} s CPU"
            for name, figures in summary["time"].items()
        },
        "records a second": f"{summary['records_per_second']:,}",
    }
    tables.append(table("Further figures", ("Figure", "Value"), facts.items()))
    found.append(element("div", tables, class_="beside"))
    return found


def alarms(sources: Mapping[str, Any]) -> list[Children]:
    """The sources that lost nearly all, and what they lost it to."""
    items = []
    for key, word in (("source", "Source"), ("file", "File")):
        for row in sources[key]["rows"]:
            if "alarm" not in row:
                continue
            alarm, lost = row["alarm"], row["documents"] - row["kept"]
            said = f" lost {number(lost)} of {number(row['documents'])} documents. Most: "
            said += f"{REASONS.get(alarm['reason'], alarm['reason'])}."
            if "partner" in alarm:
                said += f" {number(alarm['documents'])} of them are represented by "
            partner = element("bdi", alarm["partner"]["id"]) if "partner" in alarm else None
            name = element("strong", f"{word} ", element("bdi", row["name"]))
            items.append(element("li", name, said, partner))
    if not items:
        return []
    return [
        element(
            "section",
            element("h2", "Sources that lost more than 95 %", id="alarms"),
            element("ul", items),
            class_="alarms",
            aria_labelledby="alarms",
        )
    ]


def sources(account: Mapping[str, Any]) -> list[Children]:
    """What became of the documents of each source and of each file."""
    controls = element(
        "div",
        element("label", "Sources named ", element("input", type="search", data_filter="name")),
        element(
            "label",
            element("input", type="checkbox", data_filter="alarm"),
            " only those that alarm",
        ),
        element("output", "", aria_live="polite"),
        class_="controls",
        data_controls="sources",
        hidden=True,
    )
    found: list[Children] = [
        element(
            "p",
            "Inside are near-duplicates, copies and excerpts of documents of the same source; "
            "across those of another one. Confidence is the mean estimate of the F1 of a text.",
        ),
        controls,
    ]
    for key, word in (("source", "source"), ("file", "file")):
        told = account["sources"][key]
        found.append(element("h3", f"By {word}"))
        if len(told["rows"]) < told["number"]:
            found.append(
                element(
                    "p",
                    f"The {number(len(told['rows']))} of {number(told['number'])} with most "
                    "documents, or an alarm.",
                )
            )
        found.append(_source_table(key, told["rows"]))
    return found


_HEADS = (
    "Source", "Documents", "Kept", "Kept, %", "Same text", "Near", "In another", "Otherwise",
    "Set aside", "Inside", "Across", "Confidence", "Templates",
)  # fmt: skip


def _source_table(key: str, rows: Sequence[Mapping[str, Any]]) -> Element:
    made = table(
        f"Documents by {key}",
        _HEADS,
        (_source_cells(key, row) for row in rows),
        {"class": "sources"},
    )
    body = made.find("table/tbody")
    for line, row in zip(body if body is not None else (), rows, strict=True):
        line.set("data-name", row["name"].lower())
        if "alarm" in row:
            line.set("class", "alarm")
    return made


def _source_cells(key: str, row: Mapping[str, Any]) -> list[Children]:
    removed = dict(row["removed"])
    known = [removed.pop(name, 0) for name in ("exact", "near", "contains")]
    aside = removed.pop("rejected", 0)
    kept = 100 * row["kept"] / row["documents"]
    confidence = row["confidence"]
    name = element("bdi", row["name"])
    return [
        element("span", name, element("strong", " alarm") if "alarm" in row else None),
        number(row["documents"]),
        number(row["kept"]),
        f"{kept:.1f}",
        *map(number, (*known, sum(removed.values()), aside, row["inside"], row["across"])),
        "" if confidence is None else f"{confidence:.2f}",
        _template(row.get("templates")),
    ]


def _template(told: Mapping[str, Any] | None) -> Child:
    if told is None:
        return ""
    return element(
        "details",
        element("summary", f"{number(told['blocks'])} blocks"),
        element("q", told["example"], dir="auto"),
        f" ({told['reason']})",
    )


def similarity(account: Mapping[str, Any]) -> list[Children]:
    """How similar the compared pairs are."""
    told, near = account["similarity"], account["near"]
    if not sum(told["jaccard"]):
        return [element("p", "No two documents share so much that they had to be compared.")]
    share_needed = min(near["threshold"], near["containment"])
    return [
        histogram(
            "Jaccard similarity",
            told["jaccard"],
            told["lowest"],
            near["threshold"],
            "Pairs by the share of all their shingles that both have; the first bar holds all "
            "that is lower too. Exact copies are not "
            f"counted, nor pairs that share less than {share_needed:.0%} of the smaller text.",
        ),
        histogram(
            "Containment",
            told["containment"],
            told["lowest"],
            near["containment"],
            "The same pairs by the share of one text that lies in the other.",
        ),
    ]


def rejected(account: Mapping[str, Any]) -> list[Children]:
    """What was set aside, and why."""
    if not account["rejected"]:
        return [element("p", "Nothing was set aside.")]
    rows = []
    for told in account["rejected"]:
        examples = [
            element("li", element("bdi", f"{e['source']}, {e['place']}: {e['reason']}"))
            for e in told["examples"]
        ]
        rows.append((element("bdi", told["kind"]), number(told["number"]), element("ul", examples)))
    return [table("Records that were set aside", ("Reason", "Records", "Examples"), rows)]
