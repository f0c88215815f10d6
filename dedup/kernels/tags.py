"""The one table of elements: what each does to text, to other elements, and to its label.

Every line of `_TABLE` names an element, what it does to the text around it, and what else is known
of it. The words are those of the HTML standard (https://html.spec.whatwg.org/#parsing):

- ``void`` has no content; the content of ``raw`` is text, of ``escapable`` text with references;
- ``special``, ``formatting``: the categories of the stack of open elements;
- ``scope``, ``list-scope``, ``button-scope``: where the search for an open element ends;
- ``closes-p`` ends an open paragraph; ``block-end``: its end tag ends what is open inside it;
  ``implied-end``: may be left open when an outer element ends; ``flat``: ends itself when another
  one opens, so that unclosed ones do not nest;
- ``head`` may stand in the head; ``table`` is a part of a table, ``rows`` holds no text of its own;
- ``foreign`` begins SVG or MathML, ``integration`` goes back to HTML, ``breaks-out`` ends it;
- ``reopens-nothing``: formatting elements that were cut are not opened again before it;
- ``marker``: formatting elements do not reach into it; ``noted``: what it says of the page is read;
- ``+label``: the label of content in it; ``-label``: the label of boilerplate in it.
"""

import numpy as np

_TABLE = """
a               link    formatting
abbr            inline
acronym         inline
address         block   special closes-p block-end
annotation      skip
annotation-xml  skip    special scope
applet          inline  special scope marker
area            inline  void special
article         block   special closes-p block-end
aside           block   special closes-p block-end -related
audio           skip
b               inline  formatting breaks-out
base            skip    void special head
basefont        inline  void special head
bdi             inline
bdo             inline
bgsound         inline  void special head
big             inline  formatting breaks-out
blockquote      block   special closes-p breaks-out block-end +quote
body            block   special breaks-out
br              break   void special breaks-out
button          block   special button-scope block-end -form
canvas          skip
caption         block   special scope table +table
center          block   special closes-p breaks-out block-end
cite            inline
code            inline  formatting breaks-out
col             inline  void special table
colgroup        inline  special table
data            inline
datalist        skip
dd              block   special closes-p breaks-out block-end implied-end flat +list
del             inline
desc            inline  integration special scope
details         block   special closes-p block-end
dfn             inline
dialog          block   closes-p block-end
dir             block   special closes-p block-end
div             block   special closes-p breaks-out block-end
dl              block   special closes-p breaks-out block-end
dt              block   special closes-p breaks-out block-end implied-end flat +list
em              inline  formatting breaks-out
embed           inline  void special breaks-out
fieldset        block   special closes-p block-end
figcaption      block   special closes-p block-end +caption
figure          block   special closes-p block-end
font            inline  formatting
footer          block   special closes-p block-end -legal
foreignobject   inline  integration special scope
form            block   special -form
frame           inline  void special
frameset        block   special reopens-nothing
h1              block   special closes-p heading breaks-out +heading
h2              block   special closes-p heading breaks-out +heading
h3              block   special closes-p heading breaks-out +heading
h4              block   special closes-p heading breaks-out +heading
h5              block   special closes-p heading breaks-out +heading
h6              block   special closes-p heading breaks-out +heading
head            inline  special breaks-out
header          block   special closes-p block-end
hgroup          block   special closes-p block-end
hr              block   void special closes-p breaks-out
html            block   special scope noted
i               inline  formatting breaks-out
iframe          skip    raw special reopens-nothing
image           inline
img             inline  void special breaks-out
input           inline  void special
ins             inline
kbd             inline
keygen          inline  void special
label           inline  -form
legend          block
li              block   special closes-p breaks-out implied-end flat +list
link            meta    void special head noted
listing         pre     special closes-p breaks-out block-end
main            block   special closes-p block-end
mark            inline
marquee         inline  special scope marker
math            inline  foreign
menu            block   special closes-p breaks-out block-end
meta            meta    void special head breaks-out noted
mi              inline  integration special scope
mn              inline  integration special scope
mo              inline  integration special scope
ms              inline  integration special scope
mtext           inline  integration special scope
nav             block   special closes-p block-end -nav
nobr            inline  formatting breaks-out
noembed         skip    raw special reopens-nothing
noframes        skip    raw special head
noscript        skip    special head noted
object          inline  special scope marker
ol              block   special list-scope closes-p breaks-out block-end
optgroup        block   implied-end flat
option          option  implied-end flat -form
p               block   special closes-p breaks-out implied-end flat
param           inline  void special reopens-nothing
picture         inline
plaintext       pre     raw special closes-p
pre             pre     special closes-p breaks-out block-end +code
q               inline  +quote
rb              inline  ruby reopens-nothing implied-end
rp              inline  ruby reopens-nothing implied-end
rt              inline  ruby reopens-nothing implied-end
rtc             inline  ruby reopens-nothing implied-end
ruby            inline  breaks-out
s               inline  formatting breaks-out
samp            inline
script          meta    raw special head noted
search          block   special closes-p block-end
section         block   special closes-p block-end
select          block   special block-end -form
small           inline  formatting breaks-out
source          inline  void special reopens-nothing
span            inline  breaks-out
strike          inline  formatting breaks-out
strong          inline  formatting breaks-out
style           skip    raw special head
sub             inline  breaks-out
summary         block   special closes-p block-end
sup             inline  breaks-out
svg             skip    foreign
table           block   special scope table breaks-out rows
tbody           block   special table flat rows
td              cell    special scope table flat
template        skip    special scope head
textarea        pre     escapable special reopens-nothing
tfoot           block   special table flat rows
th              cell    special scope table flat +table
thead           block   special table flat rows
time            inline  noted
title           meta    escapable special head integration noted
tr              block   special table flat +table rows
track           inline  void special reopens-nothing
tt              inline  formatting breaks-out
u               inline  formatting breaks-out
ul              block   special list-scope closes-p breaks-out block-end
var             inline  breaks-out
video           skip
wbr             inline  void special
xmp             pre     raw special closes-p
"""

