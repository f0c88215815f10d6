class Ends:
    """A part of `dedup.kernels.markup`'s reader, which has no methods for Python."""

    def __init__(self, html: bytes) -> None: ...
