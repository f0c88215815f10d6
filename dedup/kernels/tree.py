"""What start tags and text do (https://html.spec.whatwg.org/#tree-construction).

No tree is made: elements get rows, and text goes to the open run. Where the standard moves nodes
(foster parenting, the adoption agency), text stays in the order of the source.
"""

import cython
from cython.cimports.dedup.kernels.reader_layout import (
    BEFORE,
    BODY,
    HEAD,
    HIDDEN,
    NAME,
    ROOT,
    START,
)
from cython.cimports.dedup.kernels.scan import html_space

from dedup.kernels.ends import Ends
from dedup.kernels.tags import BIT, NUMBER, flags_of

_FLAGS = cython.declare(cython.uint[::1], flags_of)
_VOID = cython.declare(cython.uint, BIT["void"])
_SCOPE = cython.declare(cython.uint, BIT["scope"])
_CLOSES_P = cython.declare(cython.uint, BIT["closes-p"])
_HEADING = cython.declare(cython.uint, BIT["heading"])
_FORMATTING = cython.declare(cython.uint, BIT["formatting"])
_HEAD = cython.declare(cython.uint, BIT["head"])
_TABLE_PART = cython.declare(cython.uint, BIT["table"])
_ROWS = cython.declare(cython.uint, BIT["rows"])
_BREAKS_OUT = cython.declare(cython.uint, BIT["breaks-out"])
_INTEGRATION = cython.declare(cython.uint, BIT["integration"])
_RUBY_PART = cython.declare(cython.uint, BIT["ruby"])
_REOPENS_NOTHING = cython.declare(cython.uint, BIT["reopens-nothing"])
_IMPLIED_END = cython.declare(cython.uint, BIT["implied-end"])
_MARKER = cython.declare(cython.uint, BIT["marker"])
_FOREIGN = cython.declare(cython.uint, BIT["foreign"])
_A = cython.declare(cython.int, NUMBER["a"])
_BASEFONT = cython.declare(cython.int, NUMBER["basefont"])
_BGSOUND = cython.declare(cython.int, NUMBER["bgsound"])
_BODY = cython.declare(cython.int, NUMBER["body"])
_BR = cython.declare(cython.int, NUMBER["br"])
_BUTTON = cython.declare(cython.int, NUMBER["button"])
_CAPTION = cython.declare(cython.int, NUMBER["caption"])
_COL = cython.declare(cython.int, NUMBER["col"])
_COLGROUP = cython.declare(cython.int, NUMBER["colgroup"])
_DD = cython.declare(cython.int, NUMBER["dd"])
_DT = cython.declare(cython.int, NUMBER["dt"])
_FORM = cython.declare(cython.int, NUMBER["form"])
_HEAD_TAG = cython.declare(cython.int, NUMBER["head"])
_HR = cython.declare(cython.int, NUMBER["hr"])
_HTML = cython.declare(cython.int, NUMBER["html"])
_INPUT = cython.declare(cython.int, NUMBER["input"])
_LI = cython.declare(cython.int, NUMBER["li"])
_LINK = cython.declare(cython.int, NUMBER["link"])
_META = cython.declare(cython.int, NUMBER["meta"])
_NOBR = cython.declare(cython.int, NUMBER["nobr"])
_NOFRAMES = cython.declare(cython.int, NUMBER["noframes"])
_NOSCRIPT = cython.declare(cython.int, NUMBER["noscript"])
_OPTGROUP = cython.declare(cython.int, NUMBER["optgroup"])
_OPTION = cython.declare(cython.int, NUMBER["option"])
_P = cython.declare(cython.int, NUMBER["p"])
_RUBY = cython.declare(cython.int, NUMBER["ruby"])
_SELECT = cython.declare(cython.int, NUMBER["select"])
_STYLE = cython.declare(cython.int, NUMBER["style"])
_SVG = cython.declare(cython.int, NUMBER["svg"])
_TABLE = cython.declare(cython.int, NUMBER["table"])
_TBODY = cython.declare(cython.int, NUMBER["tbody"])
_TD = cython.declare(cython.int, NUMBER["td"])
_TEMPLATE = cython.declare(cython.int, NUMBER["template"])
_TFOOT = cython.declare(cython.int, NUMBER["tfoot"])
_TH = cython.declare(cython.int, NUMBER["th"])
_THEAD = cython.declare(cython.int, NUMBER["thead"])
_TR = cython.declare(cython.int, NUMBER["tr"])


