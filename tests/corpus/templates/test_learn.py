"""What is taken for a template and, as important, what is not."""

import gzip
import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.config import TemplateSettings
from dedup.corpus.templates.fingerprint import mark
from dedup.corpus.templates.learn import Templates
from dedup.errors import InputError, SettingsError
from dedup.model import Label, Page
from tests.support.prose import headline, paragraph

HOST = "example.org"
SETTINGS = TemplateSettings()
RNG = random.Random("no page")
NOTICE = paragraph("en", RNG, 2)
LAW = paragraph("en", RNG, 4)
STORY = tuple(paragraph("en", RNG, 3) for _ in range(4))


def page(number: int, *inside: str, before: str = "", after: str = "", own: int = 4) -> Page:
    """A page of the host: own paragraphs, with others among, before and behind them."""
    rng = random.Random(number)
    body = [paragraph("en", rng, 3) for _ in range(own)]
    middle = [*body[:2], *inside, *body[2:]]
    texts = [text for text in (before, *middle, after) if text]
    markup = "".join(f"<p>{text}</p>" for text in texts)
    return dedup.clean(
        f"<html><body><div class='a'><h1>{headline('en', rng)}</h1></div>"
        f"<div class='b'>{markup}</div></body></html>",
        url=f"https://{HOST}/{number}",
    )


def learned(pages: list[Page], settings: TemplateSettings = SETTINGS) -> Templates:
    """Templates of some pages, in two passes."""
    templates = Templates(settings)
    for one in pages:
        templates.count(HOST, mark(one.blocks))
    for one in pages:
        templates.weigh(HOST, mark(one.blocks))
    return templates


def test_prose_that_ends_every_article_is_a_template() -> None:
    pages = [page(number, after=NOTICE) for number in range(40)]
    assert all(NOTICE in one.text for one in pages)
    templates = learned(pages)
    cleaned = [templates.apply(one) for one in pages]
    assert not any(NOTICE in one.text for one in cleaned)
    (block,) = [block for block in cleaned[0].blocks if block.text == NOTICE]
    assert (block.label, block.reason) == (Label.OTHER, f"on 40 of 40 pages of {HOST}")
    assert [b.text for b in cleaned[0].blocks] == [b.text for b in pages[0].blocks]


def test_the_share_of_pages_decides_outside_the_body() -> None:
    pages = [page(n, after=NOTICE if n % 2 else "") for n in range(40)]
    assert NOTICE not in learned(pages).apply(pages[1]).text
    pages = [page(n, after=NOTICE if n % 8 == 1 else "") for n in range(40)]
    assert NOTICE in learned(pages).apply(pages[1]).text


def test_a_law_quoted_inside_some_articles_stays() -> None:
    pages = [page(n, *([LAW] if n % 3 == 0 else [])) for n in range(60)]
    templates = learned(pages)
    assert all(LAW in templates.apply(one).text for one in pages[::3])


def test_an_advertisement_inside_every_article_goes() -> None:
    pages = [page(n, NOTICE) for n in range(20)]
    assert NOTICE not in learned(pages).apply(pages[0]).text


def test_a_story_served_under_many_addresses_stays() -> None:
    copies = [page(0, *STORY, own=0) for _ in range(12)]
    others = [page(n, after=NOTICE) for n in range(1, 21)]
    templates = learned([*copies, *others])
    assert all(text in templates.apply(copies[0]).text for text in STORY)
    assert NOTICE not in templates.apply(others[0]).text


def test_the_words_of_a_story_in_other_pages_sidebars_say_nothing_of_the_story() -> None:
    def beside(number: int) -> Page:
        rng = random.Random(number)
        body = "".join(f"<p>{paragraph('en', rng, 3)}</p>" for _ in range(3))
        return dedup.clean(
            f"<div class='main'>{body}</div><div class='side'><div><p>{STORY[0]}</p></div></div>",
            url=f"https://{HOST}/{number}",
        )

    story = page(99, *STORY)
    templates = learned([story, *map(beside, range(20))])
    assert STORY[0] in templates.apply(story).text
    assert STORY[0] not in templates.apply(beside(3)).text


