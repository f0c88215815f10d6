"""What tags do to the stack of open elements (https://html.spec.whatwg.org/#tree-construction).

No tree is made: elements get rows, and text goes to the open run. Where the standard moves nodes
(foster parenting, the adoption agency), text stays in the order of the source.
"""

import cython
from cython.cimports.dedup.kernels.reader_layout import (
    AFTER_HEAD,
    BEFORE,
    BODY,
    HEAD,
    HIDDEN,
    NAME,
    ROOT,
    START,
)
from cython.cimports.dedup.kernels.scan import html_space

from dedup.kernels.stack import Stack
from dedup.kernels.tags import BIT, NUMBER, flags_of

_FLAGS = cython.declare(cython.uint[::1], flags_of)

_VOID = cython.declare(cython.uint, BIT["void"])
_SPECIAL = cython.declare(cython.uint, BIT["special"])
_SCOPE = cython.declare(cython.uint, BIT["scope"])
_BUTTON_SCOPE = cython.declare(cython.uint, BIT["button-scope"])
_LIST_SCOPE = cython.declare(cython.uint, BIT["list-scope"])
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
_BLOCK_END = cython.declare(cython.uint, BIT["block-end"])
_IMPLIED_END = cython.declare(cython.uint, BIT["implied-end"])
_MARKER = cython.declare(cython.uint, BIT["marker"])
_FOREIGN = cython.declare(cython.uint, BIT["foreign"])
_FLAT = cython.declare(cython.uint, BIT["flat"])

_A = cython.declare(cython.int, NUMBER["a"])
_ADDRESS = cython.declare(cython.int, NUMBER["address"])
_BASEFONT = cython.declare(cython.int, NUMBER["basefont"])
_BGSOUND = cython.declare(cython.int, NUMBER["bgsound"])
_BODY = cython.declare(cython.int, NUMBER["body"])
_BR = cython.declare(cython.int, NUMBER["br"])
_BUTTON = cython.declare(cython.int, NUMBER["button"])
_CAPTION = cython.declare(cython.int, NUMBER["caption"])
_COL = cython.declare(cython.int, NUMBER["col"])
_COLGROUP = cython.declare(cython.int, NUMBER["colgroup"])
_DD = cython.declare(cython.int, NUMBER["dd"])
_DIV = cython.declare(cython.int, NUMBER["div"])
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
_SCRIPT = cython.declare(cython.int, NUMBER["script"])
_SELECT = cython.declare(cython.int, NUMBER["select"])
_STYLE = cython.declare(cython.int, NUMBER["style"])
_SVG = cython.declare(cython.int, NUMBER["svg"])
_TABLE = cython.declare(cython.int, NUMBER["table"])
_TBODY = cython.declare(cython.int, NUMBER["tbody"])
_TD = cython.declare(cython.int, NUMBER["td"])
_TEMPLATE = cython.declare(cython.int, NUMBER["template"])
_TEXTAREA = cython.declare(cython.int, NUMBER["textarea"])
_TFOOT = cython.declare(cython.int, NUMBER["tfoot"])
_TH = cython.declare(cython.int, NUMBER["th"])
_THEAD = cython.declare(cython.int, NUMBER["thead"])
_TR = cython.declare(cython.int, NUMBER["tr"])
_MATH = cython.declare(cython.int, NUMBER["math"])


@cython.cclass
class Tree(Stack):
    """What start tags, end tags and text do."""

    def __init__(self, html: cython.const[cython.uchar][::1]):
        Stack.__init__(self, html)
        self.body_row = -1
        self.quirks = True

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
