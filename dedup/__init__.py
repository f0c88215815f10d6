"""Near-duplicate and boilerplate detection for web pages and corpora.

The names below are loaded when first used, so that ``import dedup`` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dedup.columns import Texts
    from dedup.config import (
        CorpusSettings,
        IndexSettings,
        KeySettings,
        NearSettings,
        PageSettings,
        Settings,
        TemplateSettings,
        TextSettings,
    )
    from dedup.corpus.pages import clean_file, clean_many
    from dedup.corpus.run import run
    from dedup.corpus.tables import clean_table, find_duplicates
    from dedup.corpus.templates.learn import Templates
    from dedup.errors import DedupError, InputError, SettingsError
    from dedup.model import (
        Block,
        Cluster,
        Label,
        LabelledBlock,
        Match,
        Page,
        PageType,
        Passage,
        Place,
        Relation,
        Seen,
        Span,
    )
    from dedup.near.compare import compare
    from dedup.near.contamination import Contamination, Overlap, find_contamination
    from dedup.near.index import Index
    from dedup.near.passages import find_passages
    from dedup.near.repeated import Passages, RepeatedPassage
    from dedup.near.results import Clusters
    from dedup.page.classify.site_rules import rules_of_toml
    from dedup.page.given import clean
    from dedup.text.sketch import Sketch

__version__ = "0.1.0"

_HOME = {
    "Block": "model",
    "Contamination": "near.contamination",
    "Cluster": "model",
    "Clusters": "near.results",
    "CorpusSettings": "config",
    "DedupError": "errors",
    "Index": "near.index",
    "IndexSettings": "config",
    "InputError": "errors",
    "KeySettings": "config",
    "Label": "model",
    "LabelledBlock": "model",
    "Match": "model",
    "NearSettings": "config",
    "Overlap": "near.contamination",
    "Page": "model",
    "PageSettings": "config",
    "PageType": "model",
    "Passage": "model",
    "Passages": "near.repeated",
    "Place": "model",
    "Relation": "model",
    "RepeatedPassage": "near.repeated",
    "Seen": "model",
    "Settings": "config",
    "SettingsError": "errors",
    "Sketch": "text.sketch",
    "Span": "model",
    "TemplateSettings": "config",
    "Templates": "corpus.templates.learn",
    "TextSettings": "config",
    "Texts": "columns",
    "clean": "page.given",
    "clean_file": "corpus.pages",
    "clean_many": "corpus.pages",
    "clean_table": "corpus.tables",
    "compare": "near.compare",
    "find_contamination": "near.contamination",
    "find_duplicates": "corpus.tables",
    "find_passages": "near.passages",
    "rules_of_toml": "page.classify.site_rules",
    "run": "corpus.run",
}

__all__ = [
    "Block",
    "Cluster",
    "Clusters",
    "Contamination",
    "CorpusSettings",
    "DedupError",
    "Index",
    "IndexSettings",
    "InputError",
    "KeySettings",
    "Label",
    "LabelledBlock",
    "Match",
    "NearSettings",
    "Overlap",
    "Page",
    "PageSettings",
    "PageType",
    "Passage",
    "Passages",
    "Place",
    "Relation",
    "RepeatedPassage",
    "Seen",
    "Settings",
    "SettingsError",
    "Sketch",
    "Span",
    "TemplateSettings",
    "Templates",
    "TextSettings",
    "Texts",
    "clean",
    "clean_file",
    "clean_many",
    "clean_table",
    "compare",
    "find_contamination",
    "find_duplicates",
    "find_passages",
    "rules_of_toml",
    "run",
]


def __getattr__(name: str) -> Any:
    """Load a public name from the module that defines it."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
