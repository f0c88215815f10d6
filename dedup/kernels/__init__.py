"""The compiled loops, one operation a file, and nothing else.

Each kernel is an ordinary Python file in Cython's pure Python mode, compiled when the package is
built; the ``.pyi`` file beside it is its typed face. A kernel takes and returns arrays, holds no
Python object in a loop, releases the GIL, and imports nothing from the rest of the package.
"""
