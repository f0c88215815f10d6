"""The build backend: setuptools, with the kernels of `dedup.kernels` compiled by Cython.

Every ``.py`` file of ``dedup/kernels`` is one extension module; what all of them need of Cython's
own code stands in one more, `dedup.kernels._shared`. Three environment variables change
how they are compiled:

- ``DEDUP_SANITIZE=1``: bounds checks, AddressSanitizer and UndefinedBehaviorSanitizer
  (``make sanitize``);
- ``DEDUP_CFLAGS``: more flags for the C compiler;
- ``DEDUP_FUZZ=1``: coverage counters for a fuzzer (libFuzzer's ``inline-8bit-counters``).

After a change to a kernel, ``python .build/kernel_build.py build_ext --inplace`` compiles what has
changed.
"""

import gzip
import io
import os
import shlex
import sys
import sysconfig
import tarfile
from collections.abc import Mapping
from pathlib import Path

from setuptools import Extension, setup
from setuptools.build_meta import _BuildMetaBackend
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext
from setuptools.command.sdist import sdist

_KERNELS = Path("dedup/kernels")
_SHARED = "dedup.kernels._shared"  # typed memoryviews: a third of the time and size of each module
# One binary serves CPython 3.11 and later; free-threaded builds have no limited API yet.
_STABLE = not sysconfig.get_config_var("Py_GIL_DISABLED")
_OLDEST = 0x030B0000
_SANITIZE = os.environ.get("DEDUP_SANITIZE") == "1"
_FUZZ = os.environ.get("DEDUP_FUZZ") == "1"


def _flags(compiler: str) -> tuple[list[str], list[str]]:
    """Flags for compiling and linking. Contracted multiplications would change the bits."""
    if compiler == "msvc":
        return ["/O2", "/fp:precise"], []
    compile_flags = ["-O3", "-ffp-contract=off", "-fno-strict-aliasing", "-Wno-unused-function"]
    link_flags: list[str] = []
    if not (_SANITIZE or _FUZZ):
        compile_flags.append("-g0")
    if _SANITIZE:
        compile_flags += ["-O1", "-g", "-fno-omit-frame-pointer", "-fsanitize=address,undefined"]
        compile_flags += ["-fno-sanitize-recover=undefined"]
        link_flags += ["-fsanitize=address,undefined"]
    if _FUZZ:
        compile_flags += ["-fsanitize-coverage=inline-8bit-counters,pc-table,trace-cmp"]
    return compile_flags + shlex.split(os.environ.get("DEDUP_CFLAGS", "")), link_flags


def _kernels() -> list[Extension]:
    macros: list[tuple[str, str | None]] = []
    if _STABLE:
        macros.append(("Py_LIMITED_API", hex(_OLDEST)))
    sources = {
        f"dedup.kernels.{path.stem}": path
        for path in sorted(_KERNELS.glob("*.py"))
        if path.stem != "__init__"
    }
    sources[_SHARED] = Path("build", "_shared.c")  # written by Cython
    return [
        Extension(name, [str(path)], define_macros=macros, py_limited_api=_STABLE)
        for name, path in sources.items()
    ]


def _translated(kernels: list[Extension]) -> list[Extension]:
    from Cython.Build import cythonize

    directives = {
        "language_level": 3,
        "boundscheck": _SANITIZE,
        "wraparound": False,
        "initializedcheck": False,
        "cdivision": True,
        "embedsignature": True,
        "freethreading_compatible": True,
    }
    Path("build").mkdir(exist_ok=True)
    translated: list[Extension] = cythonize(
        kernels,
        shared_utility_qualified_name=_SHARED,
        compiler_directives=directives,
        build_dir="build/cython-sanitized" if _SANITIZE else "build/cython",
        quiet=True,
    )
    return translated


