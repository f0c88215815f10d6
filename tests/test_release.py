"""What a release needs: one version, a changelog that tells of it, the same source each time."""

import gzip
import importlib.util
import io
import re
import tarfile
import tomllib
from types import ModuleType

import pytest

import dedup
from tests.paths import ROOT

CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
HEADING = re.compile(r"^## \[(.+?)\](?: - (\d{4}-\d\d-\d\d))?$", re.MULTILINE)


def test_the_version_stands_in_one_place() -> None:
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert PROJECT["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "dedup.__version__"}
    assert re.fullmatch(r"\d+\.\d+\.\d+(?:(?:a|b|rc|\.dev)\d+)?", dedup.__version__)
    found = [
        path.relative_to(ROOT).as_posix()
        for path in (*(ROOT / "dedup").rglob("*.py"), ROOT / "pyproject.toml")
        if f'"{dedup.__version__}"' in path.read_text("utf-8")
    ]
    assert found == ["dedup/__init__.py"]


def test_the_changelog_tells_of_what_is_not_released_and_dates_what_is() -> None:
    headings = HEADING.findall(CHANGELOG)
    assert headings[0] == ("Unreleased", "")
    assert all(date for _, date in headings[1:])
    versions = [tuple(map(int, re.findall(r"\d+", name)[:3])) for name, _ in headings[1:]]
    assert versions == sorted(versions, reverse=True)
    assert [name for name, _ in headings].count(dedup.__version__) <= 1
    assert re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE)
    known = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Known limits"}
    assert set(re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE)) <= known


def _backend() -> ModuleType:
    spec = importlib.util.spec_from_file_location("kernel_build", ROOT / ".build/kernel_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _archive(names: list[str], time: int, owner: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.uname = len(name), time, owner
            tar.addfile(member, io.BytesIO(name.encode()))
    return gzip.compress(out.getvalue(), mtime=time)


def test_the_source_distribution_is_the_same_anywhere_and_any_day() -> None:
    pytest.importorskip("setuptools")
    made = [
        _backend()._reproducible(_archive(names, time, owner))
        for names, time, owner in ((["a", "b"], 1, "ann"), (["b", "a"], 2_000_000_000, "bob"))
    ]
    assert made[0] == made[1]
    with tarfile.open(fileobj=io.BytesIO(made[0])) as tar:
        assert tar.getnames() == ["a", "b"]
        member = tar.extractfile("b")
        assert member is not None
        assert member.read() == b"b"