ROLES = ("inline", "block", "cell", "skip", "break", "pre", "option", "link", "meta")
FLAGS = (
    *("void", "raw", "escapable", "special", "scope", "button-scope", "list-scope", "closes-p"),
    *("heading", "formatting", "head", "table", "breaks-out", "integration", "ruby", "flat"),
    *("reopens-nothing", "block-end", "implied-end", "noted", "foreign", "marker", "rows"),
)
SLOTS = 1024  # of the table of names; a power of two, and several times the number of elements


def name_hash(name):
    """FNV-1a of 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/)."""
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


_rows = [line.split() for line in _TABLE.strip().splitlines()]
TAGS = ("", *(row[0] for row in _rows))
NUMBER = {tag: number for number, tag in enumerate(TAGS)}
BIT = {flag: 1 << place for place, flag in enumerate(FLAGS)}
CONTENT_LABEL = {row[0]: word[1:] for row in _rows for word in row[2:] if word[0] == "+"}
BOILERPLATE_LABEL = {row[0]: word[1:] for row in _rows for word in row[2:] if word[0] == "-"}

# By number of tag: 256 of each, so that no number of a tag leaves them. Places in FLAGS and ROLES.
flags_of = np.zeros(256, np.uint32)
roles_of = np.zeros(256, np.uint8)
keys = np.zeros(SLOTS, np.uint64)
values = np.zeros(SLOTS, np.uint8)
for _number, _row in enumerate(_rows, 1):
    flags_of[_number] = sum(BIT[word] for word in _row[2:] if word[0] not in "+-")
    roles_of[_number] = ROLES.index(_row[1])
    _slot = name_hash(_row[0]) % SLOTS
    while keys[_slot]:
        _slot = (_slot + 1) % SLOTS
    keys[_slot], values[_slot] = name_hash(_row[0]), _number
