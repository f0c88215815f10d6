"""Many words looked for at once, in time linear in the text (Aho and Corasick, 1975)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit, types

_START, _END = 1, 2  # the word must begin, end at the edge of a word


@dataclass(frozen=True)
class Automaton:
    """Words compiled to tables.

    Attributes:
        classes: 256 bytes to the columns of ``moves`` (upper case as lower case).
        moves: state and byte class to the next state.
        outputs: one a state: the first word that ends there, or -1.
        others: one a word: another word that ends where it ends, or -1.
        words: one a word: length in bytes, group, what edges it needs.
    """

    classes: np.ndarray[Any, Any]
    moves: np.ndarray[Any, Any]
    outputs: np.ndarray[Any, Any]
    others: np.ndarray[Any, Any]
    words: np.ndarray[Any, Any]


def build(words: list[tuple[str, int, bool, bool]]) -> Automaton:
    """Compile words, given as (word, group, begins at an edge, ends at an edge)."""
    keys = [word.lower().encode() for word, *_ in words]
    classes = np.zeros(256, np.uint8)
    for byte in sorted(set(b"".join(keys))):
        classes[byte] = classes.max() + 1
    for byte in range(ord("A"), ord("Z") + 1):
        classes[byte] = classes[byte + 32]
    width = int(classes.max()) + 1
    children: list[dict[int, int]] = [{}]
    outputs = [-1]
    others = np.full(len(words), -1, np.int32)
    for number, key in enumerate(keys):
        state = 0
        for byte in key:
            column = int(classes[byte])
            if column not in children[state]:
                children[state][column] = len(children)
                children.append({})
                outputs.append(-1)
            state = children[state][column]
        others[number] = outputs[state]
        outputs[state] = number
    moves = np.zeros((len(children), width), np.int16)
    fails = [0] * len(children)
    queue = [0]
    for state in queue:
        moves[state] = moves[fails[state]]
        for column, child in children[state].items():
            fail = int(moves[state, column]) if state else 0
            fails[child] = fail
            moves[state, column] = child
            queue.append(child)
            if outputs[child] < 0:
                outputs[child] = outputs[fail]
            else:
                tail = outputs[child]
                while others[tail] >= 0:
                    tail = others[tail]
                others[tail] = outputs[fail]
    table = [
        (len(key), word[1], _START * word[2] + _END * word[3])
        for key, word in zip(keys, words, strict=True)
    ]
    return Automaton(classes, moves, np.array(outputs, np.int16), others, np.array(table, np.int32))


BYTES = types.Array(types.uint8, 1, "C", readonly=True)


@njit("boolean(uint8, uint8)", cache=True, inline="always")
def _joined(left: int, right: int) -> bool:
    """Whether two bytes stand in one word: letters, and not lower before upper case."""
    left_upper = 65 <= left <= 90
    left_lower = 97 <= left <= 122
    right_upper = 65 <= right <= 90
    right_lower = 97 <= right <= 122
    if not (left_upper or left_lower) or not (right_upper or right_lower):
        return False
    return not (left_lower and right_upper)


@njit(
    types.void(
        BYTES, types.uint8[::1], types.int16[:, ::1], types.int16[::1], types.int32[::1],
        types.int32[:, ::1], types.uint64[::1],
    ),
    cache=True,
)  # fmt: skip
def find_groups(text, classes, moves, outputs, others, words, masks):  # type: ignore[no-untyped-def]
    """Set, for each of the texts that NUL bytes separate, the bits of the groups found in it."""
    row = 0
    state = 0
    size = len(text)
    for i in range(size):
        byte = text[i]
        if byte == 0:
            row += 1
            state = 0
            continue
        state = moves[state, classes[byte]]
        word = outputs[state]
        while word >= 0:
            begin = i + 1 - words[word, 0]
            edges = words[word, 2]
            fits = True
            if edges & 1 and begin > 0:
                fits = not _joined(text[begin - 1], text[begin])
            if fits and edges & 2 and i + 1 < size:
                fits = not _joined(byte, text[i + 1])
            if fits:
                masks[row] |= np.uint64(1) << np.uint64(words[word, 1])
            word = others[word]
