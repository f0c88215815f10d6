import time

import pytest

from dedup.model import Block
from dedup.page.source.html import blocks_of_html
from dedup.page.source.markdown import blocks_of_markdown, inline_text


def cut(source: str) -> list[tuple[str, str]]:
    return [(b.tag, b.text) for b in blocks_of_markdown(source, html).blocks]


def html(source: str, offset: int, first: int) -> tuple[Block, ...]:
    return blocks_of_html(source).views


def test_front_matter_is_metadata() -> None:
    read = blocks_of_markdown("---\ntitle: 'It''s'\ntags:\n - a\n - b\nempty:\n---\nText.\n", html)
    assert read.metadata == (("empty", ""), ("tags", "a, b"), ("title", "It's"))
    assert [b.text for b in read.blocks] == ["Text."]


def test_every_kind_of_block() -> None:
    source = """\
# One #

Two
===
A *first* line
and a [second](http://x/y).
- item
  goes on
1. first

> quoted
> twice

```py
x = 1

y = 2
```
| a | b |
|---|---|
| c | d |
***
![a picture](p.png) stays
"""
    assert cut(source) == [
        ("h1", "One"),
        ("h1", "Two"),
        ("p", "A first line and a second."),
        ("li", "item goes on"),
        ("li", "first"),
        ("blockquote", "quoted twice"),
        ("pre", "x = 1\n\ny = 2"),
        ("tr", "a | b"),
        ("tr", "c | d"),
        ("p", "a picture stays"),
    ]


def test_html_is_read_as_html_to_its_end() -> None:
    source = "before\n<div>\n\n<p>inside <b>bold</b></p>\n\n    <!-- no code -->\n</div>\nafter"
    assert [text for _, text in cut(source)] == ["before", "inside bold", "after"]


def test_unclosed_html_ends_with_the_text() -> None:
    assert [text for _, text in cut("<div><p>one\n\ntwo")] == ["one two"]


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("`a*b*c` and `` `x` ``", "a*b*c and `x`"),
        (r"2 \* 3 \* 4", "2 * 3 * 4"),
        ("foo__bar__baz and __bold__", "foo__bar__baz and bold"),
        ("snake_case_name and _it_", "snake_case_name and it"),
        ("[Tea](https://x.org/Tea_(drink)) at <https://x.org/>", "Tea at https://x.org/"),
        ("never `closed and **open", "never `closed and **open"),
        ("an icon \ue000, `code`", "an icon \ue000, code"),
        ("5 &lt; 6 &amp; `&lt;`", "5 < 6 & &lt;"),
    ],
)
def test_inline_marks(written: str, says: str) -> None:
    assert inline_text(written) == says


@pytest.mark.parametrize(
    "hostile",
    [
        "**a ",
        "x`",
        "<!-- ",
        "[](/",
        '[a](b "',
        "_a ",
        "[a](b(",
        "<a ",
        "\\",
        "\ue000",
        "~~~ ",
    ],
)
def test_marks_that_are_never_closed_cost_their_length(hostile: str) -> None:
    start = time.process_time()
    inline_text("x" + hostile * (400_000 // len(hostile)))
    inline_text("x" + "`".join("`" * n for n in range(800)))
    assert time.process_time() - start < 4  # squared: minutes


@pytest.mark.parametrize(
    "line", [" " * 200_000 + "b", "# a" + " " * 200_000 + "b", "---" + " " * 200_000 + "x"]
)
def test_a_line_of_spaces_costs_its_length(line: str) -> None:
    start = time.process_time()
    cut(line)
    assert time.process_time() - start < 2


def test_a_rule_in_html_ends_at_its_line() -> None:
    assert cut("<hr>\n\n# Tea\n\n- cup") == [("h1", "Tea"), ("li", "cup")]


def test_a_fence_inside_a_longer_one_does_not_close_it() -> None:
    assert cut("````\n```\n<div>\n```\n````\n\nText.") == [
        ("pre", "```\n<div>\n```"),
        ("p", "Text."),
    ]


def test_what_is_held_goes_with_the_target_that_holds_it() -> None:
    source = r"A [name](http://a.example/b\_c) and \*this* and `code`, <b title=`x`>bold</b>."
    assert inline_text(source) == "A name and *this* and code, bold."
    assert inline_text("`a` " * 70_000) == ("a " * 70_000).strip()
