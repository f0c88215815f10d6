"""The elements and the texts of a page, checked: what a page is summed up from."""

import cython
from cython.cimports.dedup.kernels import described


@cython.cclass
class Tree:
    """The elements of a page; see the stub."""

    def __cinit__(self, tag, parent, name, names, shapes, spans, hidden) -> None:
        self.tag = tag
        self.parent = parent
        self.name = name
        self.names = names
        self.shapes = shapes
        self.first, self.last = spans
        self.hidden = hidden
        self.count = count = self.tag.shape[0]
        if not (
            self.parent.shape[0] == self.name.shape[0] == self.hidden.shape[0] == count
            and self.first.shape[0] == self.last.shape[0] == count
            and self.names.shape[0] == self.shapes.shape[0]
        ):
            raise ValueError("the columns of the elements differ in length")
        e: cython.Py_ssize_t
        for e in range(self.count):
            # A parent stands before its children, so that each walk towards the root ends.
            if not -1 <= self.parent[e] < e:
                raise ValueError(f"element {e} has parent {self.parent[e]}")
            if not 0 <= self.name[e] < self.names.shape[0] or self.tag[e] > 63:
                raise ValueError(f"element {e} has an unknown name or tag")


@cython.cclass
class Rows:
    """The texts of a page; see the stub."""

    def __cinit__(self, counts, hashes, phrases, element, links, images, inner) -> None:
        self.counts = counts
        self.hashes = hashes
        self.phrases = phrases
        self.element = element
        self.links = links
        self.images = images
        self.inner = inner
        self.count = count = self.element.shape[0]
        if not (
            self.counts.shape[0] == self.hashes.shape[0] == self.phrases.shape[0] == count + 1
            and self.links.shape[0] == self.images.shape[0] == self.inner.shape[0] == count
            and self.counts.shape[1] == described.T_WIDTH
            and self.inner.shape[1] == 2
        ):
            raise ValueError("the columns of the blocks differ in length")
