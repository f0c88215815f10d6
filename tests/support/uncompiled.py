"""The kernels as plain Python, slow and safe: an oracle for the compiled ones."""

import importlib.util
from pathlib import Path
from types import ModuleType

import dedup.kernels


def uncompiled(name: str) -> ModuleType:
    """Load a kernel's source under Cython's pure Python stand-ins."""
    path = Path(dedup.kernels.__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"uncompiled_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
