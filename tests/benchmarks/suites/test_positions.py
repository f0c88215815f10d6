"""What the positions suite calls right is right, and what is wrong is counted."""

from types import SimpleNamespace

import pytest

from benchmarks.suites import positions

HTML = "<p>One <b>and</b> two &amp; three.</p><p>Another<br>paragraph.</p>"


def page_of(*blocks: tuple[str, int, int]) -> SimpleNamespace:
    names = ("text", "start", "end")
    made = [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in blocks]
    return SimpleNamespace(blocks=made)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("a<!-- > b -->c", "ac"),
        ("<a title='a > b'>c</a>", "c"),
        ("a<br>b<BR/>c", "a b c"),
        ("a<script>if (b < c) d</script>e", "ae"),
        ("&lt;p&gt; 3 < 4", "<p> 3 < 4"),
        ("a<style>b", "a"),
    ],
)
def test_visible_text_of_markup(markup: str, text: str) -> None:
    assert positions.visible(markup) == text


def test_right_wrong_and_empty_positions_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = HTML.index("One"), HTML.index("Another")
    page = page_of(
        ("One and two & three.", first, HTML.index("</p>")),
        ("Another paragraph.", second, second + 4),
        ("Anotherparagraph.", second, len(HTML)),
        ("Nowhere", second, second),
    )
    monkeypatch.setattr(positions, "clean", lambda html, url=None: page)
    counted = positions.counts(HTML.encode())
    assert counted == {"blocks": 4, "exact": 1, "without white space": 2, "empty range": 1}
    assert [text for text, _ in positions.wrong(HTML.encode())] == ["Another paragraph.", "Nowhere"]