def test_headings_inside_stay_however_often() -> None:
    def recipe(number: int) -> Page:
        rng = random.Random(number)
        return dedup.clean(
            f"<div class='r'><p>{paragraph('en', rng)}</p><h2>What you need</h2>"
            f"<p>{paragraph('en', rng)}</p><h2>How it is done</h2><p>{paragraph('en', rng)}</p>",
            url=f"https://{HOST}/{number}",
        )

    pages = [recipe(number) for number in range(20)]
    assert learned(pages).apply(pages[0]).text == pages[0].text


def test_a_block_with_another_number_or_name_in_it_is_recognised() -> None:
    def notice(number: int) -> str:
        name = headline("en", random.Random(number))
        return (
            f"You are reading page {number} of the valley's own newspaper, printed since the "
            f"flood, and brought to you by {name}, which helps to pay for paper and the old press."
        )

    pages = [page(number, after=notice(number)) for number in range(20)]
    cleaned = learned(pages).apply(pages[5])
    assert notice(5) not in cleaned.text
    assert any(block.reason.startswith("nearly the same on 20") for block in cleaned.blocks)


def test_hosts_with_few_pages_are_not_judged() -> None:
    pages = [page(number, after=NOTICE) for number in range(3)]
    assert learned(pages).apply(pages[0]) == pages[0]


def test_hosts_do_not_speak_for_each_other() -> None:
    templates = learned([page(number, after=NOTICE) for number in range(20)])
    other = dedup.clean(f"<p>{STORY[0]}</p><p>{NOTICE}</p>", url="https://other.example/")
    assert templates.apply(other) == other


def test_page_by_page_finds_the_same_in_the_end() -> None:
    pages = [page(number, after=NOTICE) for number in range(20)]
    templates = Templates()
    for one in pages:
        templates.add(one)
    assert templates.apply(pages[0]) == learned(pages).apply(pages[0])


def test_saved_and_merged_templates_are_those_of_all_pages(tmp_path: Path) -> None:
    pages = [page(number, after=NOTICE) for number in range(20)]
    learned(pages).save(tmp_path / "t")
    loaded = Templates.load(tmp_path / "t")
    assert loaded.to_bytes() == learned(pages).to_bytes()
    halves = learned(pages[:10])
    halves.merge(learned(pages[10:]))
    assert NOTICE not in halves.apply(pages[0]).text
    assert halves.apply(pages[0]).blocks[-1].reason == f"on 20 of 20 pages of {HOST}"
    with pytest.raises(SettingsError):
        halves.merge(Templates(TemplateSettings(pages=9)))
    (tmp_path / "bad").write_bytes(b"something else")
    with pytest.raises(InputError):
        Templates.load(tmp_path / "bad")


def test_memory_is_bounded_and_what_is_frequent_survives() -> None:
    settings = TemplateSettings(entries=400)
    templates = Templates(settings)
    for number in range(200):
        templates.add(page(number, after=NOTICE))
        assert templates._entries <= 400
    assert NOTICE not in templates.apply(page(1, after=NOTICE)).text


@given(st.lists(st.sampled_from([NOTICE, LAW, *STORY, "", "中文", "12.5"]), max_size=6))
def test_applying_never_adds_text_nor_moves_blocks(texts: list[str]) -> None:
    templates = learned([page(number, after=NOTICE) for number in range(6)])
    before = page(7, *texts)
    after = templates.apply(before)
    assert [block.block for block in after.blocks] == [block.block for block in before.blocks]
    assert set(after.text.split("\n\n")) <= set(before.text.split("\n\n")) | {""}


@pytest.mark.parametrize("count", [-1, 10**30])
def test_counts_that_no_pages_have_are_refused(count: int) -> None:
    content = json.loads(gzip.decompress(learned([page(1)] * 5).to_bytes()))
    for fields in content["hosts"].values():
        fields["blocks"] = {key: [count, 0, 0] for key in fields["blocks"]}
        assert fields["blocks"]
    with pytest.raises(InputError, match="no number of pages"):
        Templates.from_bytes(gzip.compress(json.dumps(content).encode()))
