"""Matches of an index of sketches, held against the texts themselves."""

from dedup import Index, find_duplicates
from dedup.text.shingles import fold_keys
from tests.near.index.test_api import planted


def test_with_texts_at_hand_matches_are_exact(url: str) -> None:
    texts = planted(20)
    want = {}
    found = find_duplicates(texts)
    for match in (*found.matches, *found.excerpts):
        want[match.a, match.b] = want[match.b, match.a] = (match.kind, round(match.jaccard, 9))
    asked = []

    def text_of(name: str) -> str | None:
        asked.append(name)
        return texts[int(name)] if int(name) % 7 else None

    with Index(url) as index:
        index.add_many((str(number), text) for number, text in enumerate(texts))
        answers = index.query_many(texts, text_of=text_of)
    seen = [
        (match.a, int(match.b), (match.kind, round(match.jaccard, 9)))
        for row in answers
        for match in row
        if match.kind != "exact" and match.verified
    ]
    told = [row for row in seen if row[:2] in want]
    assert len(told) > 40
    assert [kind for _, _, kind in told] == [want[a, b] for a, b, _ in told]
    folds = fold_keys(texts)
    unknown = {fold for number, fold in enumerate(folds) if number % 7 == 0}
    assert all(folds[int(m.b)] in unknown for row in answers for m in row if not m.verified)
    assert asked


def test_what_only_seemed_near_is_admitted(url: str) -> None:
    texts = planted(20)
    with Index(url) as index:
        admitted = index.admit_many(
            ((str(n), text) for n, text in enumerate(texts)), text_of=lambda name: "else"
        )
        assert all(seen is None or seen.kind == "exact" for seen in admitted)
