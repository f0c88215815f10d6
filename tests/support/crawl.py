"""A crawl with known truth: hosts with templates, republished articles, both Chinese scripts.

``python -m tests.support.crawl OUT.warc.gz`` writes one (``--hosts``, ``--pages``, ``--seed``).
"""

import gzip
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import click

from tests.support.prose import headline, paragraph

_WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "nav": ["Home", "News", "Weather", "Harbour", "Sports", "Letters", "Archive", "About us"],
        "ranking": "Most read",
        "related": "You may also like",
        "share": ["Share", "Tweet", "Print"],
        "legal": "© 2024 {name}. All rights reserved. Reproduction only with written permission.",
        "by": "By {who}, 1{n} May 2024",
        "comments": "Comments",
        "comment": ["Well said!", "I was there and it was louder than that.", "Who pays for it?"],
        "reading": "You are reading page {n} of our edition, made possible by {who}, who ask "
        "nothing in return but that it is passed on to the neighbours when it has been read.",
        "frame": "This report first appeared in the {name} and is shown here with its permission.",
    },
    "zh": {
        "nav": ["首页", "新闻", "天气", "港口", "体育", "来信", "资料库", "关于我们"],
        "ranking": "点击排行",
        "related": "相关阅读",
        "share": ["分享到微信", "分享到微博", "打印"],
        "legal": "版权所有 {name} 未经书面授权不得转载",
        "by": "2024年5月1{n}日 来源：{who}",
        "comments": "网友评论",
        "comment": ["说得好！", "我当时就在现场。", "这笔钱谁来出？"],
        "reading": "您正在阅读本版第{n}页，本版由{who}资助印制，资助者不求任何回报，"
        "只希望读者读完以后把它转交给左邻右舍继续传阅。",
        "frame": "本文最初刊登于{name}，经许可转载，内容略有删节。",
    },
}
_NAMES = {
    "en": ["Harbour Gazette", "Valley Courier", "Northern Mirror", "Canal Observer", "Hill Post"],
    "zh": ["海港新报", "山谷快讯", "北方镜报", "运河观察", "丘陵邮报"],
}


# Copies whose last paragraph says where they come from.
_FRAMED = frozenset({"republished", "cut"})


@dataclass(frozen=True)
class Article:
    """A text without a page: its truth."""

    key: str
    language: str
    title: str
    body: tuple[str, ...]


@dataclass(frozen=True)
class CrawledPage:
    """A page and what is known of it.

    Attributes:
        url: its address.
        html: its markup.
        body: the paragraphs of the main text (the notice of a republication is none of them).
        template: the texts of the blocks that belong to the host's template.
        story: the article that it tells; pages of one story are copies of each other.
        copy: how: original, again, print, republished, cut or traditional.
    """

    url: str
    html: str
    body: tuple[str, ...]
    template: tuple[str, ...]
    story: str
    copy: str


@dataclass(frozen=True)
class Host:
    """A site: its language, name, layout, and the words of its template."""

    number: int
    language: str
    name: str
    layout: int
    notice: str
    pledge: str
    law: str
    ranking: tuple[str, ...] = field(default=())

    @property
    def address(self) -> str:
        """Its host name."""
        return f"www.site{self.number}.example"


def make_crawl(hosts: int, pages: int, seed: int = 0) -> list[CrawledPage]:
    """Pages of some hosts, shuffled as a crawler finds them.

    Of each host's pages about one in eight repeats an article of its own under another address, and
    one in five republishes one of another host: as it is, cut, or in the other Chinese script.
    """
    rng = random.Random(seed)
    sites = [_host(number, rng) for number in range(hosts)]
    crawl: list[CrawledPage] = []
    told: dict[str, list[tuple[Host, Article]]] = {"en": [], "zh": []}
    for site in sites:
        for number in range(pages):
            crawl.append(_next_page(site, number, told[site.language], rng))
    rng.shuffle(crawl)
    return crawl


def _next_page(
    site: Host, number: int, told: list[tuple[Host, Article]], rng: random.Random
) -> CrawledPage:
    own = [article for owner, article in told if owner is site]
    others = [(owner, article) for owner, article in told if owner is not site]
    teaser = own[0].body[0] if own and number % 2 else ""
    draw = rng.random()
    if own and draw < 0.12:
        how = rng.choice(["again", "print"])
        return render(site, number, rng.choice(own[:3]), how, rng, teaser)
    if others and draw < 0.32:
        owner, article = rng.choice(others)
        return render(site, number, *_republished(owner, article, rng), rng, teaser)
    language = site.language
    body = tuple(paragraph(language, rng) for _ in range(rng.randint(3, 7)))
    if rng.random() < 0.2:
        body = (*body[:2], site.law, *body[2:])
    article = Article(f"{site.number}-{number}", language, headline(language, rng), body)
    told.append((site, article))
    return render(site, number, article, "original", rng, teaser)


def _republished(owner: Host, article: Article, rng: random.Random) -> tuple[Article, str]:
    """An article of another host, as hosts take them over."""
    frame = _WORDS[article.language]["frame"].format(name=owner.name)
    if article.language == "zh" and rng.random() < 0.5:
        body = tuple(map(traditional, article.body))
        return replace(article, title=traditional(article.title), body=body), "traditional"
    if rng.random() < 0.4 and len(article.body) > 3:
        return replace(article, body=(*article.body[:-1], frame)), "cut"
    return replace(article, body=(*article.body, frame)), "republished"


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("s2twp")


def traditional(text: str) -> str:
    """A text in the script and words of Taiwan."""
    return str(_converter().convert(text))


