"""Documents to compare: those of the development data, and made-up ones without end."""

import random

from benchmarks.pages import folder

NO_TEXTS = "no development documents: set DEDUP_DATA to the folder that holds dev/neardup"
LANGUAGES = ("en", "zh")


def there() -> bool:
    """Whether the development documents are there."""
    return (folder() / "neardup").is_dir()


def bases(language: str) -> list[str]:
    """The development documents of a language."""
    import pyarrow.parquet as pq

    table = pq.read_table(folder() / "neardup" / f"{language}.parquet")
    return list(table["text"].to_pylist())


def made_up(spaced: bool, count: int) -> list[str]:
    """Documents of words (characters) at random, in sentences; the same ones every time."""
    rng = random.Random(11)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [
        "".join(rng.choices(letters, k=rng.randint(2, 10))) if spaced else chr(code)
        for code in range(0x4E00, 0x9FA0)
    ]
    blank, stop = (" ", ". ") if spaced else ("", "。")

    def sentence() -> str:
        return blank.join(rng.choices(words, k=rng.randint(6, 30))) + stop

    return ["".join(sentence() for _ in range(rng.randint(8, 30))) for _ in range(count)]


def generated(size: int, spaced: bool = True, seed: int = 7) -> list[str]:
    """Documents of about 1 KB, one in ten a near copy of the one before.

    They are of made-up words, or of Chinese characters drawn at random.
    """
    rng = random.Random(seed)
    words = [chr(rng.randrange(0x4E00, 0x9FA0)) for _ in range(3_000)]
    if spaced:
        letters = "abcdefghijklmnopqrstuvwxyz"
        words = ["".join(rng.choices(letters, k=rng.randint(2, 10))) + " " for _ in range(20_000)]
    texts: list[str] = []
    while len(texts) < size:
        if texts and rng.random() < 0.1:
            texts.append(texts[-1] + rng.choice(words))
        else:
            texts.append("".join(rng.choices(words, k=150 if spaced else 350)))
    return texts
