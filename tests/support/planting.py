"""Copies planted into base documents: a corpus of which it is known who copied whom, and how."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_SENTENCE = re.compile(r"[^。!?!?.\n]*[。!?!?.\n]+|[^。!?!?.\n]+$")
_WIDE = {ord(c): ord(c) + 0xFEE0 for c in "0123456789,:;()!?ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts, and for each planted copy its index, its base's and the kind of copy."""

    texts: list[str]
    planted: list[tuple[int, int, str]]


@dataclass(frozen=True, slots=True)
class Source:
    """What a copy is made from: its base, another document, and the boilerplate of a site."""

    base: str
    other: str
    head: str
    foot: str
    spaced: bool


def exact(source: Source, rng: random.Random) -> str:
    return source.base


def surface(source: Source, rng: random.Random) -> str:
    """Other spacing, case, width and punctuation."""
    text = source.base.replace("\n", "\n\n  ")
    if source.spaced:
        text = text.upper().replace(" ", "  ").replace(",", " ;")
    else:
        text = text.translate(_WIDE).replace(",", " , ")
    return f"\ufeff*** {text} ***\n"


def token_in_front(source: Source, rng: random.Random) -> str:
    return ("Update: " if source.spaced else "讯") + source.base


def deleted(source: Source, rng: random.Random) -> str:
    """A few characters lost: two in a thousand."""
    return "".join(char for char in source.base if rng.random() > 0.002)


def swapped(source: Source, rng: random.Random) -> str:
    """A few neighbouring words (characters) change places."""
    words = source.base.split(" ") if source.spaced else list(source.base)
    for _ in range(max(1, len(words) // 200)):
        at = rng.randrange(max(1, len(words) - 1))
        words[at : at + 2] = reversed(words[at : at + 2])
    return (" " if source.spaced else "").join(words)


def dropped(source: Source, rng: random.Random) -> str:
    """A run of a tenth of the text is left out."""
    length = len(source.base) // 10
    at = rng.randrange(len(source.base) - length)
    return source.base[:at] + source.base[at + length :]


def reordered(source: Source, rng: random.Random) -> str:
    """Two halves of the text change places, at the end of a sentence."""
    sentences = _SENTENCE.findall(source.base)
    middle = len(sentences) // 2
    return "".join(sentences[middle:]) + "\n" + "".join(sentences[:middle])


def frame(source: Source, rng: random.Random) -> str:
    """A site's header and footer around the text."""
    return f"{source.head}\n{source.base}\n{source.foot}"


def truncated(source: Source, rng: random.Random) -> str:
    """The first part of the text, a third to two thirds."""
    return source.base[: int(len(source.base) * rng.uniform(0.35, 0.65))]


def embedded(source: Source, rng: random.Random) -> str:
    """The text in the middle of another page."""
    middle = len(source.other) // 2
    return source.other[:middle] + "\n" + source.base + "\n" + source.other[middle:]


def republished(source: Source, rng: random.Random) -> str:
    """Cut to the half, and edited: two words in a hundred replaced."""
    sentences = _SENTENCE.findall(source.base)
    kept = sentences[: max(1, round(len(sentences) * rng.uniform(0.4, 0.7)))]
    return _edit("".join(kept), source, rng)


def republished_page(source: Source, rng: random.Random) -> str:
    """The same, with the site's header and footer left in."""
    return f"{source.head}\n{republished(source, rng)}\n{source.foot}"


def _edit(text: str, source: Source, rng: random.Random) -> str:
    """Edits come in phrases: runs of two to four words (characters) from elsewhere."""
    words = text.split(" ") if source.spaced else list(text)
    spare = source.other.split(" ") if source.spaced else list(source.other)
    for _ in range(round(len(words) * 0.02 / 3)):
        at, length = rng.randrange(len(words)), rng.randint(2, 4)
        new = rng.randrange(max(1, len(spare) - 4))
        words[at : at + length] = spare[new : new + length]
    return (" " if source.spaced else "").join(words)


def _converted(config: str) -> Callable[[Source, random.Random], str]:
    import opencc

    converter = opencc.OpenCC(config)
    return lambda source, rng: str(converter.convert(source.base))


COPIES: dict[str, Callable[[Source, random.Random], str]] = {
    "exact": exact,
    "spacing, case, width, punctuation": surface,
    "token in front": token_in_front,
    "characters deleted": deleted,
    "words swapped": swapped,
    "part dropped": dropped,
    "reordered": reordered,
    "frame": frame,
    "truncated": truncated,
    "embedded": embedded,
    "republished": republished,
    "republished, raw page": republished_page,
}


def plant(bases: Sequence[str], spaced: bool, copies: float, seed: int = 20_26) -> Corpus:
    """Plant ``copies`` copies for each base, every kind as often as the others, and shuffle.

    Only bases of 600 characters and more (150 where no spaces are written) are copied, so that a
    copy of a part has some 35 tokens left to compare.
    """
    rng = random.Random(seed)
    kinds = dict(COPIES)
    if not spaced:
        kinds["traditional script"] = _converted("s2t")
        kinds["traditional, regional vocabulary"] = _converted("s2twp")
    names = sorted(kinds)
    texts = list(bases)
    planted = []
    long_enough = [i for i, text in enumerate(bases) if len(text) >= (600 if spaced else 150)]
    sites = [_site(bases, spaced, rng) for _ in range(50)]
    for at in range(round(len(bases) * copies)):
        base = (
            long_enough[at % len(long_enough)] if at < len(long_enough) else rng.choice(long_enough)
        )
        head, foot = rng.choice(sites)
        source = Source(bases[base], bases[rng.choice(long_enough)], head, foot, spaced)
        kind = names[at % len(names)]
        planted.append((len(texts), base, kind))
        texts.append(kinds[kind](source, rng))
    order = list(range(len(texts)))
    rng.shuffle(order)
    place = {old: new for new, old in enumerate(order)}
    return Corpus(
        [texts[i] for i in order],
        [(place[copy], place[base], kind) for copy, base, kind in planted],
    )


def _site(bases: Sequence[str], spaced: bool, rng: random.Random) -> tuple[str, str]:
    """Header and footer of a site: shuffled words of a document, about 30 and 50 of them."""
    words = rng.choice(bases).split() if spaced else list(rng.choice(bases))
    chosen = [rng.choice(words) for _ in range(80)]
    join = " " if spaced else ""
    return join.join(chosen[:30]), join.join(chosen[30:])