def _host(number: int, rng: random.Random) -> Host:
    language = "zh" if number % 2 else "en"
    return Host(
        number,
        language,
        _NAMES[language][(number // 2) % 5],
        (number // 2) % 3,
        notice=paragraph(language, rng, 2),
        pledge=paragraph(language, rng, 2),
        law=paragraph(language, rng, 3),
        ranking=tuple(headline(language, rng) for _ in range(8)),
    )


def render(
    site: Host,
    number: int,
    article: Article,
    how: str,
    rng: random.Random,
    teaser: str = "",
) -> CrawledPage:
    """The page of an article on a site; ``teaser`` is the beginning of another one of the site."""
    words = _WORDS[site.language]
    url = f"https://{site.address}/{rng.randint(2020, 2024)}/{number}.html"
    if how == "print":
        markup = _print(article)
        return CrawledPage(url, markup, article.body, (), article.key, how)
    legal = words["legal"].format(name=site.name)
    by = words["by"].format(who=site.name, n=number % 10)
    paragraphs = "".join(f"<p>{escape(text)}</p>" for text in article.body)
    # What a classifier of single pages can hardly know: prose of the site in the article, the same
    # on every page or but for a number and a name.
    reading = words["reading"].format(n=number, who=headline(site.language, rng))
    inner = "".join(
        [f"<p>{escape(site.notice)}</p>", paragraphs]
        + [f"<p>{escape(text)}</p>" for text in (site.pledge, reading)]
    )
    related = [headline(site.language, rng) for _ in range(4)]
    body = article.body[:-1] if how in _FRAMED else article.body
    comments = rng.sample(words["comment"], 2) if rng.random() < 0.4 else []
    parts = {
        "nav": _links(words["nav"]),
        "head": f"<h1>{escape(article.title)}</h1><p class='by'>{escape(by)}</p>",
        "share": " ".join(f"<a href='#'>{escape(word)}</a>" for word in words["share"]),
        "ranking": f"<h3>{escape(words['ranking'])}</h3>{_links(site.ranking)}"
        + (f"<div class='t'><p>{escape(teaser)}</p></div>" if teaser else ""),
        "related": f"<h3>{escape(words['related'])}</h3>{_links(related)}",
        "comments": _comments(words["comments"], comments),
        "legal": f"<p>{escape(legal)}</p>",
    }
    title = f"<title>{escape(article.title)} - {escape(site.name)}</title>"
    markup = f"<!doctype html><html><head>{title}</head><body>{_LAYOUTS[site.layout](parts, inner)}"
    template = (site.notice, site.pledge, reading, legal, *words["nav"][:2], *site.ranking[:2])
    return CrawledPage(url, f"{markup}</body></html>", body, template, article.key, how)


def _print(article: Article) -> str:
    paragraphs = "".join(f"<p>{escape(text)}</p>" for text in article.body)
    head = f"<title>{escape(article.title)}</title>"
    return (
        f"<html><head>{head}</head><body><h1>{escape(article.title)}</h1>{paragraphs}</body></html>"
    )


def _links(texts: Sequence[str]) -> str:
    items = "".join(f"<li><a href='/{n}'>{escape(text)}</a></li>" for n, text in enumerate(texts))
    return f"<ul>{items}</ul>"


def _comments(heading: str, comments: Sequence[str]) -> str:
    if not comments:
        return ""
    rows = "".join(f"<div class='c'><p>{escape(text)}</p></div>" for text in comments)
    return f"<h3>{escape(heading)}</h3>{rows}"


def _semantic(parts: dict[str, str], inner: str) -> str:
    return (
        f"<header><nav>{parts['nav']}</nav></header><main><article>{parts['head']}{inner}</article>"
        f"<div class='share'>{parts['share']}</div><aside>{parts['related']}</aside>"
        f"<section class='comments'>{parts['comments']}</section></main>"
        f"<aside class='rank'>{parts['ranking']}</aside><footer>{parts['legal']}</footer>"
    )


def _soup(parts: dict[str, str], inner: str) -> str:
    return (
        f"<div class='a1'>{parts['nav']}</div><div class='b2'><div class='b3'>{parts['head']}"
        f"<div class='x7'>{inner}</div><div class='x8'>{parts['share']}</div></div>"
        f"<div class='b4'>{parts['ranking']}{parts['related']}</div></div>"
        f"<div class='c5'>{parts['comments']}</div><div class='d6'>{parts['legal']}</div>"
    )


def _tables(parts: dict[str, str], inner: str) -> str:
    return (
        f"<table><tr><td colspan=2>{parts['nav']}</td></tr><tr><td>{parts['ranking']}</td>"
        f"<td>{parts['head']}{inner}{parts['share']}{parts['related']}{parts['comments']}</td></tr>"
        f"<tr><td colspan=2>{parts['legal']}</td></tr></table>"
    )


_LAYOUTS = (_semantic, _soup, _tables)


def warc(pages: Sequence[CrawledPage]) -> bytes:
    """The crawl as a WARC file, each record a gzip member; the same bytes every time."""
    records = []
    for number, page in enumerate(pages):
        body = page.html.encode()
        http = (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body)
        ) + body
        head = (
            "WARC/1.0\r\nWARC-Type: response\r\n"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012d}>\r\n"
            f"WARC-Target-URI: {page.url}\r\nWARC-Date: 2024-05-20T00:00:00Z\r\n"
            "Content-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(http)}\r\n\r\n"
        )
        records.append(gzip.compress(head.encode() + http + b"\r\n\r\n", mtime=0))
    return b"".join(records)


@click.command()
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--hosts", default=4, show_default=True)
@click.option("--pages", default=12, show_default=True, help="Pages of each host.")
@click.option("--seed", default=0, show_default=True)
def main(out: Path, hosts: int, pages: int, seed: int) -> None:
    """Write a crawl as a WARC file."""
    out.write_bytes(warc(make_crawl(hosts, pages, seed)))


if __name__ == "__main__":
    main()