class BuildKernels(build_ext):
    """Compile the kernels, and say what to install where that cannot be done."""

    def finalize_options(self) -> None:
        """Translate the kernels to C."""
        self.distribution.ext_modules = _translated(self.distribution.ext_modules)
        super().finalize_options()
        self.parallel = self.parallel or os.cpu_count()

    def build_extensions(self) -> None:
        """Compile with our flags."""
        header = Path(sysconfig.get_path("include")) / "Python.h"
        if not header.exists():
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            raise SystemExit(
                f"dedup is compiled when it is installed, and Python's headers are missing"
                f" ({header}): install them (Debian and Ubuntu: apt-get install python3-dev;"
                f" Fedora: dnf install python3-devel) for Python {version}."
            )
        compile_flags, link_flags = _flags(self.compiler.compiler_type)
        for extension in self.extensions:
            extension.extra_compile_args = compile_flags
            extension.extra_link_args = link_flags
        try:
            super().build_extensions()
        except Exception as error:
            command = getattr(self.compiler, "compiler_cxx", None) or ["cc"]
            if type(error).__name__ not in ("CompileError", "ExecError", "PlatformError"):
                raise
            if _runs(str(command[0])):
                raise
            raise SystemExit(
                "dedup is compiled when it is installed, and no C compiler was found: install one"
                " (Debian and Ubuntu: apt-get install gcc libc6-dev; Fedora: dnf install gcc;"
                " macOS: xcode-select --install; Windows: the Build Tools for Visual Studio)."
            ) from error


def _runs(command: str) -> bool:
    """Whether a compiler can be started."""
    from shutil import which

    return which(command) is not None


class StableWheel(bdist_wheel):
    """One wheel for all versions of CPython that share the limited API."""

    def finalize_options(self) -> None:
        """Set the tag."""
        if _STABLE:
            self.py_limited_api = "cp311"
        super().finalize_options()


class WholeSource(sdist):
    """A source distribution that can run the tests and the benchmarks."""

    _PARTS = (".build", "dedup", "fixtures", "benchmarks", "tests", "docs")
    _FILES = ("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md")

    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        """Take every file of the project's folders."""
        left_out = ("__pycache__", ".so", ".pyd", ".pyc")
        parts = [path for part in self._PARTS for path in sorted(Path(part).rglob("*"))]
        more = [str(p) for p in parts if p.is_file() and not any(w in str(p) for w in left_out)]
        super().make_release_tree(base_dir, sorted({*files, *more, *self._FILES}))


class _Backend(_BuildMetaBackend):
    """Setuptools' backend, told of the kernels where others have a ``setup.py``."""

    def run_setup(self, setup_script: str = "setup.py") -> None:
        """Run setuptools with our extension modules and commands."""
        setup(
            ext_modules=_kernels(),
            cmdclass={"build_ext": BuildKernels, "bdist_wheel": StableWheel, "sdist": WholeSource},
        )


def build_sdist(
    sdist_directory: str, config_settings: Mapping[str, str | list[str] | None] | None = None
) -> str:
    """Build the source distribution: the same bytes from the same files, anywhere and any day."""
    name: str = _backend.build_sdist(sdist_directory, config_settings)
    path = Path(sdist_directory, name)
    path.write_bytes(_reproducible(path.read_bytes()))
    return name


def _reproducible(archive: bytes) -> bytes:
    """A tar.gz with its members sorted, and without times, owners and the umask."""
    when = int(os.environ.get("SOURCE_DATE_EPOCH", "315532800"))  # 1980, the first that zip knows
    tar = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(archive)) as source,
        tarfile.open(fileobj=tar, mode="w", format=tarfile.PAX_FORMAT) as made,
    ):
        for member in sorted(source.getmembers(), key=lambda member: member.name):
            member.mtime, member.uid, member.gid = when, 0, 0
            member.uname = member.gname = ""
            member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            member.pax_headers = {}
            made.addfile(member, source.extractfile(member) if member.isfile() else None)
    return gzip.compress(tar.getvalue(), 9, mtime=when)


_backend = _Backend()
build_editable = _backend.build_editable
build_wheel = _backend.build_wheel
get_requires_for_build_editable = _backend.get_requires_for_build_editable
get_requires_for_build_sdist = _backend.get_requires_for_build_sdist
get_requires_for_build_wheel = _backend.get_requires_for_build_wheel
prepare_metadata_for_build_editable = _backend.prepare_metadata_for_build_editable
prepare_metadata_for_build_wheel = _backend.prepare_metadata_for_build_wheel

if __name__ == "__main__":  # python .build/kernel_build.py build_ext --inplace
    _backend.run_setup()
