from dedup.page.clean import clean
from dedup.page.export import to_html

PAGE = """<!DOCTYPE html><html><head><title>Ferry - The Daily</title>
<script>var a='<p>no</p>'</script></head><body class="x"><!-- gone -->
<div class="nav"><a href="/">Home</a> <a href="/n">News</a></div>
<div id="main"><h1>Ferry</h1><p class="lead">The <b>night ferry</b> runs again from Monday, the
port said; it had stopped in <a href="/may">May</a> after the storm.</p><figure><img src="f.jpg">
</figure><h2>Fares</h2><ul><li>Adults pay four crowns for a single crossing.</li><li>Children under
seven travel free with their parents.</li></ul><p>Tickets are sold on board and at the harbour
office, which opens at six in the morning.</p></div><div class="footer">© The Daily</div></body>
</html>"""


def test_own_markup_keeps_what_belongs() -> None:
    html = to_html(PAGE, clean(PAGE))
    assert '<p class="lead">The <b>night ferry</b> runs again' in html
    assert '<img src="f.jpg"/>' in html
    assert "<title>Ferry - The Daily</title>" in html
    for gone in ("Home", "©", "<script", "gone", "footer"):
        assert gone not in html


def test_own_markup_and_text_say_the_same() -> None:
    page = clean(PAGE)
    again = clean(to_html(PAGE, page))
    assert again.text == page.text


def test_own_markup_keeps_repeated_text_where_it_belongs() -> None:
    text = "The night ferry runs again from Monday, the port said, after two years of repairs."
    menu = "<ul class=nav><li><a href=/>Ferry</a></li><li><a href=/n>News</a></li></ul>"
    source = f"{menu}<h1>Ferry</h1><p>{text}</p><p>Ferry &amp; <i>more</i>: {text}</p>{menu}"
    page = clean(source)
    html = to_html(source, page)
    assert html.count("Ferry") == page.text.count("Ferry") < source.count("Ferry")
    assert "<i>more</i>" in html
    assert "nav" not in html


def test_markdown() -> None:
    parts = clean(PAGE).to_markdown().split("\n\n")
    assert parts[0] == "# Ferry"
    assert parts[1].startswith("The night ferry runs again from Monday")
    assert parts[2:4] == [
        "## Fares",
        "- Adults pay four crowns for a single crossing.\n"
        "- Children under seven travel free with their parents.",
    ]


def test_record_holds_every_block() -> None:
    page = clean(PAGE, url="http://d/f")
    record = page.to_dict()
    assert record["url"] == "http://d/f"
    assert [b["label"] for b in record["blocks"]] == [b.label.value for b in page.blocks]
    assert record["text"] == page.text


def test_own_markup_of_what_is_no_markup() -> None:
    for source in ("\ud800", "http://example.org/a", "one line of text that ends with a stop."):
        page = clean(source)
        assert to_html(source, page) == page.text
