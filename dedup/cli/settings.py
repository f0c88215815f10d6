"""``dedup settings``: every setting there is, as a table or as a file to begin with."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import click

from dedup.config import DEFAULTS
from dedup.model import Label
from dedup.values import SettingsBase, kinds_of

_ATTRIBUTE = re.compile(r"\n        (\w+): (.*?)(?=\n        \w+: |\n    \Z|\Z)", re.DOTALL)


@click.command("settings")
@click.argument("stage", required=False, type=click.Choice([*DEFAULTS.__dataclass_fields__]))
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "toml"]),
    default="markdown",
    show_default=True,
    help="toml: a file for --config, with every default as a comment.",
)
def command(stage: str | None, form: str) -> None:
    """List every setting, or those of one STAGE: name, default, values and meaning."""
    stages = [stage] if stage else list(DEFAULTS.__dataclass_fields__)
    shown = _toml if form == "toml" else markdown_table
    click.echo("\n\n".join(shown(name) for name in stages))


def markdown_table(stage: str) -> str:
    """The settings of a stage as a table in Markdown.

    >>> print(markdown_table("near"))  # doctest: +ELLIPSIS
    ### near
    <BLANKLINE>
    How near-duplicates are found.
    <BLANKLINE>
    | setting | default | values | meaning |
    |---|---|---|---|
    | `near.threshold` | `0.8` | number | the Jaccard similarity ...
    """
    lines = [f"### {stage}", "", _purpose(stage), ""]
    lines += ["| setting | default | values | meaning |", "|---|---|---|---|"]
    for name, default, values, meaning in _rows(stage):
        lines.append(f"| `{stage}.{name}` | `{default}` | {values} | {meaning} |")
    return "\n".join(lines)


def _toml(stage: str) -> str:
    """The settings of a stage as a table in TOML, each a comment."""
    lines = [f"# {_purpose(stage)}", f"[{stage}]"]
    for name, default, values, meaning in _rows(stage):
        lines.append(f"# {meaning} ({values})")
        lines.append(f"# {name} = {default}")
    return "\n".join(lines)


def _purpose(stage: str) -> str:
    """The first sentence on a stage."""
    return (type(getattr(DEFAULTS, stage)).__doc__ or "").partition("\n")[0]


def _rows(stage: str) -> Iterator[tuple[str, str, str, str]]:
    """Name, default, values and meaning of each setting of a stage."""
    settings: SettingsBase = getattr(DEFAULTS, stage)
    meanings = dict(_ATTRIBUTE.findall(type(settings).__doc__ or ""))
    for name, field in settings.__dataclass_fields__.items():
        meaning = " ".join(meanings[name].split()).rstrip(".").replace("``", "`")
        yield name, _as_toml(getattr(settings, name)), _values(kinds_of(field)), meaning


def _as_toml(value: Any) -> str:
    """A default as TOML writes it; what TOML cannot say is ``none``."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, frozenset):
        return str([str(label) for label in Label if label in value]).replace("'", '"')
    if value == ():
        return "{}"
    return f'"{value}"' if isinstance(value, str) else str(value)


_KINDS = {float: "number", int: "whole number", bool: "true, false", str: "text"}


def _values(kinds: tuple[type, ...]) -> str:
    """What a setting may be."""
    said = []
    for kind in kinds:
        if issubclass(kind, StrEnum):
            said.append(", ".join(str(one) for one in kind))
        elif kind is frozenset:
            said.append("labels")
        elif kind is tuple:
            said.append("a table per site")
        elif kind is not type(None):
            said.append(_KINDS[kind])
    return ", ".join(said)
