"""Thousands of words looked for at once in the texts of a page.

A trie is walked from every place where a word can begin. Two small bitmaps say where that is: by
the code point for what is not ASCII, by two bytes for what is; they fit the fastest cache, and few
walks go further than three bytes.
"""

import cython
import numpy as np


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _lower(byte: cython.uint) -> cython.uint:
    return byte + 32 if 65 <= byte <= 90 else byte


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _joined(left: cython.uint, right: cython.uint) -> cython.bint:
    """Whether two bytes stand in one word: letters, and not lower before upper case."""
    left_lower: cython.bint = 97 <= left <= 122
    right_upper: cython.bint = 65 <= right <= 90
    if not (left_lower or 65 <= left <= 90) or not (right_upper or 97 <= right <= 122):
        return False
    return not (left_lower and right_upper)


@cython.cclass
class Words:
    """Words compiled to a trie; see the stub."""

    # The states of the trie, level by level, so that the children of one are neighbours in the
    # order of their bytes: those of state s are _first[s] to _first[s + 1].
    _byte: cython.uchar[::1]
    _first: cython.int[::1]
    # Per state the first of the words that end there, -1 for none; per word another one.
    _words: cython.int[::1]
    _others: cython.int[::1]
    _groups: cython.uchar[::1]
    _needs: cython.uchar[::1]
    # The child of the root per byte, 0 for none.
    _root: cython.int[256]
    # A bit per code point of the basic plane, and per pair of an ASCII byte and a byte: whether a
    # word begins so; the third one for words that may begin inside another word.
    _points: cython.uchar[8192]
    _pairs: cython.uchar[4096]
    _inside: cython.uchar[4096]

    def __cinit__(
        self,
        keys: cython.const[cython.uchar][::1],
        groups: cython.const[cython.uchar][::1],
        needs: cython.const[cython.uchar][::1],
    ) -> None:
        count: cython.Py_ssize_t = groups.shape[0]
        size: cython.Py_ssize_t = keys.shape[0]
        i: cython.Py_ssize_t
        ends: cython.Py_ssize_t = 0
        for i in range(size):
            ends += keys[i] == 0
        if ends != count or needs.shape[0] != count or (size and keys[size - 1] != 0):
            raise ValueError("each word has a group, needs, and a NUL byte after it")
        for i in range(count):
            if groups[i] > 63:
                raise ValueError("a mask has 64 groups")
        if size >= 1 << 22:
            raise ValueError("so many words need wider states")
        # At most one state per byte, and the root.
        self._byte = np.zeros(size + 1, np.uint8)
        self._first = np.zeros(size + 2, np.int32)
        self._words = np.full(size + 1, -1, np.int32)
        self._others = np.full(count + 1, -1, np.int32)
        self._groups = np.array(groups, np.uint8)
        self._needs = np.array(needs, np.uint8)
        self._build(keys)
        for i in range(self._first[0], self._first[1]):
            self._root[self._byte[i]] = i

    @cython.cfunc
    def _build(self, keys: cython.const[cython.uchar][::1]) -> cython.void:
        """Number the states level by level.

        Words with a common beginning share a state: words are parted, level by level, by their
        next byte. ``place`` holds the state that each word has reached, -1 where it has ended.
        """
        count: cython.Py_ssize_t = self._groups.shape[0]
        starts: cython.Py_ssize_t[::1] = np.zeros(count + 1, np.intp)
        place: cython.int[::1] = np.zeros(count + 1, np.int32)
        children: cython.int[::1] = np.zeros(256, np.int32)
        order: cython.int[::1] = np.zeros(count + 1, np.int32)
        i: cython.Py_ssize_t
        k: cython.Py_ssize_t
        word: cython.int = 0
        for i in range(keys.shape[0]):
            if keys[i] == 0:
                word += 1
                starts[word] = i + 1
        for word in range(count):
            order[word] = word
            if keys[starts[word]] == 0:
                place[word] = -1  # the empty word is never found
            else:
                inside: cython.bint = (self._needs[word] & 1) == 0
                self._mark(keys, starts[word], starts[word + 1] - starts[word] - 1, inside)
        states: cython.int = 1
        done: cython.int = 0
        level: cython.Py_ssize_t = 0
        begin: cython.Py_ssize_t
        end: cython.Py_ssize_t
        state: cython.int
        byte: cython.uint
        last: cython.int
        while done < states:
            # Words in the order of their states, stably: those of one state stand together.
            last = states
            order = np.argsort(np.asarray(place)[:count], kind="stable").astype(np.int32)
            begin = 0
            while begin < count and place[order[begin]] < done:
                begin += 1
            for state in range(done, last):
                self._first[state] = states
                end = begin
                for k in range(256):
                    children[k] = 0
                while end < count and place[order[end]] == state:
                    byte = _lower(keys[starts[order[end]] + level])
                    if byte != 0:
                        children[byte] = 1
                    end += 1
                for k in range(1, 256):
                    if children[k]:
                        children[k] = states
                        self._byte[states] = k
                        states += 1
                for k in range(begin, end):
                    word = order[k]
                    byte = _lower(keys[starts[word] + level])
                    if byte == 0:
                        self._others[word] = self._words[state]
                        self._words[state] = word
                        place[word] = -1
                    else:
                        place[word] = children[byte]
                begin = end
            done = last
            level += 1
        self._first[states] = states

    @cython.cfunc
    def _mark(
        self,
        keys: cython.const[cython.uchar][::1],
        start: cython.Py_ssize_t,
        size: cython.Py_ssize_t,
        inside: cython.bint,
    ) -> cython.void:
        """Note how a word begins."""
        byte: cython.uint = _lower(keys[start])
        code: cython.uint
        pair: cython.uint
        if byte >= 0x80:
            code = byte & 0x3F
            if byte >= 0xE0 and size > 2:
                code = (byte & 0xF) << 12 | (keys[start + 1] & 0x3F) << 6 | (keys[start + 2] & 0x3F)
            elif byte < 0xE0 and size > 1:
                code = (byte & 0x1F) << 6 | (keys[start + 1] & 0x3F)
            self._points[code >> 3] |= 1 << (code & 7)
            return
        for code in range(256):
            if size == 1 or _lower(keys[start + 1]) == _lower(code):
                pair = byte << 8 | code
                self._pairs[pair >> 3] |= 1 << (pair & 7)
                if inside:
                    self._inside[pair >> 3] |= 1 << (pair & 7)

    def find(
        self,
        text: cython.const[cython.uchar][::1],
        masks: cython.ulonglong[::1],
    ) -> None:
        """Set the bits of the groups found in each text; see the stub."""
        size: cython.Py_ssize_t = text.shape[0]
        rows: cython.Py_ssize_t = 1
        i: cython.Py_ssize_t
        for i in range(size):
            rows += text[i] == 0
        # `_find` steps from one row to the next at each NUL byte.
        if masks.shape[0] != rows:
            raise ValueError(f"{rows} texts need {rows} masks")
        if size:
            with cython.nogil:
                self._find(
                    cython.cast(cython.p_uchar, cython.address(text[0])),
                    size,
                    cython.address(masks[0]),
                )

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _find(
        self, text: cython.p_uchar, size: cython.Py_ssize_t, masks: cython.p_ulonglong
    ) -> cython.void:
        i: cython.Py_ssize_t
        byte: cython.uint
        code: cython.uint
        before: cython.uint = 0
        mask: cython.ulonglong = 0
        for i in range(size):
            byte = text[i]
            if byte < 0x80:
                if byte == 0:
                    masks[0] |= mask
                    masks += 1
                    mask = 0
                else:
                    # below 2^15, of which there are bits
                    code = _lower(byte) << 8 | (text[i + 1] if i + 1 < size else 0)
                    if _joined(before, byte):
                        if self._inside[code >> 3] >> (code & 7) & 1:
                            mask |= self._walk(text, i, size)
                    elif self._pairs[code >> 3] >> (code & 7) & 1:
                        mask |= self._walk(text, i, size)
            elif byte >= 0xC0:
                code = byte & 0x3F  # below 2^16 in any case
                if byte >= 0xE0 and i + 2 < size:
                    code = (byte & 0xF) << 12 | (text[i + 1] & 0x3F) << 6 | (text[i + 2] & 0x3F)
                elif byte < 0xE0 and i + 1 < size:
                    code = (byte & 0x1F) << 6 | (text[i + 1] & 0x3F)
                if self._points[code >> 3] >> (code & 7) & 1:
                    mask |= self._walk(text, i, size)
            before = byte
        masks[0] |= mask

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _walk(
        self, text: cython.p_uchar, start: cython.Py_ssize_t, size: cython.Py_ssize_t
    ) -> cython.ulonglong:
        """The groups of the words that begin at a place. The trie holds no NUL byte."""
        first: cython.p_int = cython.address(self._first[0])
        bytes_: cython.p_uchar = cython.address(self._byte[0])
        words: cython.p_int = cython.address(self._words[0])
        mask: cython.ulonglong = 0
        one: cython.ulonglong = 1
        state: cython.int = self._root[_lower(text[start])]
        i: cython.Py_ssize_t = start
        word: cython.int
        needs: cython.uint
        byte: cython.uint
        low: cython.int
        high: cython.int
        middle: cython.int
        # A state is below the number of states, of which `_first` has one more.
        while state:
            word = words[state]
            while word >= 0:
                needs = self._needs[word]
                if not (
                    (needs & 1 and start > 0 and _joined(text[start - 1], text[start]))
                    or (needs & 2 and i + 1 < size and _joined(text[i], text[i + 1]))
                ):
                    mask |= one << self._groups[word]
                word = self._others[word]
            i += 1
            if i == size:
                break
            byte = _lower(text[i])
            low = first[state]
            high = first[state + 1]
            while high - low > 8:
                middle = (low + high) >> 1
                if bytes_[middle] <= byte:
                    low = middle
                else:
                    high = middle
            while low < high and bytes_[low] < byte:
                low += 1
            state = low if low < high and bytes_[low] == byte else 0
        return mask


def shapes(text: cython.const[cython.uchar][::1], out: cython.ulonglong[::1]) -> None:
    """Hash names without their digits and ids; see the stub."""
    size: cython.Py_ssize_t = text.shape[0]
    rows: cython.Py_ssize_t = 1
    row: cython.Py_ssize_t = 0
    i: cython.Py_ssize_t
    for i in range(size):
        rows += text[i] == 0
    if out.shape[0] != rows:  # one row per NUL byte and one at the end
        raise ValueError(f"{rows} names need {rows} hashes")
    basis: cython.ulonglong = 0xCBF29CE484222325
    prime: cython.ulonglong = 1099511628211
    value: cython.ulonglong = basis
    ident: cython.bint = False
    with cython.nogil:
        for i in range(size):
            if text[i] == 0:
                out[row] = value
                row += 1
                value = basis
                ident = False
            elif text[i] == 35:  # "#" begins the id
                ident = True
            elif not ident and not 48 <= text[i] <= 57:
                value = (value ^ text[i]) * prime
        out[row] = value
