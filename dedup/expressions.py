"""Regular expressions that are compiled when they are first used: most pages need few of them."""

import re
from typing import Any, AnyStr, cast

_METHODS = ("search", "match", "fullmatch", "findall", "finditer", "split", "sub", "subn")


class _Expression:
    def __init__(self, source: Any, flags: int) -> None:
        self._arguments = source, flags

    def __getattr__(self, name: str) -> Any:
        """Compile; the methods become the object's own, so that this runs once."""
        if name.startswith("_"):
            raise AttributeError(name)
        compiled = re.compile(*self._arguments)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def expression(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` gives, at the first use of a method; errors in ``source`` come then too.

    >>> expression("[0-9]+").findall("3 of 12")
    ['3', '12']
    """
    return cast("re.Pattern[AnyStr]", _Expression(source, flags))
