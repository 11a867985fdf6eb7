"""HTML: headings, paragraphs, lists, tables, code and definition lists by selectolax (the Lexbor engine).

Navigation, scripts and forms are left out. A definition list gives terms with their full name, as in the documentation
that Sphinx writes (``dt`` with the id ``json.dumps``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from calibrant.builder.documents.document import ENTRY, Document, Inline, Text
from calibrant.builder.documents.encoding import Unreadable, decode

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

__all__ = ["read_html"]

_LEFT_OUT = frozenset(
    "script style nav footer form noscript template svg iframe button select textarea head aside object".split()
)
_LEFT_OUT_CLASSES = frozenset(
    ("headerlink", "sphinxsidebar", "related", "footer", "viewcode-link", "mobile-nav", "contents", "toctree-wrapper")
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LITERAL = frozenset("code tt kbd samp var em".split())
_BLOCKS = frozenset(
    "p div section article main ul ol li dl dt dd table tr td th pre blockquote figure figcaption body html details "
    "summary header hr address fieldset tbody thead tfoot caption center".split()
)
_DEEPEST = 400
"""Levels of nesting that are followed; deeper ones only malice writes."""


def read_html(content: bytes, path: str) -> Document:
    """A page as a document.

    Raises:
        Unreadable: it is no text.
    """
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(decode(content))
    named = tree.css_first("title")
    title = " ".join(named.text().split()) if named is not None else None
    root = _main(tree)
    if root is None:
        raise Unreadable("holds no text")
    reader = _Reader()
    reader.read(root, 0)
    reader.flush()
    return reader.text.document(path, title or None)


def _main(tree: Any) -> LexborNode | None:
    """The part that holds the content, where the page marks just one; else its body."""
    for selector in ("main", "[role=main]", "article"):
        found = tree.css(selector)
        if len(found) == 1:
            return found[0]  # type: ignore[no-any-return]
    return tree.body  # type: ignore[no-any-return]


class _Reader:
    """Walks the tree and puts the text together."""

    def __init__(self) -> None:
        self.text = Text()
        self._words = Inline()
        self._kinds: list[str] = ["text"]
        self._terms = 0
        self._kind_of_terms: list[str | None] = []
        self._last_term: str | None = None

    def flush(self) -> None:
        """End the block under way."""
        self.text.block(self._words, self._kinds[-1])
        self._words.clear()

    def read(self, node: LexborNode, depth: int, *, literal: bool = False) -> None:
        """Read everything inside a node."""
        child = node.child
        while child is not None:
            self._one(child, depth + 1, literal)
            child = child.next

    def _one(self, node: LexborNode, depth: int, literal: bool) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self._words.add(node.text_content or "", literal=literal)
        elif tag.startswith(("-", "!", "_")) or tag in _LEFT_OUT or depth > _DEEPEST or _is_left_out(node):
            return
        elif tag in _HEADINGS:
            self.flush()
            words = self._inside(node, depth)
            words.text = words.text.rstrip().removesuffix("¶")
            self.text.heading(words, _HEADINGS[tag])
        elif tag == "pre":
            self.flush()
            self.text.block((node.text() or "").strip("\n"), "code")
        elif tag == "dl":
            self._definitions(node, depth)
        elif tag == "dt":
            self._term(node, depth)
        elif tag in ("li", "tr", "dd"):
            kind = {"li": "item", "tr": "table", "dd": "text"}[tag]
            self._kinds.append("head" if tag == "tr" and _is_head(node) else kind)
            self._block(node, depth)
            self._kinds.pop()
        elif tag in ("td", "th"):
            if self._words.text:
                self._words.add(" | ")
            self.read(node, depth)
        elif tag == "br":
            self._words.add(" ")
        elif tag in _BLOCKS:
            self._block(node, depth)
        else:
            self.read(node, depth, literal=literal or tag in _LITERAL)

    def _block(self, node: LexborNode, depth: int) -> None:
        in_row = self._kinds[-1] in ("table", "head") and node.tag != "tr"
        if not in_row:
            self.flush()
        self.read(node, depth)
        if not in_row:
            self.flush()

    def _definitions(self, node: LexborNode, depth: int) -> None:
        self.flush()
        classes = set((node.attributes.get("class") or "").split()) - {"py", "std", "c", "simple", "js", "cpp"}
        self._kind_of_terms.append(next(iter(sorted(classes)), None))
        self._terms += 1
        self.read(node, depth)
        self.flush()
        self.text.close(self.text.under(self._terms - 1))
        self._terms -= 1
        self._kind_of_terms.pop()

    def _term(self, node: LexborNode, depth: int) -> None:
        self.flush()
        words = self._inside(node, depth)
        shown = words.text.strip().removesuffix("¶").strip()
        kind = self._kind_of_terms[-1] if self._kind_of_terms else None
        full = shown if kind == "glossary" else self._full_name(shown, node.attributes.get("id") or "")
        level = self.text.under(self._terms - 1)
        self.text.close(level)
        plain = full is None and self._terms > 0 and kind in (None, "variablelist")
        self.text.heading(words, level, term=full, kind=ENTRY if plain else kind)

    def _full_name(self, shown: str, identity: str) -> str | None:
        """The full name of what a signature defines, by its id; a second signature of a term has the first one's."""
        dotted = shown.split("(")[0].split(" ")[-1].strip("@")
        bare = dotted.split(".")[-1]
        identity = identity.removeprefix("c.")  # Sphinx's mark of names of C
        if bare and (identity == bare or identity.endswith(f".{bare}")):
            if "." in dotted and not f".{identity}".endswith(f".{dotted}"):
                identity = dotted  # the page shows another name than its anchor has
            self._last_term = identity
            return identity
        last = self._last_term
        return last if bare and not identity and last is not None and last.split(".")[-1] == bare else None

    def _inside(self, node: LexborNode, depth: int) -> Inline:
        """The words of a node as one line."""
        before, self._words = self._words, Inline()
        self.read(node, depth)
        found, self._words = self._words, before
        return found


def _is_left_out(node: LexborNode) -> bool:
    attributes = node.attributes
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    classes = attributes.get("class")
    return classes is not None and not _LEFT_OUT_CLASSES.isdisjoint(classes.split())


def _is_head(row: LexborNode) -> bool:
    """Whether a row of a table holds only names of columns."""
    cells, child = [], row.child
    while child is not None:
        cells.append(child.tag)
        child = child.next
    return "th" in cells and "td" not in cells
