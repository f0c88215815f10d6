"""The rules of the house that no linter checks: sizes, names, and what a start may load."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.paths import FIXTURES, ROOT

PACKAGE = ROOT / "dedup"
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
MODULE_LINES, FUNCTION_LINES = 400, 60
# Names that do not say what a module is for.
VAGUE = frozenset(
    "state lazy lines names runs dump scan relate taming learned structure marks extra outgoing "
    "keep tail prints ledger utils helpers common misc".split()
)
# What `dedup clean` on a page of HTML has no use for.
NOT_FOR_A_START = (
    *("bs4", "charset_normalizer", "datasketch", "logging", "numba", "opencc", "pyarrow", "scipy"),
    *("redis", "sqlite3", "tempfile", "tomllib", "turbohtml"),
    *("dedup.near", "dedup.page.source.markdown", "dedup.page.source.selectors"),
)


def _source(module: str) -> str:
    return (PACKAGE / module).read_text("utf-8")


def _functions(source: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or 0) - node.lineno + 1


@pytest.mark.parametrize("module", MODULES)
def test_a_module_can_be_read_in_one_sitting(module: str) -> None:
    assert len(_source(module).splitlines()) <= MODULE_LINES


@pytest.mark.parametrize("module", [m for m in MODULES if not m.startswith("kernels/")])
def test_a_function_fits_on_a_screen(module: str) -> None:
    assert not [row for row in _functions(_source(module)) if row[1] > FUNCTION_LINES]


def test_module_names_say_what_they_are_for() -> None:
    vague = [module for module in MODULES if Path(module).stem in VAGUE]
    assert vague == []
    assert [m for m in MODULES if Path(m).stem == "store"] == ["near/index/store.py"]


def test_json_lines_are_parsed_in_one_place() -> None:
    parsing = {module for module in MODULES if "loads(line" in _source(module)}
    # The manifest is the log of a run; no user writes it.
    assert parsing == {"corpus/io/records.py", "corpus/runtime/manifest.py"}


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "pyproject.toml", "Makefile"])
def test_nothing_compiles_at_run_time(name: str) -> None:
    assert "numba" not in (ROOT / name).read_text("utf-8").lower()


def test_no_module_is_compiled_at_run_time() -> None:
    assert not [module for module in MODULES if "import numba" in _source(module)]


def test_cleaning_one_page_loads_only_what_it_needs() -> None:
    page = FIXTURES / "pages" / "en_news_comments" / "source.html"
    code = (
        "import sys; from dedup.cli import main\n"
        f"main(['clean', {str(page)!r}], standalone_mode=False)\n"
        f"print('loaded:', [name for name in {NOT_FOR_A_START} if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert run.stdout.splitlines()[-1] == "loaded: []"
