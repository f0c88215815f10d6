"""The kernels of pairs and of the index against what their predecessors made of the same numbers.

``tests/oracle/near/kernels.npz`` was recorded from the kernels of commit 5644d55 (compiled by
numba), called as below, on numbers drawn by numpy's default generator: keys with many of a few
(Zipf's distribution), 120 lists of samples from one pool of 3,000, some of which begin like the one
before, 60 lists of hashes made likewise, and the postings of the 120 lists.
"""

from pathlib import Path

import numpy as np
import pytest

from dedup.kernels import blocks, memtable, overlap, pairs, postings, samples
from dedup.near.samples import empty_filter, needed

COARSE = 3 << 62


@pytest.fixture(scope="module")
def recorded():
    return dict(np.load(Path(__file__).parents[1] / "oracle" / "near" / "kernels.npz"))


def test_pairs_of_buckets(recorded):
    found, hot, largest = pairs.bucket_pairs(recorded["bucket_keys"], 511, 20)
    assert np.array_equal(found, recorded["bucket_pairs"])
    assert [hot, largest] == recorded["bucket_counts"].tolist()


def test_representatives_and_neighbourhoods(recorded):
    distinct = np.unique(recorded["bucket_pairs"])
    leaders, taken = np.arange(300), np.zeros(300, np.uint8)
    half = distinct.size // 2
    led = np.concatenate([pairs.follow(part, taken) for part in (distinct[:half], distinct[half:])])
    leaders[distinct[led] & np.uint64(0xFFFFFFFF)] = distinct[led] >> np.uint64(32)
    assert np.array_equal(taken > 0, leaders != np.arange(300))
    assert np.array_equal(leaders, recorded["leaders"])
    assert np.array_equal(pairs.neighbourhoods(distinct, 300, 32), recorded["neighbourhoods"])


def test_samples_picked_and_their_pairs(recorded):
    bits = (COARSE, 127)
    lists = [recorded[name] for name in ("samples", "sample_offsets", "chosen", "is_long")]
    seen = empty_filter(int(np.diff(lists[1])[lists[2]][~lists[3]].sum()))
    samples.mark_samples(*lists, seen)
    for part in (0, 1):
        found = samples.pick_samples(*lists, seen, bits, part, 2)
        assert np.array_equal(found, recorded[f"picked_{part}"])
    keys, is_long = recorded["sample_keys"], recorded["is_long"]
    buckets, total, hidden, hot = samples.sample_buckets(keys, bits, is_long, 8)
    need = needed(total, hidden, 0.8)
    spans = [(0, 50), (50, 50), (50, 110)]
    parts = [samples.sample_pairs(keys, bits, is_long, buckets, need, span) for span in spans]
    found, shared = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    assert np.array_equal(found, recorded["sample_pairs"])
    assert [hot, (hidden > 0).sum()] == recorded["sample_counts"].tolist()
    first, second = found >> np.uint64(32), found & np.uint64(0xFFFFFFFF)
    hashes = keys & ~np.uint64(127)
    common = [set(hashes[(keys & np.uint64(127)) == text].tolist()) for text in range(110)]
    for a, b, number in zip(first.tolist(), second.tolist(), shared.tolist(), strict=True):
        both = common[a] & common[b]
        both = {h for h in both if (hashes == h).sum() <= 8}
        assert number & 0xFFFFFFFF == len(both)
        assert number >> 32 == sum(not h & COARSE for h in both)


def test_overlaps(recorded):
    sizes, shared = overlap.shared_shingles(
        recorded["hashes"].copy(),
        *(recorded[name] for name in ("hash_offsets", "lead", "other")),
        0.6,
    )
    assert np.array_equal(sizes, recorded["sizes"])
    assert np.array_equal(shared, recorded["shared"])


def test_keys_of_postings(recorded):
    found = postings.posting_keys(
        *(recorded[name] for name in ("bands", "samples", "sample_offsets", "folded")), COARSE
    )
    for name, array in zip(("keys", "kinds", "starts", "every", "some"), found, strict=True):
        assert np.array_equal(array, recorded[f"posting_{name}"])
    assert np.array_equal(postings.keys_of_kind(recorded["samples"][:50], 4), recorded["name_keys"])


