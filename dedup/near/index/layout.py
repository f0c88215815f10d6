"""How postings are laid out in numbers and in blocks."""

# A posting: a key, and below it the number of a document in its segment.
KEY_BITS, NUMBER_BITS = 40, 24
# The lowest bit of the keys that no cap cuts: an id may have been many documents'.
UNCAPPED = 1

# Kinds of keys: the folded text, a band, a sampled shingle, an id. Fine and coarse samples lie in
# the same places: which it is, the hash itself says.
FOLDED, BAND, FINE, COARSE, NAME = range(5)

# A hit: the place of the key in the question, the document's number, what it needs.
HIT_NUMBER, HIT_NEED = 32, 8

# A block: the number of its postings, these in as few bits as they take, and as many bytes behind
# them that eight can be read from any place.
BLOCK_HEAD, BLOCK_TAIL = 4, 8

# A filter has lines of 512 bits, eight for each block; a key sets three bits of one line (a Bloom
# filter in cache lines: Putze, Sanders and Singler 2007).
LINES, LINE_WORDS = 8, 8
