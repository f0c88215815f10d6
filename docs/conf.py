"""The site: `make docs` builds it into build/docs, and fails on any warning."""

from docutils import nodes
from sphinx.addnodes import pending_xref

import dedup

project = "dedup"
author = "The dedup developers"
project_copyright = "the dedup developers"
version = release = dedup.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
]
myst_enable_extensions = ["colon_fence", "attrs_block"]
myst_heading_anchors = 3
suppress_warnings = ["myst.strikethrough"]

# In docstrings `dedup.clean` is a link where there is such an object, and code where there is none.
default_role = "object_or_code"
autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_class_signature = "mixed"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False

html_theme = "furo"
html_title = "dedup"
html_static_path = ["static"]
html_css_files = ["dedup.css"]
html_copy_source = False
html_theme_options = {"navigation_with_keys": True}
copybutton_prompt_text = r"\$ |>>> |\.\.\. "
copybutton_prompt_is_regexp = True
copybutton_here_doc_delimiter = "END"
copybutton_line_continuation_character = "\\"


def _object_or_code(name, rawtext, text, lineno, inliner, options=None, content=None):
    """A link to the object of this name if the site has one, else code; never a warning."""
    node = pending_xref(
        rawtext,
        nodes.literal(text, text, classes=["xref", "py", "py-obj"]),
        refdomain="py",
        reftype="obj",
        reftarget=text,
        refexplicit=False,
        refwarn=False,
        refdoc=inliner.document.settings.env.docname,
    )
    return [node], []


def setup(app):
    """What this site adds to Sphinx."""
    app.add_role("object_or_code", _object_or_code)
