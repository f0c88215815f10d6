"""Many texts to the passages that stand in them more than once: the stages in their order."""

from collections.abc import Iterable, Sequence

import numpy as np

from dedup.columns import Ints, Readable, Texts
from dedup.config import DEFAULTS, Given, TextSettings, settings_of
from dedup.errors import SettingsError
from dedup.near.parallel import Progress, silent
from dedup.near.repeated import Passages
from dedup.near.suffixes import suffix_order
from dedup.near.windows import Windows, repeated_windows
from dedup.text.fold import fold_table
from dedup.text.shingles import pack, readable
from dedup.text.tokens import original_spans

_MOST_TOKENS = 1 << 16
_BATCH = 1 << 10  # texts in which places are looked up at once


def find_passages(
    texts: Iterable[str],
    length: int = 50,
    *,
    reference: Iterable[str] | None = None,
    ids: Iterable[int | str] | None = None,
    jobs: int = 1,
    progress: Progress = silent,
    settings: Given = DEFAULTS,
) -> Passages:
    """Find every passage of ``length`` tokens or more that stands in two texts, or twice in one.

    Texts are folded before they are compared (see `dedup.TextSettings`); a token is a word, or a
    character in scripts without spaces. What is found is exact: a passage is every stretch that
    stands more than once and could not be longer in all of its places. So a stretch of 80 tokens
    that two texts share, of which three share the first 60, makes two passages.

    Memory: about 9 bytes per token and 256 MB, and what is found; no more than 4 billion tokens.

    Args:
        texts: any iterable of str, or a pyarrow string array (read without copying).
        length: the tokens that a passage has at least.
        reference: other texts: only passages are found that stand in the texts and in these too.
        ids: what the results should call the texts by; the default is their position from 0.
        jobs: threads; the result does not depend on them.
        progress: called now and then with "texts", how many are done and how many there are.
        settings: of these, how texts are folded.

    Returns:
        The passages. Iterating gives them, iterating one gives its places: the text, and where it
        begins and ends there, in code points of the text as given.

    Raises:
        InputError: something else than texts was given, or too much of it.
        SettingsError: the length is out of range, or there are more or fewer ids than texts.

    >>> texts = ["我們在河邊的舊磨坊。", "他说：我们在河边的旧磨坊！", "河边"]
    >>> found = find_passages(texts, length=5)
    >>> [[(place.text, place.start, place.end) for place in passage] for passage in found]
    [[(0, 0, 9), (1, 3, 12)]]
    >>> found.shares.round(2).tolist()
    [1.0, 0.82, 0.0]
    """
    if not 1 <= length <= _MOST_TOKENS:
        raise SettingsError(f"passages of {length} tokens: give 1 to {_MOST_TOKENS:,}")
    if jobs < 1:
        raise SettingsError(f"jobs is {jobs}: give 1 or more threads")
    folding = settings_of(settings).text
    columns = [_Column(texts, folding)]
    if reference is not None:
        columns.append(_Column(reference, folding))
    names = None if ids is None else list(ids)
    if names is not None and len(names) != len(columns[0].folded):
        count = len(columns[0].folded)
        raise SettingsError(f"{len(names)} ids for {count} texts: give one id for each text")
    found = repeated_windows([column.folded for column in columns], length, jobs, progress)
    return _passages(found, columns, names)


class _Column:
    """Texts as they are compared, and as they were given where that differs."""

    def __init__(self, texts: Iterable[str], settings: TextSettings) -> None:
        self.given: Texts | None = None
        self.folded: Readable
        if settings.phrases:
            self.given = pack(texts)
            self.folded = pack(iter(self.given), settings)
        else:
            self.folded = texts if isinstance(texts, Readable) else readable(texts, settings)


def _passages(
    found: Windows, columns: Sequence[_Column], ids: Sequence[int | str] | None
) -> Passages:
    """From windows to passages, and where they stand."""
    from dedup.kernels import passages as kernels

    firsts, sizes = kernels.pieces(found.classes)
    joined = np.zeros(firsts.size, np.bool_)
    joined[:-1] = firsts[1:] == firsts[:-1] + sizes[:-1]
    text = np.searchsorted(found.begins, firsts, "right") - 1
    token = firsts - found.begins[text]
    tokens = sizes + found.length - 1
    starts, ends = _located(columns, found.columns, text, token, token + tokens - 1)
    names = found.classes[firsts].astype(np.int64)
    order = suffix_order(names, joined)
    texts = int(found.columns[1])
    border = int(np.searchsorted(text, texts)) if len(columns) > 1 else -1
    rows = kernels.passages(names, joined.view(np.uint8), order, border)
    # By the first place; of those that begin there, the longest first.
    rows = rows[np.lexsort((-rows[:, 2], rows[:, 3]))][:, :3]
    return Passages(
        length=found.length,
        tokens=np.diff(found.begins) - 1,
        texts=texts,
        piece_text=text,
        piece_token=token,
        piece_tokens=tokens,
        piece_start=starts,
        piece_end=ends,
        order=order,
        rows=rows,
        ids=ids,
    )


def _located(
    columns: Sequence[_Column], begins: Ints, text: Ints, first: Ints, last: Ints
) -> tuple[Ints, Ints]:
    """The first code point of each run of tokens in the text as given, and the one past its last.

    Args:
        columns: the texts.
        begins: the number of the first text of each column, and the one past the last text.
        text: the text of each run, ascending.
        first: its first token.
        last: its last one.
    """
    from dedup.kernels.passages import locate

    fold = fold_table()
    starts, ends = np.empty(text.size, np.int64), np.empty(text.size, np.int64)
    for column, begin, end in zip(columns, begins[:-1], begins[1:], strict=True):
        low, high = np.searchsorted(text, (begin, end)).tolist()
        chosen, at = np.unique(text[low:high], return_index=True)
        offsets = np.append(at, high - low)
        for batch in range(0, chosen.size, _BATCH):
            texts = column.folded.taken(chosen[batch : batch + _BATCH] - begin)
            here = offsets[batch : batch + _BATCH + 1]
            runs = slice(low + int(here[0]), low + int(here[-1]))
            starts[runs], ends[runs] = locate(texts, fold, here - here[0], first[runs], last[runs])
        if column.given is None:
            continue
        for one, a, b in zip(chosen.tolist(), offsets[:-1], offsets[1:], strict=True):
            given, runs = column.given[one - int(begin)], slice(low + int(a), low + int(b))
            starts[runs], ends[runs] = original_spans(given, starts[runs], ends[runs])
    return starts, ends
