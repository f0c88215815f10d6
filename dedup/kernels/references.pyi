def unescape(text: bytes, attribute: bool) -> bytes:
    """UTF-8 text with its character references read.

    Args:
        text: UTF-8, read only while the call runs.
        attribute: the text is the value of an attribute, where ``&copy=`` is no reference.
    """
