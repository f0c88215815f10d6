"""The stage ``templates``: the templates of every host, in shares of the hosts.

Shares keep the memory bounded: each holds the fingerprints of its own hosts only.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dedup.config import Settings
from dedup.corpus.optional import require
from dedup.corpus.runtime.files import Entry, write_bytes
from dedup.corpus.runtime.workers import Beat, Skip
from dedup.corpus.stages.schema import (
    KEY_COLUMNS,
    MARK_COLUMNS,
    marks_of,
    read_table,
    template_name,
)
from dedup.corpus.templates.fingerprint import hash64
from dedup.corpus.templates.learn import Templates


@dataclass(frozen=True, slots=True)
class TemplateTask:
    """Learns one share of the hosts from all the parts, and writes its file.

    Attributes:
        root: the directory of the run.
        settings: what a template is.
        parts: the names of the files of the stage ``clean``.
        shares: how many shares there are.
    """

    root: str
    settings: Settings
    parts: tuple[str, ...]
    shares: int

    def open(self) -> Callable[[int, Skip, Beat], Entry]:
        """See `dedup.corpus.runtime.workers.Task`."""
        return self._learn

    def _learn(self, share: int, skip: Skip, beat: Beat) -> Entry:
        templates = Templates(self.settings.templates)
        beat(0)
        for first_pass in (True, False):
            for part in self.parts:
                for host, row in _host_rows(Path(self.root) / part, share, self.shares):
                    if first_pass:
                        keys = {key for name in KEY_COLUMNS for key in row[name]} - {0}
                        templates.count_keys(host, keys)
                    else:
                        templates.weigh(host, marks_of(row))
                beat(0)
            if first_pass:
                templates.drop_rare(self.settings.templates.pages - 1)
        templates.forget_counts()
        return write_bytes(Path(self.root), template_name(share), templates.to_bytes())


def _host_rows(path: Path, share: int, shares: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The rows of a part that are pages of the hosts of one share."""
    pc = require("pyarrow.compute", "pyarrow")
    pa = require("pyarrow")
    hosts = read_table(path, ["host"])["host"].combine_chunks()
    ours = [host for host in hosts.unique().to_pylist() if host and hash64(host) % shares == share]
    if ours:
        table = read_table(path, ["host", *MARK_COLUMNS])
        chosen = table.filter(pc.is_in(hosts, value_set=pa.array(ours, pa.string())))
        for row in chosen.to_pylist():
            yield row["host"], row
