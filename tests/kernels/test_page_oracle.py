"""The kernels of the page classifier give what the first ones gave.

``tests/oracle/page/features.npz`` was recorded from the numba kernels of commit 5644d55: eight of
the project's own pages, three of random tags and words and one of lines, each with the columns of
its walk (the kernels' inputs) and all outputs of `measure`, `find_groups`, `describe`, `relate` and
`settle`, with the ``dom`` weights shipped then. Numbers are the same bits, except that logarithms
of whole numbers were then taken in single precision: they may differ in the last bit.
"""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dedup.kernels.context import relate, settle
from dedup.kernels.counts import COUNTS, measure
from dedup.kernels.features import DENSE, ZONES, fill
from dedup.kernels.outline import Rows, Tree
from dedup.kernels.page import PAGE, Page
from dedup.kernels.patterns import shapes
from dedup.page.classify import schema
from dedup.page.classify.features import _page, compile_words
from dedup.page.classify.lexicon import NAME_GROUPS, TEXT_GROUPS
from dedup.page.classify.network import shipped
from dedup.text.fold import fold_table

Array = np.ndarray[Any, Any]
FILE = Path(__file__).parent.parent / "oracle" / "page" / "features.npz"


@cache
def recorded() -> dict[str, dict[str, Array]]:
    with np.load(FILE) as archive:
        pages = archive["pages"].tolist()
        keys = [key for key in archive.files if key != "pages"]
        return {
            page: {k.partition("/")[2]: archive[k] for k in keys if k.startswith(page + "/")}
            for page in pages
        }


PAGES = sorted(recorded())


def last_bits(a: Array, b: Array) -> int:
    """How many steps of single precision two arrays lie apart, at most."""
    steps = [np.ascontiguousarray(x, np.float32).view(np.int32).astype(np.int64) for x in (a, b)]
    one, other = (np.where(x < 0, -(x & 0x7FFFFFFF), x) for x in steps)
    return int(abs(one - other).max(initial=0))


def described(page: dict[str, Array]) -> Page:
    tags = page["tags"].tobytes().decode().split("\0")
    bits = np.array([schema.TAG_BIT.get(tag, schema.OTHER_TAG) for tag in tags], np.uint8)
    hashes = np.zeros(len(page["bits"]), np.uint64)
    shapes(page["names"], hashes)
    tree = Tree(
        bits[page["tag"]], page["parent"], page["name"], page["bits"], hashes,
        (page["first"], page["last"]), page["hidden"],
    )  # fmt: skip
    rows = Rows(*(page[k] for k in ("stats", "hashes", "phrases", "element", "links", "images",
                                    "inner")))  # fmt: skip
    return Page(tree, rows, schema.HEADING_BITS, schema.H1_BIT, schema.SECTION_BITS)


@pytest.mark.parametrize("name", [name for name in PAGES if name != "zh_big5_community"])
def test_counts_and_hashes(name: str) -> None:
    page = recorded()[name]
    counts, hashes = np.zeros_like(page["stats"]), np.zeros_like(page["hashes"])
    measure(page["text"], fold_table(), counts, hashes)
    # Beyond ASCII the fold table says what a letter is and what it is hashed as: ranges did then.
    plain = np.array([text.isascii() for text in page["text"].tobytes().split(b"\0")])
    counts[~plain, COUNTS["letters"]] = page["stats"][~plain, COUNTS["letters"]]
    assert np.array_equal(counts, page["stats"])
    assert np.array_equal(hashes[plain], page["hashes"][plain])


@pytest.mark.parametrize("name", PAGES)
def test_groups_of_words(name: str) -> None:
    page = recorded()[name]
    for groups, separator, text, masks in (
        (TEXT_GROUPS, "|", "text", "phrases"), (NAME_GROUPS, " ", "names", "bits"),
    ):  # fmt: skip
        found = np.zeros_like(page[masks])
        compile_words(groups.values(), separator, groups is NAME_GROUPS).find(page[text], found)
        assert np.array_equal(found, page[masks])


