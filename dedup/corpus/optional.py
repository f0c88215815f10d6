"""Packages of the extra ``corpus``, imported when first needed."""

from importlib import import_module
from typing import Any

from dedup.errors import MissingExtraError


def require(module: str, package: str | None = None) -> Any:
    """Import a module that the extra ``corpus`` brings.

    Args:
        module: what to import, as ``pyarrow.parquet``.
        package: the package to name where it is missing; the module's first part by default.

    Raises:
        MissingExtraError: if it is not installed; the message says how to install it.

    >>> require("no_such_module.part")
    Traceback (most recent call last):
    ...
    dedup.errors.MissingExtraError: this needs no_such_module: pip install 'dedup-web[corpus]'
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtraError(package or module.partition(".")[0], "corpus") from error
