"""What ends elements: end tags, and start tags that imply the end of another element.

See https://html.spec.whatwg.org/#tree-construction.
"""

import cython
from cython.cimports.dedup.kernels.reader_layout import AFTER_HEAD, BEFORE, BODY, HEAD

from dedup.kernels.formatting import Formatting
from dedup.kernels.tags import BIT, NUMBER, flags_of

_FLAGS = cython.declare(cython.uint[::1], flags_of)
_VOID = cython.declare(cython.uint, BIT["void"])
_SPECIAL = cython.declare(cython.uint, BIT["special"])
_SCOPE = cython.declare(cython.uint, BIT["scope"])
_BUTTON_SCOPE = cython.declare(cython.uint, BIT["button-scope"])
_LIST_SCOPE = cython.declare(cython.uint, BIT["list-scope"])
_HEADING = cython.declare(cython.uint, BIT["heading"])
_FORMATTING = cython.declare(cython.uint, BIT["formatting"])
_TABLE_PART = cython.declare(cython.uint, BIT["table"])
_ROWS = cython.declare(cython.uint, BIT["rows"])
_BLOCK_END = cython.declare(cython.uint, BIT["block-end"])
_IMPLIED_END = cython.declare(cython.uint, BIT["implied-end"])
_MARKER = cython.declare(cython.uint, BIT["marker"])
_FOREIGN = cython.declare(cython.uint, BIT["foreign"])
_FLAT = cython.declare(cython.uint, BIT["flat"])
_ADDRESS = cython.declare(cython.int, NUMBER["address"])
_BODY = cython.declare(cython.int, NUMBER["body"])
_BR = cython.declare(cython.int, NUMBER["br"])
_CAPTION = cython.declare(cython.int, NUMBER["caption"])
_DD = cython.declare(cython.int, NUMBER["dd"])
_DIV = cython.declare(cython.int, NUMBER["div"])
_DT = cython.declare(cython.int, NUMBER["dt"])
_FORM = cython.declare(cython.int, NUMBER["form"])
_HEAD_TAG = cython.declare(cython.int, NUMBER["head"])
_HTML = cython.declare(cython.int, NUMBER["html"])
_LI = cython.declare(cython.int, NUMBER["li"])
_P = cython.declare(cython.int, NUMBER["p"])
_TABLE = cython.declare(cython.int, NUMBER["table"])
_TD = cython.declare(cython.int, NUMBER["td"])
_TEMPLATE = cython.declare(cython.int, NUMBER["template"])
_TH = cython.declare(cython.int, NUMBER["th"])


