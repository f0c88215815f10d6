"""``dedup evaluate``: the quality of cleaning on the user's own pages, beside other cleaners."""

import json
import sys
from typing import Any

import click

from dedup.config import DEFAULTS, Favor, PageSettings, Settings
from dedup.evaluate.pages import gold_pages
from dedup.evaluate.run import Evaluation, evaluate, read_floors
from dedup.page.classify.site_rules import rules_of_toml


@click.command("evaluate")
@click.argument("folder", type=click.Path(file_okay=False))
@click.option("--floors", type=click.Path(dir_okay=False), help="TOML: the least F1 by group.")
@click.option(
    "--favor",
    type=click.Choice([favor.value for favor in Favor]),
    default=DEFAULTS.page.favor.value,
    show_default=True,
    help="See `dedup clean`.",
)
@click.option("--rules", type=click.File(encoding="utf-8"), help="See `dedup clean`.")
@click.option("--peers/--no-peers", default=True, help="Measure installed cleaners beside it.")
@click.option("--worst", default=5, show_default=True, help="The pages to name, worst first.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def command(folder: str, floors: str | None, **options: Any) -> None:
    """Measure how well the pages of FOLDER are cleaned.

    FOLDER holds NAME.html beside NAME.txt, its main text in UTF-8, in groups by folder; or records
    (.jsonl, .parquet) with the fields html, gold (a text, or a list of accepted ones), kind and
    url. Shown is F1 on 4-grams of words (of characters in Chinese ...), with its standard error.
    Other cleaners are measured beside it where they are installed: trafilatura, resiliparse,
    jusText, readability-lxml, turbohtml. Exit code 1 where F1 is below a floor; FLOORS has lines
    such as `all = 0.92`.
    """
    least = read_floors(floors) if floors else {}
    rules = rules_of_toml(options["rules"].read()) if options["rules"] is not None else ()
    settings = Settings(page=PageSettings(favor=options["favor"], rules=rules))
    found = evaluate(gold_pages(folder), settings, peers=options["peers"])
    click.echo(_json(found) if options["form"] == "json" else _table(found, options["worst"]))
    below = found.below(least)
    for line in below:
        click.echo(f"dedup: {line}", err=True)
    sys.exit(1 if below else 0)


def _json(found: Evaluation) -> str:
    return json.dumps(
        {
            group: {
                tool: {"f1": score.f1, "error": score.error, "pages": len(score.pages)}
                for tool, score in row.items()
            }
            for group, row in found.scores.items()
        },
        ensure_ascii=False,
    )


def _table(found: Evaluation, worst: int) -> str:
    """A row per group, a column per cleaner."""
    tools = list(next(iter(found.scores.values())))
    width = max(5, *map(len, found.scores))
    lines = [f"{'F1':{width}}  pages" + "".join(f"  {tool:>14}" for tool in tools)]
    for group, row in found.scores.items():
        cells = (f"  {row[tool].f1:.3f} ± {row[tool].error:.3f}" for tool in tools)
        lines.append(
            f"{group:{width}}  {len(row[tools[0]].pages):5}" + "".join(f"{c:>16}" for c in cells)
        )
    if worst:
        lines += ["", "worst pages"]
        lines += [f"{value:.3f}  {name}" for value, name in found.worst[:worst]]
    return "\n".join(lines)
