import numpy as np
import numpy.typing as npt

# What an element does to text, and what else may be known of it: see the module's docstring.
ROLES: tuple[str, ...]
FLAGS: tuple[str, ...]
SLOTS: int
# The known elements, the empty string (any other) first, and the number of each.
TAGS: tuple[str, ...]
NUMBER: dict[str, int]
# The bit of each flag.
BIT: dict[str, int]
# Labels, as `dedup.model.Label` has them, of content and of boilerplate in an element.
CONTENT_LABEL: dict[str, str]
BOILERPLATE_LABEL: dict[str, str]
# By number of tag (256): bits of its flags, place of its role in ROLES.
flags_of: npt.NDArray[np.uint32]
roles_of: npt.NDArray[np.uint8]
# Hash table of names with open addresses (SLOTS): hash, 0 where empty, and number of the tag.
keys: npt.NDArray[np.uint64]
values: npt.NDArray[np.uint8]

def name_hash(name: str) -> int:
    """FNV-1a of 64 bits of the UTF-8 of a name, which the table of names is entered with."""
