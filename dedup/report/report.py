"""The report of a run: one file of HTML made of what the run left in its directory."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dedup.errors import InputError, RunError
from dedup.report import examples, totals
from dedup.report.markup import Child, Children, document, element, table

_FORMAT = 1  # of report.json
# Anchor, title, and what makes the section of the account.
_SECTIONS: tuple[tuple[str, str, Callable[[Mapping[str, Any]], list[Children]]], ...] = (
    ("sources", "Sources", totals.sources),
    ("similarity", "How similar documents are", totals.similarity),
    ("pairs", "Pairs nearest to the threshold", examples.pairs),
    ("clusters", "Largest clusters", examples.clusters),
    ("removed", "Removed documents, beside what stands for them", examples.removed),
    ("pages", "Pages, block by block", examples.pages),
    ("rejected", "What was set aside", totals.rejected),
)


def write_report(run: str | os.PathLike[str]) -> Path:
    """Write ``report.html`` into the directory of a finished run.

    Args:
        run: the directory; ``summary.json``, ``report.json`` and ``run.json`` are read.

    Returns:
        The path of the file.

    Raises:
        InputError: there is no finished run.
        RunError: the file cannot be written.
    """
    root = Path(run)
    summary = _read(root, "summary.json", "finish the run first (dedup run ... --resume)")
    account = _read(root, "report.json", "a reference has none, nor a run of an older version")
    settings = _read(root, "run.json", "this is no directory of a run").get("settings", {})
    if account.get("format") != _FORMAT:
        raise InputError(
            f"{root / 'report.json'} has format {account.get('format')!r}, this version reads "
            f"{_FORMAT}: run it again"
        )
    path = root / "report.html"
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.write_text(report_html(root.resolve().name, summary, account, settings), "utf-8")
        temporary.replace(path)
    except OSError as error:
        raise RunError(f"cannot write {path}: {error.strerror}: make room, then again") from error
    return path


def _read(root: Path, name: str, remedy: str) -> dict[str, Any]:
    path = root / name
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}: {remedy}") from error
    except ValueError as error:
        raise InputError(f"{path} is damaged ({error}): {remedy}") from error
    if not isinstance(found, dict):
        raise InputError(f"{path} is damaged: {remedy}")
    return found


def report_html(
    name: str, summary: Mapping[str, Any], account: Mapping[str, Any], settings: Mapping[str, Any]
) -> str:
    """The report as a file of HTML that loads nothing.

    Args:
        name: what the run is called.
        summary: what ``summary.json`` holds.
        account: what ``report.json`` holds.
        settings: those of the run, by stage.
    """
    links = [("totals", "Totals"), *((anchor, title) for anchor, title, _ in _SECTIONS)]
    body: list[Children] = [
        element("a", "Skip to the report", href="#main", class_="skip"),
        element("header", element("h1", "Report of the run ", element("bdi", name))),
        element(
            "nav",
            element(
                "ul",
                [
                    element("li", element("a", title, href=f"#{anchor}"))
                    for anchor, title in [*links, ("settings", "Settings")]
                ],
            ),
            aria_label="Sections",
        ),
        element(
            "main",
            totals.alarms(account["sources"]),
            _section("totals", "Totals", totals.totals(summary)),
            [_section(anchor, title, make(account)) for anchor, title, make in _SECTIONS],
            _section("settings", "Settings", _settings(settings)),
            id="main",
            tabindex=-1,
        ),
    ]
    return document(f"Report of {name}", body)


def _section(anchor: str, title: str, content: list[Children]) -> Child:
    heading = element("h2", title, id=anchor)
    return element("section", heading, content, aria_labelledby=anchor)


def _settings(settings: Mapping[str, Any]) -> list[Children]:
    rows = [
        (f"{stage}.{name}", json.dumps(value, ensure_ascii=False))
        for stage, values in settings.items()
        for name, value in values.items()
    ]
    inside = table("Settings of the run", ("Setting", "Value"), rows)
    return [element("details", element("summary", "All settings of this run"), inside)]