@cython.cclass
class Tree(Ends):
    """What start tags, end tags and text do."""

    def __init__(self, html: cython.const[cython.uchar][::1]):
        Ends.__init__(self, html)

    # ---- start tags

    def start(self, tag, h):  # noqa: C901 - a table of rules
        """A start tag, whose attributes have been read."""
        flags: cython.uint = _FLAGS[tag]
        if self.foreign and self.start_foreign(tag, h):
            return 0
        if tag in (_HTML, _BODY, _HEAD_TAG):
            return self.start_page(tag, h)
        if self.mode < BODY and not self.in_template():
            if flags & _HEAD and self.start_head(tag, h):
                return 0
            self.to_body()
        if flags & _HEAD:
            return self.push_head(tag, h)
        if self.open[_SELECT] and (
            tag in (_SELECT, _INPUT, _OPTION, _OPTGROUP, _HR)
        ) and not self.start_in_select(tag):  # fmt: skip
            return 0
        if flags & _TABLE_PART:
            if tag == _TABLE:
                return self.start_table(h)
            return self.start_table_part(tag, h)
        if flags & _CLOSES_P:
            return self.start_block(tag, h)
        if tag == _FORM:
            return self.start_form(h)
        if flags & _FORMATTING:
            if (tag in (_A, _NOBR)) and self.find_format(tag) >= 0:
                self.unformat(tag)
            self.reopen()
            return self.format(tag, h)
        if tag == _BR:
            return self.line()
        return self.start_other(tag, h)

    def pop_void(self, tag):
        """Close an element without content, if it was opened."""
        if self.depth and self.s_tag[self.depth - 1] == tag:
            self.pop()
        return 0

    def push_head(self, tag, h):
        """Open an element that may stand in the head."""
        if self.push(tag, h):
            if _FLAGS[tag] & _VOID:
                self.pop()
            elif tag == _TEMPLATE:
                self.mark()
        return 0

    def start_foreign(self, tag, h):
        """A start tag in SVG or MathML; false where it ends that."""
        flags: cython.uint = _FLAGS[tag]
        if flags & _BREAKS_OUT:
            while self.depth > 1 and self.foreign:
                self.pop()
            return False
        if self.place(tag, h, self.name(self.class_at, self.class_end, self.id_at, self.id_end),
                      self.tag_at, self.hidden, -1):  # fmt: skip
            if self.closed:
                self.pop()
            elif flags & _INTEGRATION:
                self.foreign = 0
        elif self.closed and self.too_deep:
            self.too_deep -= 1
        return True

    def start_head(self, tag, h):
        """An element that may stand in the head, before the body; false in a noscript."""
        stays: cython.bint = tag in (_LINK, _META, _STYLE, _NOFRAMES, _BASEFONT, _BGSOUND)
        if self.mode == HEAD and self.top() == _NOSCRIPT and not stays:
            self.pop()
        if self.mode < HEAD:
            self.to_head()
        self.push_head(tag, h)
        return True

    def start_page(self, tag, h):
        """The tags html, head and body."""
        if self.in_template():
            return 0
        if tag == _HTML:
            if self.mode == BEFORE:
                self.push(tag, h)
                self.mode = ROOT
            elif self.row_count:
                self.merge(0)
        elif tag == _HEAD_TAG:
            if self.mode < HEAD:
                if self.mode == BEFORE:
                    self.imply(_HTML)
                self.push(tag, h)
                self.mode = HEAD
        elif self.mode < BODY:
            if self.mode < HEAD:
                self.to_head()
            self.pop_to(1)
            self.body_row = self.row_count
            self.push(tag, h)
            self.mode = BODY
        elif 0 <= self.body_row < self.row_count:
            self.merge(self.body_row)
        return 0

    def merge(self, row):
        """A second tag of an element adds what the first did not say."""
        if self.rows[row, NAME] == 0:
            self.rows[row, NAME] = self.name(self.class_at, self.class_end, self.id_at, self.id_end)
        if self.rows[row, START] < 0:
            self.rows[row, START] = self.tag_at
        if self.hidden:
            self.rows[row, HIDDEN] = 1
        return 0

    def start_in_select(self, tag):
        """What a start tag ends while a select is open; false where the tag does no more."""
        d: cython.int = self.in_scope(_SELECT, _SCOPE)
        if d < 0:
            return True
        if tag in (_SELECT, _INPUT):
            self.pop_to(d)
            return tag == _INPUT
        while _FLAGS[self.top()] & _IMPLIED_END and (tag != _OPTION or self.top() != _OPTGROUP):
            self.pop()
        return True

    def start_table_part(self, tag, h):  # noqa: C901 - a table of rules
        """A part of a table, with those that its author left out; outside a table it is nothing."""
        context: cython.int = self.table_context()
        if context == 0:
            if self.in_template():
                self.push(tag, h)
                if _FLAGS[tag] & _VOID:
                    self.pop_void(tag)
            return 0
        if tag in (_TD, _TH, _TR):
            if context in (_TABLE, _CAPTION, _COLGROUP):
                self.back_to(_TABLE, 0, 0)
                self.imply(_TBODY)
            if tag == _TR:
                self.back_to(_TBODY, _TFOOT, _THEAD)
                self.push(tag, h)
                return 0
            self.back_to(_TR, _TBODY, _THEAD if context != _TFOOT else _TFOOT)
            if self.top() != _TR:
                self.back_to(_TBODY, _TFOOT, _THEAD)
                self.imply(_TR)
            if self.push(tag, h):
                self.mark()
            return 0
        if tag != _COL or self.top() != _COLGROUP:
            self.back_to(_TABLE, 0, 0)
        if tag == _COL:
            if self.top() != _COLGROUP:
                self.imply(_COLGROUP)
            self.push(tag, h)
            self.pop_void(tag)
        elif self.push(tag, h) and tag == _CAPTION:
            self.mark()
        return 0

    def start_table(self, h):
        """A table: one right in a table ends it, and it ends a paragraph but in old pages."""
        context: cython.int = self.table_context()
        d: cython.int
        if context and _FLAGS[context] & _ROWS and _FLAGS[self.top()] & _ROWS:
            d = self.in_scope(_TABLE, 0)
            if d >= 0:
                self.close_to(d)
        if not self.quirks:
            self.close_p()
        return self.push(_TABLE, h)

    def start_form(self, h):
        """A form; one in a form is nothing, one right in a table has no content."""
        if self.form != -1 and not self.in_template():
            return 0
        if _FLAGS[self.top()] & _ROWS:
            if self.push(_FORM, h):
                self.pop()
            self.form = -2
            return 0
        self.close_p()
        if self.push(_FORM, h) and not self.in_template():
            self.form = self.depth - 1
        return 0

    def start_block(self, tag, h):
        """An element that ends a paragraph."""
        if tag in (_LI, _DD, _DT):
            self.close_item(tag)
        if self.open[_P]:
            self.close_p()
        if _FLAGS[tag] & _HEADING and _FLAGS[self.top()] & _HEADING:
            self.pop()
        self.push(tag, h)
        if _FLAGS[tag] & _VOID:
            self.pop_void(tag)
        return 0

    def start_other(self, tag, h):  # noqa: C901 - a table of rules
        """An element without rules of its own, or with a small one."""
        flags: cython.uint = _FLAGS[tag]
        d: cython.int
        if tag == _BUTTON:
            d = self.in_scope(_BUTTON, _SCOPE)
            if d >= 0:
                self.pop_to(d)
        elif tag in (_OPTION, _OPTGROUP):
            if self.top() == _OPTION:
                self.pop()
        elif flags & _RUBY_PART and self.top() != _RUBY and _FLAGS[self.top()] & _RUBY_PART:
            self.pop()
        if not flags & _REOPENS_NOTHING:
            self.reopen()
        if not self.push(tag, h):
            if self.closed and flags & _FOREIGN and self.too_deep:
                self.too_deep -= 1
            return 0
        if flags & _VOID:
            self.pop()
        elif flags & _MARKER:
            self.mark()
        elif flags & _FOREIGN:
            if self.closed:
                self.pop()
            else:
                self.foreign = 1 if tag == _SVG else 2
        return 0

    # ---- text

    def words(self, i, end):
        """Text between tags."""
        if self.skip >= 0 and (self.mode == BODY or self.in_template()):
            return 0
        if self.mode < BODY:
            while i < end and html_space(self.html[i]):
                i += 1
            if i == end:
                return 0
            self.to_body()
        if _FLAGS[self.top()] & _ROWS:
            return self.loose_words(i, end)
        if self.count and not self.foreign:
            self.reopen()
        return self.take(i, end, False)

    def loose_words(self, i, end):
        """Text in a table and in no cell: a block of its own, of what is around the table."""
        element: cython.int = self.element
        home: cython.int = self.home
        k: cython.Py_ssize_t = i
        blank: cython.bint = True
        while k < end and html_space(self.html[k]):
            k += 1
        if k == end:  # this does stay in the table
            return self.take(i, end, False)
        while blank and k < end:
            if html_space(self.html[k]):
                k += 1
            elif self.html[k] == 38 and k + 5 < end and self.html[k + 1] == 110 \
                    and self.html[k + 2] == 98 and self.html[k + 3] == 115 \
                    and self.html[k + 4] == 112 and self.html[k + 5] == 59:  # fmt: skip
                k += 6
            elif self.html[k] == 0xC2 and k + 1 < end and self.html[k + 1] == 0xA0:
                k += 2
            else:
                blank = False
        if blank:
            return 0
        self.flush()
        self.foster()
        self.take(i, end, False)
        self.flush()
        self.element = element
        self.home = home
        return 0
