"""How the kernels are built: every one compiled, every one with a stub that tells all."""

import ast
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

import dedup.kernels

FOLDER = Path(dedup.kernels.__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("name", NAMES)
def test_a_kernel_is_compiled(name: str) -> None:
    module = import_module(f"dedup.kernels.{name}")
    assert module.__file__ is not None
    assert module.__file__.endswith(tuple(EXTENSION_SUFFIXES))


@pytest.mark.parametrize("name", NAMES)
def test_a_stub_names_what_the_kernel_offers_and_says_what_it_takes(name: str) -> None:
    stub = ast.parse((FOLDER / f"{name}.pyi").read_text())
    module = import_module(f"dedup.kernels.{name}")
    functions = [node for node in stub.body if isinstance(node, ast.FunctionDef)]
    classes = [node for node in stub.body if isinstance(node, ast.ClassDef)]
    assert functions or classes or len(ast.get_docstring(stub) or "") > 60
    for node in (*functions, *classes):
        assert hasattr(module, node.name)
        assert len(ast.get_docstring(node) or "") > 60
    assert "from dedup" not in (FOLDER / f"{name}.py").read_text().replace("from dedup.kernels", "")
