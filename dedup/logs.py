"""What the library tells while it works: loggers below ``dedup``, silent unless somebody listens.

One logger a room: ``dedup.corpus`` (INFO: stages that begin and end, runs that are resumed, records
that were set aside) and ``dedup.near`` (WARNING: merging of an index that is put off). To see them:

    import logging
    logging.basicConfig()
    logging.getLogger("dedup").setLevel(logging.INFO)
"""

import logging


def logger_of(room: str) -> logging.Logger:
    """The logger of a room.

    >>> logger_of("corpus").name
    'dedup.corpus'
    """
    above = logging.getLogger("dedup")
    if not above.handlers:  # or Python would print warnings where no one has asked for them
        above.addHandler(logging.NullHandler())
    return above.getChild(room)
