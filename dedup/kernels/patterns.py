"""Thousands of words looked for at once in the texts of a page.

A trie is walked from every place where a word can begin. Small tables say where that is: a bit per
code point for what is not ASCII, and the state after two bytes for what is; they fit the fastest
cache, and few walks go further than three bytes.
"""

import cython
import numpy as np

# Flags of a pair of classes, above the state that the pair leads to: some word begins so, and one
# that may begin inside another word; the walk must begin at the first byte.
_BEGINS = cython.declare(cython.int, 1 << 28)
_INSIDE = cython.declare(cython.int, 1 << 29)
_ALONE = cython.declare(cython.int, 1 << 30)
_STATE = cython.declare(cython.int, (1 << 28) - 1)


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


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _beyond_ascii(
    text: cython.p_uchar, i: cython.Py_ssize_t, size: cython.Py_ssize_t
) -> cython.Py_ssize_t:
    """Where the next byte beyond ASCII stands, or the end."""
    while i < size and text[i] < 0x80:
        i += 1
    return i


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _point(text: cython.p_uchar, i: cython.Py_ssize_t, size: cython.Py_ssize_t) -> cython.uint:
    """The code point at a place, if it has up to three bytes; below 2^16 in any case."""
    byte: cython.uint = text[i]
    if byte >= 0xE0 and i + 2 < size:
        return (byte & 0xF) << 12 | (text[i + 1] & 0x3F) << 6 | (text[i + 2] & 0x3F)
    if byte < 0xE0 and i + 1 < size:
        return (byte & 0x1F) << 6 | (text[i + 1] & 0x3F)
    return byte & 0x3F


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
    _points: cython.uchar[8192]  # a bit per code point of the basic plane: whether a word begins so
    # ASCII in 64 classes, upper case as lower case: 0 for what no word holds, 1 for what is beyond
    # ASCII or beyond 62 other classes; and what each pair of classes leads to.
    _class: cython.uchar[256]
    _pair: cython.int[4096]
    # Before a byte beyond ASCII at most so many stand in a word that may stand inside another one,
    # so that none begins where all bytes ahead are ASCII.
    _reach: cython.Py_ssize_t

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
        self._classify(keys)
        self._build(keys)
        for i in range(self._first[0], self._first[1]):
            self._root[self._byte[i]] = i
        self._fill_pairs()

    @cython.cfunc
    def _build(self, keys: cython.const[cython.uchar][::1]) -> cython.void:
        """Number the states level by level, each level in the order of its words.

        In alphabetical order the words with a common beginning stand together: state s has the
        words ``low[s]`` to ``high[s]`` of that order, which have ``depth`` bytes in common. Words
        end with a NUL byte, the lowest, so that no byte past it is read.
        """
        count: cython.Py_ssize_t = self._groups.shape[0]
        lowered = bytes(keys).lower()  # of ASCII only, as `_lower` does
        words = lowered.split(b"\0")
        order: cython.int[::1] = np.array(
            sorted(range(count), key=words.__getitem__) if count else [0], np.int32
        )
        starts: cython.int[::1] = np.zeros(count + 1, np.int32)
        # A state has at least one word for itself or for its children: at most one state per byte.
        low: cython.int[::1] = np.zeros(self._byte.shape[0], np.int32)
        high: cython.int[::1] = np.zeros(self._byte.shape[0], np.int32)
        i: cython.Py_ssize_t
        word: cython.int = 0
        for i in range(keys.shape[0]):
            if keys[i] == 0:
                word += 1
                starts[word] = i + 1
        for word in range(count):
            if keys[starts[word]] != 0:  # the empty word is never found
                inside: cython.bint = (self._needs[word] & 1) == 0
                self._mark(keys, starts[word], starts[word + 1] - starts[word] - 1, inside)
        high[0] = count
        while low[0] < count and keys[starts[order[low[0]]]] == 0:
            low[0] += 1
        state: cython.int = 0
        states: cython.int = 1
        last: cython.int = 1  # the first state of the next level
        depth: cython.int = 0
        place: cython.int
        byte: cython.uint
        previous: cython.uint
        while state < states:
            if state == last:
                depth += 1
                last = states
            self._first[state] = states
            previous = 0
            for place in range(low[state], high[state]):
                word = order[place]
                byte = _lower(keys[starts[word] + depth])
                if byte == 0:
                    self._others[word] = self._words[state]
                    self._words[state] = word
                    continue
                if byte != previous:
                    self._byte[states] = byte
                    low[states] = place
                    states += 1
                    previous = byte
                high[states - 1] = place + 1
            state += 1
        self._first[states] = states

    @cython.cfunc
    def _classify(self, keys: cython.const[cython.uchar][::1]) -> cython.void:
        i: cython.Py_ssize_t
        byte: cython.uint
        classes: cython.uchar = 2
        for byte in range(128, 256):
            self._class[byte] = 1
        for i in range(keys.shape[0]):
            byte = _lower(keys[i])
            if 0 < byte < 128 and self._class[byte] == 0:
                self._class[byte] = classes if classes < 64 else 1
                classes += classes < 64
        for byte in range(65, 91):
            self._class[byte] = self._class[byte + 32]

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
        flags: cython.int = _BEGINS | (_INSIDE if inside else 0)
        if byte >= 0x80:
            code = byte & 0x3F
            if byte >= 0xE0 and size > 2:
                code = (byte & 0xF) << 12 | (keys[start + 1] & 0x3F) << 6 | (keys[start + 2] & 0x3F)
            elif byte < 0xE0 and size > 1:
                code = (byte & 0x1F) << 6 | (keys[start + 1] & 0x3F)
            self._points[code >> 3] |= 1 << (code & 7)
            return
        if inside:
            ascii: cython.Py_ssize_t = 0
            while ascii < size and keys[start + ascii] < 0x80:
                ascii += 1
            self._reach = max(self._reach, ascii if ascii < size else 1 << 30)
        for code in range(64):
            if size == 1 or self._class[keys[start + 1]] == code:
                if size == 1 or code == 1 or self._class[byte] == 1:
                    flags |= _ALONE
                self._pair[self._class[byte] << 6 | code] |= flags

    @cython.cfunc
    def _fill_pairs(self) -> cython.void:
        """Put the states beside the flags of the pairs."""
        byte: cython.uint
        second: cython.uint
        pair: cython.uint
        for byte in range(1, 128):
            for second in range(1, 128):
                pair = self._class[byte] << 6 | self._class[second]
                if self._pair[pair] & _BEGINS and not self._pair[pair] & _ALONE:
                    self._pair[pair] |= self._child(self._root[_lower(byte)], _lower(second))

    @cython.cfunc
    @cython.inline
    @cython.nogil
    @cython.exceptval(check=False)
    def _child(self, state: cython.int, byte: cython.uint) -> cython.int:
        """The state after a byte, 0 for none.

        A state is below the number of states, of which `_first` has one more.
        """
        low: cython.int = self._first[state]
        high: cython.int = self._first[state + 1]
        middle: cython.int
        while high - low > 8:
            middle = (low + high) >> 1
            if self._byte[middle] <= byte:
                low = middle
            else:
                high = middle
        while low < high and self._byte[low] < byte:
            low += 1
        return low if low < high and self._byte[low] == byte else 0

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
        pair: cython.int
        mask: cython.ulonglong = 0
        ahead: cython.Py_ssize_t = 0  # the next byte beyond ASCII, or the end
        for i in range(size):
            byte = text[i]
            if byte < 0x80:
                # classes are below 64, so that a pair is below 2^12
                code = self._class[byte] << 6
                if i + 1 < size:
                    code |= self._class[text[i + 1]]
                pair = self._pair[code]
                if pair and _joined(before, byte):
                    if pair & _INSIDE and self._reach < 1 << 30:
                        ahead = _beyond_ascii(text, max(ahead, i), size)
                    if not pair & _INSIDE or ahead - i > self._reach:
                        pair = 0
                if pair:
                    if pair & _ALONE:
                        mask |= self._walk(text, i, i, size, self._root[_lower(byte)])
                    else:
                        mask |= self._walk(text, i, i + 1, size, pair & _STATE)
                if byte == 0:
                    masks[0] |= mask
                    masks += 1
                    mask = 0
            elif byte >= 0xC0:
                code = _point(text, i, size)
                if self._points[code >> 3] >> (code & 7) & 1:
                    mask |= self._walk(text, i, i, size, self._root[byte])
            before = byte
        masks[0] |= mask

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def _walk(
        self,
        text: cython.p_uchar,
        start: cython.Py_ssize_t,
        at: cython.Py_ssize_t,
        size: cython.Py_ssize_t,
        state: cython.int,
    ) -> cython.ulonglong:
        """The groups of the words that begin at a place, from the state after the byte ``at``.

        The trie holds no NUL byte, so that no walk leaves its text.
        """
        mask: cython.ulonglong = 0
        one: cython.ulonglong = 1
        word: cython.int
        needs: cython.uint
        while state:
            word = self._words[state]
            while word >= 0:
                needs = self._needs[word]
                if not (
                    (needs & 1 and start > 0 and _joined(text[start - 1], text[start]))
                    or (needs & 2 and at + 1 < size and _joined(text[at], text[at + 1]))
                ):
                    mask |= one << self._groups[word]
                word = self._others[word]
            at += 1
            if at == size:
                break
            state = self._child(state, _lower(text[at]))
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
