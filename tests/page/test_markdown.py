from dedup.model import Block
from dedup.page.markdown import blocks_of_markdown
from dedup.page.markup import blocks_of_html


def cut(source: str) -> list[tuple[str, str]]:
    return [(b.tag, b.text) for b in blocks_of_markdown(source, html).blocks]


def html(source: str, offset: int, first: int) -> tuple[Block, ...]:
    return blocks_of_html(source).blocks


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
