"""Time and memory of `clean` on hostile pages of 1, 10 and 50 MB.

    python -m benchmarks.hostile [MEGABYTES]...

CPU seconds, each case in a process of its own. Linear means: the MB/s of a row do not fall as the
page grows.
"""

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable

import dedup
from dedup.errors import DedupError

MB = 1_000_000
SENTENCE = "山脚下的磨坊从去年秋天起又转了起来，磨的是荞麦，卖给镇上三家面馆。"


def fill(row: str, size: int, before: str = "", after: str = "") -> bytes:
    """Rows, each with its number, up to about so many bytes."""
    count = size // len(row.format(n=1000).encode())
    return (before + "".join(row.format(n=n) for n in range(count)) + after).encode()


CASES: dict[str, Callable[[int], bytes]] = {
    "article": lambda size: fill(f"<div><p>{{n}} {SENTENCE}</p></div>\n", size),
    "the same paragraph": lambda size: fill(f"<p>{SENTENCE}</p>\n", size),
    "links": lambda size: fill("<li><a href='/n/{n}'>第{n}条新闻的标题</a></li>\n", size),
    "text dump": lambda size: fill(f"  • {{n}} {SENTENCE}\n\n", size),
    "nested tags": lambda size: fill("<div>", size, after=SENTENCE),
    "nested inline tags": lambda size: fill("<b>", size, after=SENTENCE),
    "tags without text": lambda size: fill("<p></p>", size),
    "one attribute": lambda size: fill("a", size, before="<p title='", after=f"'>{SENTENCE}"),
    "one line": lambda size: fill(SENTENCE, size),
    "one word": lambda size: fill("a", size),
    "line breaks": lambda size: fill("a\n", size),
    "binary": lambda size: bytes(range(256)) * (size // 256),
}


def measure(name: str, size: int, answer: "multiprocessing.Queue[tuple[float, int, str]]") -> None:
    """Clean one page; put CPU seconds, peak memory in MB and the outcome into the queue."""
    dedup.clean(SENTENCE)  # kernels compiled, tables built
    data = CASES[name](size)
    start = time.process_time()
    try:
        outcome = f"{len(dedup.clean(data).blocks):,} blocks"
    except DedupError as error:
        outcome = f"{type(error).__name__}: {error}"
    used = time.process_time() - start
    answer.put((used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, outcome))


def main(sizes: list[int]) -> None:
    """Print the table."""
    context = multiprocessing.get_context("spawn")
    print(f"{'case':20} {'MB':>4} {'CPU s':>8} {'MB/s':>8} {'peak MB':>8}  outcome")
    for name in CASES:
        for megabytes in sizes:
            answer = context.Queue()
            process = context.Process(target=measure, args=(name, megabytes * MB, answer))
            process.start()
            process.join()
            if process.exitcode:
                print(f"{name:20} {megabytes:4} crashed with exit code {process.exitcode}")
                continue
            used, peak, outcome = answer.get()
            rate = megabytes / max(used, 1e-9)
            print(f"{name:20} {megabytes:4} {used:8.2f} {rate:8.1f} {peak:8,}  {outcome}")


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [1, 10, 50])
