"""Documents of every kind become text with exact places; what cannot be used is left out with its reason."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from calibrant.builder.documents import build_from_documents, read_corpus, read_document
from calibrant.builder.documents.document import Document
from calibrant.builder.documents.encoding import Unreadable, decode
from calibrant.builder.documents.language import language_of
from calibrant.builder.documents.plain import read_plain
from calibrant.builder.documents.sentences import sentences
from calibrant.errors import InputError
from tests.builder.documents.almanac import pdf_of

TEXT = "Anna Kranz was born in Jena. She moved later."


def html() -> bytes:
    return (
        b"<html><head><title>The page</title><script>var x = 'Not text.';</script></head><body><nav>Home</nav><main>"
        b"<h1>Towns</h1><h2>Jena</h2><p>Anna <b>Kranz</b> was born in Jena. She\n  moved later.</p>"
        b"<ul><li>First entry.</li><li>Second entry.</li></ul><p hidden>Unseen.</p>"
        b"<table><tr><th>Name</th><td>Anna</td></tr></table><pre>a  =  1\n  b</pre></main></body></html>"
    )


def docx() -> bytes:
    import docx as word

    document = word.Document()
    document.add_heading("Towns", level=1)
    document.add_heading("Jena", level=2)
    document.add_paragraph(TEXT)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Name", "Anna"
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


KINDS = {
    "a.md": b"---\ntitle: The page\n---\n"
    b"# Towns\n\n## Jena\n\nAnna **Kranz** was born in\n[Jena](x.md). She moved later.\n",
    "a.txt": b"Towns\n=====\n\nJena\n----\n\nAnna Kranz was born in\nJena. She moved later.\n",
    "a.html": html(),
    "a.docx": docx(),
    "a.pdf": pdf_of([("Heading1", "Towns"), ("Heading2", "Jena"), ("BodyText", TEXT)]),
}


def read(folder: Path, name: str, content: bytes) -> Document:
    path = folder / name
    path.write_bytes(content)
    return read_document(path)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_gives_the_same_sentence_under_the_same_headings(tmp_path: Path, name: str) -> None:
    document = read(tmp_path, name, KINDS[name])
    found = next(one for one in sentences(document) if one.text == "Anna Kranz was born in Jena.")
    assert document.text[found.start : found.end] == found.text
    assert [heading.title for heading in document.headings_at(found.start)] == ["Towns", "Jena"]


@pytest.mark.parametrize("name", KINDS)
def test_headings_and_blocks_point_at_what_they_say(tmp_path: Path, name: str) -> None:
    document = read(tmp_path, name, KINDS[name])
    assert document.headings
    for heading in document.headings:
        assert document.text[heading.start :].startswith(heading.title)
    covered = " ".join(document.text[block.start : block.end] for block in document.blocks)
    assert covered.split() == document.text.split()


def test_html_leaves_out_what_is_no_content_and_keeps_code_as_it_stands(tmp_path: Path) -> None:
    document = read(tmp_path, "a.html", html())
    assert "Not text" not in document.text
    assert "Home" not in document.text
    assert "Unseen" not in document.text
    assert "a  =  1\n  b" in document.text
    assert "Name | Anna" in document.text
    assert document.title == "The page"


def test_terms_of_a_definition_list_carry_their_full_name_and_end_where_their_description_ends(tmp_path: Path) -> None:
    page = (
        '<main><h1>json</h1><dl class="py class"><dt id="json.Encoder">class json.Encoder</dt><dd><p>Encodes.</p>'
        '<dl class="py method"><dt id="json.Encoder.encode">encode(o)</dt><dd><p>Does it.</p></dd></dl>'
        "<p>New in version 3.1.</p></dd></dl></main>"
    )
    document = read(tmp_path, "a.html", page.encode())
    place = document.text.index("New in version")
    assert document.headings_at(place)[-1].term == "json.Encoder"
    assert document.headings_at(document.text.index("Does it"))[-1].term == "json.Encoder.encode"


def test_a_line_at_the_foot_of_every_page_of_a_pdf_is_left_out_and_paragraphs_are_whole(tmp_path: Path) -> None:
    paragraph = "The long road from Jena to Naumburg was built in 1850 by Otto Lind and his many helpers. " * 4
    document = read(tmp_path, "a.pdf", pdf_of([("BodyText", paragraph)] * 12))
    assert "page 1" not in document.text
    assert document.text.count("Otto Lind and his many helpers.") == 48
    assert "\n" not in document.text[document.blocks[0].start : document.blocks[0].end]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_in_whatever_encoding_it_comes(tmp_path: Path, encoding: str) -> None:
    said = "Die Brücke in Jena wurde größer, sagte Frau Müller; für Bürger war das schön und nützlich."
    assert read(tmp_path, "a.txt", said.encode(encoding)).text == said


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("locked.pdf", pdf_of([("BodyText", TEXT)], password="x"), "is encrypted; save it without a password"),
        ("scan.pdf", pdf_of([("BodyText", "")]), "holds no text: scanned pages need text recognition (OCR) first"),
        ("broken.pdf", b"%PDF-1.7 broken", "is no PDF that can be read"),
        ("broken.docx", b"PK\x03\x04 broken", "is no Word document that can be read (BadZipFile)"),
        (
            "old.docx",
            b"\xd0\xcf\x11\xe0" + b"0" * 600,
            "is encrypted, or of an old Word; save it as .docx without a password",
        ),
        ("empty.md", b" \n", "is empty"),
        ("bare.md", b"# A title alone\n", "holds no text"),
        ("binary.txt", b"\x00\x01\x02\x03", "is binary, not text"),
        ("picture.png", b"\x89PNG", "'.png' is no kind of document that is read"),
    ],
)
def test_what_cannot_be_used_says_why(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / "good.md").write_text(TEXT)
    (tmp_path / name).write_bytes(content)
    corpus, skipped = read_corpus([str(tmp_path)])
    assert list(corpus.documents) == ["good.md"]
    assert skipped == {name: reason}


def test_folders_are_read_once_without_hidden_files_and_without_going_in_circles(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "a.md").write_text(TEXT)
    (tmp_path / ".secret.md").write_text(TEXT)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "b.md").write_text(TEXT)
    (inner / "loop").symlink_to(tmp_path)
    (tmp_path / "again.md").symlink_to(inner / "a.md")
    (tmp_path / "dangling.md").symlink_to(tmp_path / "gone.md")
    corpus, skipped = read_corpus([str(tmp_path)])
    assert len(corpus.documents) == 1
    assert skipped == {
        ".git/": "is hidden",
        ".secret.md": "is hidden",
        "inner/loop/": "is a link to a folder that is read already",
        "dangling.md": "is a link to nothing",
    }


def test_files_above_the_size_are_left_out_and_patterns_are_followed(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(TEXT)
    (tmp_path / "b.md").write_text(TEXT * 50)
    corpus, skipped = read_corpus([str(tmp_path / "**" / "*.md")], most_mb=0.001)
    assert list(corpus.documents) == ["a.md"]
    assert skipped == {"b.md": "has 0 MB, more than 0.001 MB (--max-size)"}


def test_nothing_to_read_is_an_error_that_says_what_was_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no document that can be read"):
        read_corpus([str(tmp_path)])
    (tmp_path / "a.png").write_bytes(b"x")
    with pytest.raises(InputError, match=r"a\.png '\.png' is no kind"):
        read_corpus([str(tmp_path)])
    with pytest.raises(InputError, match="no such file"):
        read_corpus([str(tmp_path / "absent.md")])
    with pytest.raises(InputError, match="fits no file"):
        read_corpus([str(tmp_path / "*.pdf")])


def test_a_library_that_is_not_installed_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.pdf").write_bytes(KINDS["a.pdf"])
    monkeypatch.setitem(__import__("sys").modules, "pypdfium2", None)
    with pytest.raises(InputError, match=r"pip install 'calibrant\[documents\]'"):
        read_corpus([str(tmp_path)])


def test_a_docx_that_unpacks_to_too_much_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calibrant.builder.documents.docx._MOST_UNPACKED", 1000)
    (tmp_path / "a.docx").write_bytes(KINDS["a.docx"])
    with pytest.raises(Unreadable, match="unpacks to more than"):
        read_document(tmp_path / "a.docx")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The town lies on the river, and it is known for the bread that is baked in it.", "en"),
        ("Die Stadt liegt an der Saale und ist nicht die größte, auch wenn das Schloss weit zu sehen ist.", "de"),
        ("La ville est sur la rive du fleuve et les maisons ne sont pas grandes, mais elles sont belles.", "fr"),
        ("La ciudad está en la orilla del río y las casas no son grandes, pero son muy bonitas.", "es"),
        ("東京は日本の首都です。人口がとても多いです。", "ja"),
        ("北京是中国的首都，人口很多，历史很长。", "zh"),
        ("Москва является столицей России и самым крупным городом страны.", "ru"),
        ("json.dumps json.loads os.path", None),
    ],
)
def test_a_language_is_told_by_its_commonest_words_or_its_script(text: str, code: str | None) -> None:
    assert language_of(read_plain(text.encode(), "a.txt")) == code


def test_documents_in_another_language_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Lind Works was founded in 1850 and Lind Works is known in the whole of the land.")
    (tmp_path / "b.txt").write_text(
        "Die Stadt liegt an der Saale und ist nicht die größte, auch wenn sie es von sich sagt."
    )
    built = build_from_documents([str(tmp_path)])
    (told,) = built.facts["remarks"]
    assert "The rules read English only, and 1 document is evidently in another language: b.txt (de)." in told


def test_two_encodings_in_one_file_are_told_and_not_read_as_one() -> None:
    mixed = "Café Lind opened in 1850.\n".encode() + "Café Kranz opened in 1851.\n".encode("latin-1")
    with pytest.raises(Unreadable, match="mixes UTF-8 with another encoding"):
        decode(mixed)
    assert "北京" in decode("北京是中国的首都，人口很多。\n上海\n".encode("gb18030"))
