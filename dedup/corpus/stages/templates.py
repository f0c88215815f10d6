"""The stage ``templates``: the templates of every host, in shares of the hosts.

Shares keep the memory bounded: each holds the fingerprints of its own hosts only.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dedup.config import Settings
from dedup.corpus.optional import require
from dedup.corpus.runtime.files import Entry, write_bytes
from dedup.corpus.runtime.workers import Beat, Skip
from dedup.corpus.stages.blocks import MARK_COLUMNS, StoredBlocks
from dedup.corpus.stages.schema import read_table, template_name
from dedup.corpus.templates.fingerprint import Marks, hash64
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
                for host, marks in _pages(Path(self.root) / part, share, self.shares):
                    if first_pass:
                        templates.count(host, marks)
                    else:
                        templates.weigh(host, marks)
                beat(0)
            if first_pass:
                templates.drop_rare(self.settings.templates.pages - 1)
        templates.forget_counts()
        return write_bytes(Path(self.root), template_name(share), templates.to_bytes())


def _pages(path: Path, share: int, shares: int) -> Iterator[tuple[str, Marks]]:
    """The pages of a part that are of the hosts of one share."""
    pc = require("pyarrow.compute", "pyarrow")
    pa = require("pyarrow")
    hosts = read_table(path, ["host"])["host"].combine_chunks()
    ours = [host for host in hosts.unique().to_pylist() if host and hash64(host) % shares == share]
    if not ours:
        return
    table = read_table(path, ["host", *MARK_COLUMNS])
    yield from pages_of(table.filter(pc.is_in(hosts, value_set=pa.array(ours, pa.string()))))


def pages_of(table: Any) -> Iterator[tuple[str, Marks]]:
    """The pages of hosts in a table of the stage ``clean``, with the marks of their blocks."""
    blocks = StoredBlocks.of(table.select(["host", *MARK_COLUMNS]))
    marks, offsets = blocks.marks, blocks.offsets.tolist()
    for page, host in enumerate(table["host"].to_pylist()):
        if host:
            yield host, marks.of(offsets[page], offsets[page + 1])