def test_blocks_packed_and_read(recorded):
    data, offsets, lines = blocks.pack_blocks(recorded["words"], (0, 256), 256, 7, 3)
    assert np.array_equal(data, recorded["block_data"])
    assert np.array_equal(offsets, recorded["block_offsets"])
    assert np.array_equal(np.flatnonzero(lines), recorded["lines_places"])
    assert np.array_equal(lines[lines > 0], recorded["lines"])
    some = blocks.unpack_blocks(data, offsets[40:80].copy(), 40, 256, 7, 5)
    assert np.array_equal(some, recorded["unpacked"])
    asked = recorded["asked"]
    places, which = blocks.probe(asked, lines, 256, 1 << 37, 1 << 40)
    assert np.array_equal(places, recorded["places"])
    assert np.array_equal(which, recorded["which"])
    hits, who = blocks.find(
        data, offsets[:-1].copy(), which, (asked, places, which), (256, 7, 1000)
    )
    assert np.array_equal(hits, recorded["hits"])
    assert np.array_equal(who, recorded["who"])


def test_chains_in_memory(recorded):
    places, numbers = chained(recorded)
    assert np.array_equal(places, recorded["chain_places"])
    assert np.array_equal(numbers, recorded["chain_numbers"])


def chained(recorded):
    keys = recorded["posting_keys"]
    owners = np.repeat(np.arange(120), np.diff(recorded["posting_starts"]))
    heads, links = np.zeros(4096, np.int64), np.empty(keys.size, np.int64)
    memtable.chain(heads, links, keys, owners, (0, keys.size), 20)
    return memtable.follow_chains(heads, links, keys, owners, keys)


def test_candidates_weighed(recorded):
    needs = np.maximum(recorded["posting_every"] // 3, 1)
    is_long = recorded["posting_every"] >= 30
    places, numbers = chained(recorded)
    need = np.minimum(needs, 127) | is_long << 7
    hits = np.sort((places << 40 | numbers << 8 | need[numbers]).astype(np.uint64))
    found = postings.weigh(
        hits, recorded["posting_kinds"], recorded["posting_starts"], needs, is_long, 6
    )
    for name, array in zip(("text", "number", "shared", "hidden", "hot"), found, strict=True):
        assert np.array_equal(array, recorded[f"weighed_{name}"])


def test_what_lies_outside_of_the_arrays_is_refused(recorded):
    with pytest.raises(ValueError, match="not there"):
        pairs.follow(np.array([300], np.uint64), np.zeros(300, np.uint8))
    with pytest.raises(ValueError, match="no such text"):
        overlap.shared_shingles(
            np.zeros(3, np.uint64), np.array([0, 3]), np.array([0]), np.array([1]), 0.5
        )
    with pytest.raises(ValueError, match="outside"):
        overlap.shared_shingles(
            np.zeros(3, np.uint64), np.array([0, 4]), np.array([0]), np.array([0]), 0.5
        )
    with pytest.raises(ValueError, match="not there"):
        samples.sample_buckets(np.array([7], np.uint64), (COARSE, 7), np.array([True]), 8)
    with pytest.raises(ValueError, match="power of two"):
        samples.mark_samples(
            np.zeros(1, np.uint64), np.array([0, 1]), np.array([0]), np.array([False]),
            np.zeros(3, np.uint64),
        )  # fmt: skip
    with pytest.raises(ValueError, match="57 bits"):
        blocks.unpack_blocks(np.zeros(9, np.uint8), np.array([0]), 0, 1, 24, 0)


def test_damaged_blocks_are_read_within_their_bytes():
    data = np.full(40, 255, np.uint8)
    for offset in (0, 20, 28, 35, 40, -1, 1 << 40):
        found = blocks.unpack_blocks(data, np.array([offset]), 0, 256, 7, 0)
        assert found.size <= 8 * data.size // 40
        places, which = np.array([0]), np.array([0])
        asked = np.array([5], np.uint64)
        blocks.find(data, np.array([offset]), which, (asked, places, which), (256, 7, 0))
