"""A page that stands there twice is asked about once; pages of one form that name other things stay apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from calibrant.builder.documents import Corpus, DocumentOptions, build_from_corpus
from calibrant.builder.documents.copies import copied_chunks
from calibrant.builder.documents.markdown import read_markdown
from calibrant.builder.documents.plain import read_plain

PAGE = (
    "# Lind Works\n\nLind Works was founded in 1850 by Otto Lind. The mill grinds the grain of the whole valley, and "
    "its wheel is driven by the water of the river all the year round.\n"
)
LICENCE = "This text may be copied and changed by everybody as long as the names of its authors are kept with it."


def corpus_of(*texts: str) -> Corpus:
    return Corpus.of([read_markdown(text.encode(), f"{number}.md") for number, text in enumerate(texts)])


def test_the_same_page_twice_is_a_copy_and_its_questions_are_counted_as_repeated() -> None:
    same = corpus_of(PAGE, PAGE)
    built = build_from_corpus(same, DocumentOptions())
    assert built.counts["repeated"] == 2
    assert {item.source.document for item in built.items if item.source} == {"0.md"}
    assert built.facts["chunks_repeated"] == 1
    assert {one.reason for one in built.dropped} == {"its piece says nothing that 0.md#1 does not say"}


def test_it_can_be_switched_off() -> None:
    built = build_from_corpus(corpus_of(PAGE, PAGE), DocumentOptions(only=("repeated",)))
    left = build_from_corpus(corpus_of(PAGE, PAGE), DocumentOptions(skip=("repeated", "distinct", "unique")))
    assert (len(built.items), len(left.items)) == (2, 4)


def test_a_page_of_the_same_form_about_something_else_is_no_copy() -> None:
    other = PAGE.replace("1850", "1851")
    assert corpus_of(PAGE, other).copied_chunks == {}
    assert corpus_of(PAGE, PAGE.replace("Lind Works", "Kranz Mills")).copied_chunks == {}


def test_a_contradiction_inside_a_near_copy_is_still_seen() -> None:
    built = build_from_corpus(corpus_of(PAGE, PAGE.replace("1850", "1851")), DocumentOptions())
    assert not [item for item in built.items if "In which year" in item.question.text]


def test_a_paragraph_in_every_document_is_known_but_not_the_same_words_under_another_heading() -> None:
    corpus = corpus_of(f"# A\n\nAda lives here.\n\n{LICENCE}\n", f"# B\n\nOtto lives here.\n\n{LICENCE}\n")
    assert list(corpus.copied_blocks.values()) == ["0.md"]
    apart = corpus_of(f"# A\n\n## `f()`\n\n{LICENCE}\n", f"# B\n\n## `g()`\n\n{LICENCE}\n")
    assert apart.copied_blocks == {}


@given(st.lists(st.text(alphabet="ab c.\n", max_size=200), max_size=6))
def test_a_piece_is_never_a_copy_of_a_copy_or_of_a_later_one(texts: list[str]) -> None:
    corpus = Corpus.of([read_plain(text.encode(), f"{number}.txt") for number, text in enumerate(texts)])
    chunks = corpus.chunks
    place = {chunk.name: number for number, chunk in enumerate(chunks)}
    copies = copied_chunks(chunks)
    assert all(place[original] < place[copy] and original not in copies for copy, original in copies.items())
