"""The kind of each block: against pages labelled line by line, and the golden pages."""

import json

import dedup
from benchmarks.extraction import label_scores
from benchmarks.outcome import Better, Kind, Options, Outcome
from benchmarks.pages import LABELLED, ROOT, folder


def run(options: Options) -> Outcome:
    """Measure."""
    out = Outcome("labels")
    right, quoted = golden()
    out.put("golden pages", "labels quoted", "labels", quoted)
    out.put("golden pages", "labels quoted", "right", right / quoted, Kind.QUALITY, Better.MORE)
    if folder().is_dir():
        for label, score in label_scores(LABELLED).items():
            out.put("F1 by label", label, "dedup", score, Kind.QUALITY, Better.MORE)
    else:
        out.absent("F1 by label", "no development pages: set DEDUP_DATA")
    return out


def golden() -> tuple[int, int]:
    """Of the blocks that the golden pages quote with their labels, those that are right."""
    right = quoted = 0
    for path in sorted((ROOT / "fixtures" / "pages").glob("*/expected.json")):
        expected = json.loads(path.read_text("utf-8"))
        (source,) = path.parent.glob("source.*")
        blocks = dedup.clean(source.read_bytes(), url=expected.get("url")).blocks
        for beginning, accepted in expected["labels"]:
            quoted += 1
            labels = {
                b.label.name for b in blocks if " ".join(b.text.split()).startswith(beginning)
            }
            right += bool(labels & set(accepted.split("|")))
    return right, quoted
