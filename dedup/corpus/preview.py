"""What a run would do: the plan, and the first records of each source, for people."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from dedup.config import DEFAULTS, Settings
from dedup.corpus.io.chunks import chunks
from dedup.corpus.io.records import Source
from dedup.corpus.plan import differences, make_plan, output_format
from dedup.corpus.stages.clean import clean_chunk

# Records that are shown of each source.
_SHOWN = 3


def preview(
    inputs: Sequence[str | os.PathLike[str]],
    against: Sequence[str | os.PathLike[str]],
    settings: Settings,
) -> str:
    """What a run would do, and what it finds in the first records, for people.

    Raises:
        InputError, SettingsError: as `make_plan`.
    """
    plan = make_plan(inputs, against, settings)
    lines = [f"{settings.corpus.mode} to {output_format(plan)}"]
    for number, source in enumerate(plan.sources):
        role = "input" if number < plan.inputs else "against"
        name = source.name or f"{len(source.paths)} page files from {source.paths[0]}"
        lines.append(f"{role}: {name} ({source.format.value})")
        lines += [f"  {line}" for line in _first_records(number, source, settings)]
    lines += [f"against: {saved.folder} (saved)" for saved in plan.saved]
    defaults = asdict(DEFAULTS)
    lines += [f"setting: {line}" for line in differences(defaults, asdict(settings))]
    return "\n".join(lines)


def _first_records(number: int, source: Source, settings: Settings) -> Iterable[str]:
    few = replace(settings.corpus, part_rows=_SHOWN)
    chunk = next(iter(chunks(number, source, few)), None)
    if chunk is None:
        return ["no records"]
    table = clean_chunk(chunk, settings, {}, lambda index: None).slice(0, _SHOWN)
    columns = ["place", "id", "url", "kind", "given", "rejected", "block_label"]
    return [_one_line(row) for row in table.select(columns).to_pylist()]


def _one_line(row: Mapping[str, Any]) -> str:
    if row["rejected"]:
        return f"{row['place']}: set aside: {row['rejected']}"
    if row["given"] is not None:
        what = f"a text of {len(row['given'])} characters"
    else:
        what = f"a page of {len(row['block_label'])} blocks ({row['kind']})"
    return f"{row['place']}: {row['id']}: {what}{' from ' + row['url'] if row['url'] else ''}"