@cython.cclass
class Ends(Formatting):
    """What ends elements, and begins those that a page may leave out."""

    def __init__(self, html: cython.const[cython.uchar][::1]):
        Formatting.__init__(self, html)
        self.body_row = -1
        self.quirks = True

    # ---- parts of the page that may be left out

    def in_template(self):
        """Whether a template is open."""
        return self.open[_TEMPLATE] != 0

    def to_head(self):
        """Open the head."""
        if self.mode == BEFORE:
            self.imply(_HTML)
        self.imply(_HEAD_TAG)
        self.mode = HEAD
        return 0

    def to_body(self):
        """Open the body."""
        if self.mode < HEAD:
            self.to_head()
        if self.mode < AFTER_HEAD:
            self.mode = AFTER_HEAD
        if self.mode < BODY:
            self.pop_to(1)
            self.body_row = self.row_count
            self.imply(_BODY)
            self.mode = BODY
        return 0

    # ---- elements that end without an end tag

    def close_p(self):
        """End an open paragraph."""
        d: cython.int = self.in_scope(_P, _SCOPE | _BUTTON_SCOPE)
        if d >= 0:
            self.pop_to(d)
        return 0

    def close_item(self, tag):
        """End the item before this one in the same list."""
        d: cython.int = self.depth - 1
        other: cython.int
        if tag == _LI and self.open[_LI] == 0:
            return 0
        if tag != _LI and self.open[_DD] == 0 and self.open[_DT] == 0:
            return 0
        while d >= 0:
            other = self.s_tag[d]
            if (tag == _LI and other == _LI) or (tag != _LI and (other in (_DD, _DT))):
                self.pop_to(d)
                return 0
            if _FLAGS[other] & _SPECIAL and other != _ADDRESS and other != _DIV and other != _P:
                return 0
            d -= 1
        return 0

    def back_to(self, a, b, c):
        """Close elements until one of these tags, or of what holds a table, is innermost."""
        tag: cython.int
        while self.depth > 1:
            tag = self.s_tag[self.depth - 1]
            if tag in (a, b, c, _TABLE, _TEMPLATE):
                return 0
            if tag in (_TD, _TH, _CAPTION):
                self.to_mark()
            self.pop()
        return 0

    def close_to(self, d):
        """Close elements until so many are open, and what formatting is marked off in them."""
        tag: cython.int
        while self.depth > d:
            tag = self.s_tag[self.depth - 1]
            if tag in (_TD, _TH, _CAPTION) or _FLAGS[tag] & _MARKER:
                self.to_mark()
            self.pop()
        return 0

    def line(self):
        """A line break; two of them end the run."""
        if _FLAGS[self.top()] & _ROWS:
            return 0
        self.reopen()
        if self.skip < 0:
            if self.blank and not self.pre:
                self.flush()
            elif self.now > self.opened:
                self.line_break()
                self.blank = True
        return 0

    # ---- end tags

    def finish(self, tag, h):  # noqa: C901 - a table of rules
        """An end tag."""
        flags: cython.uint = _FLAGS[tag]
        d: cython.int
        if self.too_deep and not flags & (_FLAT | _VOID):
            self.too_deep -= 1
            if self.now > self.opened and flags & _BLOCK_END and not self.pre:
                self.flush()
            return 0
        if self.foreign and self.finish_foreign(h):
            return 0
        if tag == _TEMPLATE:
            d = self.in_scope(_TEMPLATE, 0)
            if d >= 0:
                self.close_to(d + 1)
                self.pop()
                self.to_mark()
            return 0
        if self.mode < BODY and not self.in_template() and self.finish_head(tag):
            return 0
        if tag in (_HTML, _BODY, _HEAD_TAG):
            return 0
        if tag == _P:
            if self.in_scope(_P, _SCOPE | _BUTTON_SCOPE) < 0:
                self.imply(_P)
            return self.close_p()
        if tag == _BR:
            return self.line()
        if flags & _TABLE_PART:
            d = self.in_scope(tag, 0)
            if d > self.in_scope(_TEMPLATE, 0) and d >= self.in_scope(_TABLE, 0):
                self.close_to(d)
            return 0
        if tag == _FORM:
            return self.finish_form()
        if tag == _LI:
            d = self.in_scope(_LI, _SCOPE | _LIST_SCOPE)
            return self.pop_to(d) if d >= 0 else 0
        if flags & _HEADING:
            return self.finish_heading()
        if flags & _FORMATTING and self.unformat(tag):
            return 0
        return self.finish_other(tag, h)

    def finish_foreign(self, h):
        """An end tag in SVG or MathML; false where it belongs to what is around."""
        d: cython.int = self.depth - 1
        while d > 0 and (self.s_foreign[d] or _FLAGS[self.s_tag[d]] & _FOREIGN):
            if self.s_hash[d] == h:
                self.pop_to(d)
                return True
            d -= 1
        return False

    def finish_head(self, tag):
        """An end tag before the body; false where it begins the body."""
        d: cython.int
        if tag == _HEAD_TAG:
            if self.mode < AFTER_HEAD:
                if self.mode < HEAD:
                    self.to_head()
                self.pop_to(1)
                self.mode = AFTER_HEAD
            return True
        if tag in (_BODY, _HTML, _BR):
            self.to_body()
            return False
        d = self.in_scope(tag, _SCOPE)
        if self.mode >= HEAD and d > 0 and tag != 0:
            self.pop_to(d)
        return True

    def finish_form(self):
        """The end of a form; what is open in it goes on."""
        d: cython.int = self.form
        self.form = -1
        if d < 0 or d >= self.depth or self.in_scope(_FORM, _SCOPE) != d:
            return 0
        while self.depth - 1 > d and _FLAGS[self.top()] & _IMPLIED_END:
            self.pop()
        if d == self.depth - 1:
            self.pop()
        else:
            self.open[_FORM] -= 1
            self.s_gone[d] = True
        return 0

    def finish_heading(self):
        """The end tag of any heading ends the open one."""
        d: cython.int = self.depth - 1
        while d >= 0 and not _FLAGS[self.s_tag[d]] & _HEADING:
            if _FLAGS[self.s_tag[d]] & _SCOPE:
                return 0
            d -= 1
        if d >= 0:
            self.pop_to(d)
        return 0

    def finish_other(self, tag, h):
        """Any other end tag."""
        flags: cython.uint = _FLAGS[tag]
        d: cython.int
        if flags & (_BLOCK_END | _MARKER):
            d = self.in_scope(tag, _SCOPE)
            if d >= 0:
                self.pop_to(d)
                if flags & _MARKER:
                    self.to_mark()
            return 0
        d = self.depth - 1
        while d > 0:
            if self.s_hash[d] == h and not self.s_gone[d]:
                return self.pop_to(d)
            if _FLAGS[self.s_tag[d]] & _SPECIAL:
                return 0
            d -= 1
        return 0
