"""A cleaned page as HTML for people who write rules: every block with label, score and reason."""

from dedup.forms import block_record
from dedup.model import Page
from dedup.report.blocks import block_controls, block_list, told_of
from dedup.report.markup import document, element, link, number


def view(page: Page, name: str = "") -> str:
    """A page's blocks coloured by label, each with score, reason and the elements around it.

    Args:
        page: a cleaned page.
        name: what it is called where it has neither title nor address.

    Returns:
        A whole file of HTML, which loads nothing.

    >>> from dedup import clean
    >>> made = view(clean("<nav>Home</nav><p>The old mill by the river is a school now, I hear."))
    >>> made.count('<li class="block')
    2
    """
    blocks = [{**block_record(block), "path": block.block.path} for block in page.blocks]
    title = page.title or name or "A page"
    facts = {
        "Kind": page.kind.value,
        "Type": f"{page.type.value} ({page.type_probability:.2f})",
        "Confidence": f"{page.confidence:.2f}",
        "Blocks": told_of(blocks),
        "Text": f"{number(len(page.text))} characters",
    }
    body = [
        element(
            "header",
            element("h1", element("bdi", title)),
            element("p", link(page.url)) if page.url else None,
            element(
                "dl",
                ((element("dt", k), element("dd", v)) for k, v in facts.items()),
                class_="facts",
            ),
        ),
        element(
            "main",
            block_controls(block["label"] for block in blocks),
            block_list(blocks) if blocks else element("p", "The page holds no blocks."),
            id="main",
        ),
    ]
    return document(title, body)
