"""Reading files of rows, whatever their encoding. Pure: works on an open binary file, knows no models.

The encoding is that of the byte order mark, else strict UTF-8, else the one that the mapping states; never a guess.
"""

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from governance.errors import Invalid

CHUNK = 1 << 20
# UTF-32 first: its little-endian mark begins with that of UTF-16.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over the bytes tells: how to decode them, their SHA-256, and about how many lines there are."""

    encoding: str
    digest: str
    lines: int


@dataclass(frozen=True, slots=True)
class Record:
    """One record: the line on which it begins and the one on which it ends, its cells, or why it cannot be read."""

    line: int
    until: int
    cells: list[str]
    fault: str = ""


def survey(file: BinaryIO, stated: str = "") -> Survey:
    """Look through the whole file before anything is taken in.

    Raises :class:`Invalid` naming the line of the first byte that does not fit, and what to state.
    """
    file.seek(0)
    start = file.read(4)
    mark = next((name for bom, name in MARKS if start.startswith(bom)), "")
    names = [mark] if mark else ["utf-8", *([stated] if stated else [])]
    decoders = {name: codecs.getincrementaldecoder(name)("strict") for name in names}
    failed: dict[str, int] = {}
    digest, lines = hashlib.sha256(), 0
    file.seek(0)
    while True:
        chunk = file.read(CHUNK)
        for name, decoder in decoders.items():
            if name not in failed:
                try:
                    decoder.decode(chunk, final=not chunk)
                except UnicodeDecodeError as error:
                    failed[name] = lines + error.object[: error.start].count(b"\n") + 1
        if not chunk:
            break
        digest.update(chunk)
        lines += chunk.count(b"\n")
    file.seek(0)
    for name in names:
        if name not in failed:
            return Survey(name, digest.hexdigest(), lines + 1)
    last = names[-1]
    raise Invalid(
        _(
            "Line %(line)d is not %(encoding)s. State the file's encoding in the mapping, such as "
            "“encoding”: “gb18030”, “big5” or “windows-1252”."
        )
        % {"line": failed[last], "encoding": last.upper()},
        field="encoding",
    )


def records(file: BinaryIO, *, encoding: str, delimiter: str) -> Iterator[Record]:
    """Every record that is not a blank line; the first one is the header. The file is left open."""
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    reader = csv.reader(text, delimiter=delimiter)
    try:
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Record(line, reader.line_num, [], fault=str(error))
                continue
            if cells:
                yield Record(line, reader.line_num, cells)
    finally:
        with suppress(ValueError):  # whoever opened the file may have closed it already
            text.detach()


def delimiter_of(file_name: str, stated: str) -> str:
    """What stands between columns: as stated, a tab in a ``.tsv``, else a comma."""
    return stated or ("\t" if file_name.lower().endswith((".tsv", ".tab")) else ",")
