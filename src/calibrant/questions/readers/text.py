"""From bytes on disk to text: compression, encodings, and errors that name the line.

A byte order mark says the encoding; without one it is what the caller says, else UTF-8. Nothing is guessed and nothing
is skipped: a byte that does not fit its encoding stops the reading, because a guessed character in a gold answer is a
wrong grade.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from calibrant.errors import InputError
from calibrant.questions.readers.rows import Repairs

__all__ = ["TextFile", "open_bytes", "reading"]

_GZIP_MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 16
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is a prefix of it
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class TextFile:
    """A text file, perhaps compressed, that can be opened any number of times.

    Build it with :meth:`at`, which looks at the first bytes.
    """

    path: Path
    encoding: str
    compressed: bool

    @classmethod
    def at(cls, path: Path, *, compressed: bool, encoding: str | None = None) -> TextFile:
        """Look at the file's first bytes and settle its encoding.

        Raises:
            InputError: the file is empty, not what its name says, in UTF-16 without a mark, or the encoding is unknown.
        """
        with open_bytes(path, compressed=compressed) as stream:
            head = stream.read(4096)
        if not head:
            raise InputError("the file is empty", place=str(path))
        if head.startswith(_GZIP_MAGIC):
            raise InputError(
                "the file is gzip-compressed and its name does not say so",
                place=str(path),
                remedy=f"Rename it to {path.name}.gz",
            )
        if head.startswith(b"PK\x03\x04"):
            raise InputError(
                "this is a zip archive or a spreadsheet, not text",
                place=str(path),
                remedy="Save the table as CSV (UTF-8)",
            )
        return cls(path, _settle_encoding(path, head, encoding), compressed)

    @property
    def errors(self) -> str:
        """Lone surrogates pass the decoder and are repaired afterwards; every other bad byte is an error."""
        return "surrogatepass" if self.encoding.startswith("utf") else "strict"

    @contextmanager
    def open(self) -> Iterator[io.TextIOWrapper]:
        """The text with its line ends as they are; errors of decoding and of compression name file and line."""
        with reading(self.path), open_bytes(self.path, compressed=self.compressed) as stream:
            text = io.TextIOWrapper(stream, encoding=self.encoding, errors=self.errors, newline="")
            try:
                yield text
            except UnicodeDecodeError as error:
                raise self._explain(error) from error

    def lines(self, repairs: Repairs) -> Generator[str, None, None]:
        """Physical lines with their ends; unstorable characters repaired."""
        place = str(self.path)
        with self.open() as handle:
            for number, line in enumerate(handle, start=1):
                if line.isascii() and "\x00" not in line:
                    yield line
                else:
                    yield repairs.text(line, f"{place}:{number}")

    def _explain(self, error: UnicodeDecodeError) -> InputError:
        """Find the line of the first bad byte by decoding once more, and say what to do about it."""
        decoder = codecs.getincrementaldecoder(self.encoding)(self.errors)
        line_feeds, returns, beyond_ascii = 0, 0, False
        with open_bytes(self.path, compressed=self.compressed) as stream:
            while chunk := stream.read(_CHUNK):
                try:
                    text = decoder.decode(chunk)
                except UnicodeDecodeError as found:
                    text = found.object[: found.start].decode(self.encoding, "ignore")
                    error = found
                    chunk = b""
                line_feeds += text.count("\n")
                returns += text.count("\r")
                beyond_ascii = beyond_ascii or not text.isascii()
                if not chunk:
                    break
        place = f"{self.path}:{(line_feeds or returns) + 1}"
        what = f"byte 0x{error.object[error.start]:02x} is not {self.encoding.removesuffix('-sig').upper()}"
        if not self.encoding.startswith("utf-8"):
            return InputError(what, place=place, remedy="Give the encoding the file was saved in with --encoding")
        if beyond_ascii or self.encoding == "utf-8-sig":
            proof = "The file is marked as UTF-8" if self.encoding == "utf-8-sig" else "The lines before it are UTF-8"
            remedy = f"{proof}, so the file mixes encodings: save it again as UTF-8"
            return InputError(what, place=place, remedy=remedy)
        return InputError(what, place=place, remedy="Save the file as UTF-8, or try --encoding cp1252")


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what the disk and the decompressor raise into an :class:`InputError` about ``path``."""
    try:
        yield
    except FileNotFoundError as error:
        raise InputError("no such file", place=str(path), remedy="Check the path") from error
    except IsADirectoryError as error:
        raise InputError("this is a folder, not a file", place=str(path), remedy="Name a file in it") from error
    except EOFError as error:
        raise InputError(
            "the compressed file ends in the middle", place=str(path), remedy="Download or copy it again"
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"the gzip data is damaged: {error}", place=str(path), remedy="Get the file again") from error
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror or error}", place=str(path)) from error


@contextmanager
def open_bytes(path: Path, *, compressed: bool) -> Iterator[BinaryIO]:
    """The bytes of ``path``, decompressed where its name ends in ``.gz``.

    Raises:
        InputError: it cannot be opened, or is not gzip although its name says so.
    """
    with reading(path), path.open("rb") as raw:
        if not compressed:
            yield raw
            return
        magic = raw.read(2)
        if magic and magic != _GZIP_MAGIC:
            raise InputError(
                "the name ends in .gz and the content is not gzip",
                place=str(path),
                remedy=f"Rename it to {path.name.removesuffix('.gz')}",
            )
        raw.seek(0)
        with gzip.GzipFile(fileobj=raw) as unpacked:
            yield cast("BinaryIO", unpacked)


def _settle_encoding(path: Path, head: bytes, asked: str | None) -> str:
    marked = next((name for mark, name in _BYTE_ORDER_MARKS if head.startswith(mark)), None)
    if asked is None:
        if marked is None and head[:512].count(0) > len(head[:512]) // 4:
            little = head[1:2] == b"\x00"
            raise InputError(
                "every other byte is zero: this looks like UTF-16 without a byte order mark",
                place=str(path),
                remedy=f"Try --encoding {'utf-16-le' if little else 'utf-16-be'}",
            )
        return marked or "utf-8"
    try:
        name = codecs.lookup(asked).name
        "".encode(name)
    except LookupError as error:
        raise InputError(
            f"unknown text encoding {asked!r}", place="--encoding", remedy="Known are for example utf-8, cp1252, utf-16"
        ) from error
    return marked or name