@pytest.mark.parametrize("name", PAGES)
def test_features_and_context(name: str) -> None:
    page = recorded()[name]
    kernel = described(page)
    which = np.arange(len(page["element"]), dtype=np.int32)
    dense = np.full((len(which), len(DENSE)), np.nan, np.float32)
    masks = np.zeros((len(which), len(ZONES)), np.uint64)
    fill(kernel, which, dense, masks)
    own = _page(kernel.values, page["hints"].tobytes().decode())
    for column, feature in enumerate(schema.FEATURES):
        place = schema.INPUTS[feature]
        if feature in DENSE:
            found = dense[:, place]
        elif place < schema.ZONE_STARTS[0]:
            found = np.full(len(which), own[place - len(DENSE)])
        else:
            zone = np.searchsorted(schema.ZONE_STARTS, place, "right") - 1
            whole = np.full(len(which), kernel.names, np.uint64)
            mask = masks[:, zone] if zone < len(ZONES) else whole
            found = (mask >> np.uint64(place - schema.ZONE_STARTS[zone]) & np.uint64(1)).astype(
                np.float32
            )
        assert last_bits(found, page["matrix"][:, column]) <= 1, feature
    context, before = kernel.context, page["context"]
    assert np.array_equal(np.delete(context, 8, 1), np.delete(before, 8, 1))
    same = context[:, 8][:, None] == context[:, 8]  # groups may be numbered otherwise
    assert np.array_equal(same, before[:, 8][:, None] == before[:, 8])
    assert len(own) == len(PAGE) + len(page["page"])


@pytest.mark.parametrize("name", PAGES)
def test_relations_and_settled_kinds(name: str) -> None:
    page = recorded()[name]
    tokens = np.ascontiguousarray(page["stats"][1:, COUNTS["tokens"]])
    rows = np.zeros_like(page["relations"])
    context = page["context"].copy()  # where groups were those of elements
    context[:, 8] = np.unique(context[:, 8], return_inverse=True)[1]
    relate(page["first_scores"], tokens, context, rows)
    assert last_bits(rows[:, schema.RELATION_OF[: len(schema.RELATIONS)]], page["relations"]) <= 1
    settled = np.zeros_like(page["settled"])
    content = (page["scores"] >= 0.45).astype(np.uint8)
    settle(page["kind_logs"], content, context, settled)
    # Since then a block itself counts .6 (.4), its containers .1 each (.2).
    outside = content == 0
    alike = (context[:, None, 8] == context[None, :, 8]) & outside
    own, group = page["kind_logs"], alike @ page["kind_logs"] / np.maximum(alike.sum(1), 1)[:, None]
    wanted = np.where(outside[:, None], 0.5 * page["settled"] + 0.4 * own + 0.1 * group, own)
    assert np.allclose(settled, wanted, atol=1e-4)


@pytest.mark.parametrize("name", PAGES)
def test_the_kernel_of_a_network_gives_what_its_formula_says(name: str) -> None:
    page = recorded()[name]
    kernel = described(page)
    own = _page(kernel.values, page["hints"].tobytes().decode())
    which = np.arange(len(page["element"]), dtype=np.int32)
    dense = np.zeros((len(which), len(DENSE)), np.float32)
    masks = np.zeros((len(which), len(ZONES)), np.uint64)
    fill(kernel, which, dense, masks)
    net = shipped("dom").first
    found = np.zeros((len(which), 1), np.float32)
    net._kernel.run(dense, masks, own, kernel.names, found)
    wide = np.zeros((len(page["matrix"]), schema.ZONE_STARTS[-1]), np.float32)
    wide[:, schema.INPUT_OF] = page["matrix"]
    x = np.clip((wide - net.mean) * net.scale, -4, 4)
    raw = np.maximum(x @ net.w1 + net.b1, 0) @ net.w2 + x @ net.skip + net.b2
    assert np.allclose(raw, found, atol=1e-3)
