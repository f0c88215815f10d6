"""``dedup gate --warc``: WARC in, WARC out, with ``revisit`` records for seen pages."""

import sys
from typing import Protocol

from dedup.cli.inputs import Failures
from dedup.cli.printing import pass_bytes
from dedup.config import DEFAULTS
from dedup.corpus.io.records import Reject
from dedup.corpus.io.streams import Problems
from dedup.corpus.io.warc_records import IDENTICAL, SIMILAR, WarcRecord, warc_records
from dedup.corpus.page_gate import Arrival, PageGate, Verdict
from dedup.errors import InputError
from dedup.near.index import Index

_BATCH = 64  # pages that are stored at once
_BYTES = 64 << 20  # of records, pages or not, after which those that are held are passed on


class Stop(Protocol):
    """Keeps signals from between storing records and passing them on."""

    def hold(self) -> None:
        """From here on signals wait."""
        ...

    def let(self) -> None:
        """Signals that waited take effect, and those that come."""
        ...


def pass_warc(index: Index, failures: Failures, stop: Stop) -> dict[str, int]:
    """Pass the records of standard input on; how many pages were what."""
    gate = PageGate(index, failures.add)
    counts = dict.fromkeys(("new", "identical", "exact", "near", "contains"), 0)
    problems: Problems = []
    held: list[WarcRecord] = []
    pages = size = 0
    try:
        for record in warc_records(sys.stdin.buffer, problems, DEFAULTS.corpus.record_bytes):
            if isinstance(record, Reject):
                failures.add(record.place, InputError(record.reason))
                continue
            held.append(record)
            pages += record.page is not None
            size += len(record.block)
            if pages == _BATCH or size >= _BYTES:
                _pass_on(gate, held, stop, counts)
                held, pages, size = [], 0, 0
        _pass_on(gate, held, stop, counts)
    finally:
        gate.save()
    for problem in problems:
        failures.add("standard input", InputError(problem))
    return counts


def _pass_on(gate: PageGate, records: list[WarcRecord], stop: Stop, counts: dict[str, int]) -> None:
    """Store the new pages among some records, and write all of these."""
    arrivals = [_arrival(record) for record in records if record.page is not None]
    stop.hold()
    verdicts = gate.sift(arrivals)
    try:
        stop.let()
        told = iter(verdicts)
        pass_bytes(
            b"".join(
                record.to_bytes() if record.page is None else _told(record, next(told))
                for record in records
            )
        )
    except BaseException:  # nobody took them: they were not seen
        stop.hold()
        pairs = zip(arrivals, verdicts, strict=True)
        gate.forget(arrival for arrival, verdict in pairs if verdict.relation == "new")
        raise
    for verdict in verdicts:
        counts[verdict.relation] += 1


def _arrival(record: WarcRecord) -> Arrival:
    assert record.page is not None
    told = {
        "id": record.get("warc-record-id"),
        "uri": record.get("warc-target-uri"),
        "date": record.get("warc-date"),
    }
    return Arrival(record.payload_digest, record.page, told)


def _told(record: WarcRecord, verdict: Verdict) -> bytes:
    """A page that is new, or that it was seen."""
    if verdict.partner is None:
        return record.to_bytes()
    if verdict.relation == "identical":
        return record.revisit(IDENTICAL, verdict.partner, {})
    more = {"Dedup-Relation": verdict.relation}
    if verdict.seen is not None:
        more["Dedup-Jaccard"] = f"{verdict.seen.jaccard:.4f}"
        more["Dedup-Containment"] = f"{verdict.seen.containment_a:.4f}"
        more["Dedup-Verified"] = "yes" if verdict.seen.verified else "estimated"
    known = verdict.partner.get("id") or (verdict.seen.b if verdict.seen else "")
    more["Dedup-Partner"] = str(known)
    return record.revisit(SIMILAR, verdict.partner, more)
