"""Files that somebody will upload one day. Import `BAD_TABLES` to try them on anything that takes a table.

Each maker is cheap and its bytes are the same every time.
"""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from core.contracts import InputError, LimitError, UserError
from core.intake.limits import MAX_CELL_CHARACTERS, MAX_COLUMNS, MAX_INFLATED_BYTES


@dataclass(frozen=True)
class BadTable:
    """`make()` gives the bytes of the file `name`. It is refused with `error`, or read to `shape` (rows, columns).

    `words` stand in the sentence that refuses it, or in the notices that come with the table.
    """

    name: str
    make: Callable[[], bytes]
    error: type[UserError] | None = None
    shape: tuple[int, int] = (0, 0)
    words: tuple[str, ...] = ()

    @property
    def readable(self) -> bool:
        return self.error is None


CHINESE = "评论,标签\n物流很快，包装完好,1\n质量太差，再也不买了,0\n"
_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
_ROW = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>{1}</t></is></c></row>'
_CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType='
    '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)


def workbook(sheet: str = "", **parts: bytes) -> bytes:
    """A small XLSX by hand: `sheet` is the XML of its only sheet; `parts` replace or add files, `__` standing for `/`."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    files = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/officeDocument" '
        f'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{office}">'
        f'<sheets><sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/worksheet" '
        f'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet or _SHEET.format(_ROW.format(1, "text") + _ROW.format(2, "fine")),
    }
    content = {name: text.encode() for name, text in files.items()} | {k.replace("__", "/"): v for k, v in parts.items()}
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return written.getvalue()


def bomb_declared() -> bytes:
    """Zeros beyond the limit, deflated to a thousandth; written piece by piece so that making it takes little memory."""
    written = io.BytesIO(workbook())
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open(
        "xl/worksheets/sheet2.xml", "w", force_zip64=True
    ) as part:  # fmt: skip
        for _ in range(MAX_INFLATED_BYTES // 2**24 + 1):
            part.write(bytes(2**24))
    return written.getvalue()


def bomb_that_lies() -> bytes:
    """A part of 40 MB whose directory entry declares 100 bytes."""
    content = bytearray(workbook(_SHEET.format(" " * 40_000_000)))
    place = content.rfind(b"xl/worksheets/sheet1.xml") - 46  # the entry in the directory, whose name stands 46 bytes in
    struct.pack_into("<I", content, place + 24, 100)
    return bytes(content)


def entities() -> bytes:
    declared = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + _SHEET.format(
        _ROW.format(1, "&a;") + _ROW.format(2, "&a;")
    )
    return workbook(declared)


def laughs() -> bytes:
    """Entities of entities: a billion words out of a kilobyte."""
    named = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(10))
    return workbook(f"<!DOCTYPE x [{named}]>" + _SHEET.format(_ROW.format(1, "&l9;")))


def repeated_strings() -> bytes:
    """One shared text of 90,000 characters in 10,000 cells: 900 million characters out of a few kilobytes."""
    cells = "".join(f'<row r="{i}"><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(1, 10_001))
    shared = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>' + "x" * 90_000 + "</t></si></sst>"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    types = _CONTENT_TYPES.replace("</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>')
    return workbook(_SHEET.format(cells), **{"xl__sharedStrings.xml": shared.encode(), "[Content_Types].xml": types.encode()})


def parquet_of(**columns: object) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    written = io.BytesIO()
    pq.write_table(pa.table(columns), written)
    return written.getvalue()


def parquet_bomb() -> bytes:
    """A million-character text said 5,000 times: the dictionary makes it a megabyte."""
    import pyarrow as pa

    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 5_000, pa.int32()), pa.array(["x" * 1_000_000]))
    return parquet_of(text=texts)


def _csv(*lines: str, encoding: str = "utf-8") -> bytes:
    return ("\n".join(lines) + "\n").encode(encoding)


def _jsonl(*objects: object) -> bytes:
    return b"".join(json.dumps(item).encode() + b"\n" for item in objects)


def _zip_of(name: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(name, "x")
    return written.getvalue()


BAD_TABLES: dict[str, BadTable] = {
    # What is not what it claims to be.
    "empty": BadTable("a.csv", lambda: b"", InputError, words=("empty",)),
    "png": BadTable("a.csv", lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), InputError, words=("a PNG image", "CSV")),
    "jpeg": BadTable("a.xlsx", lambda: b"\xff\xd8\xff\xe0" + bytes(100), InputError, words=("a JPEG image",)),
    "elf": BadTable("a.csv", lambda: b"\x7fELF\x02\x01\x01" + bytes(100), InputError, words=("a Linux program",)),
    "exe": BadTable("a.csv", lambda: b"MZ\x90\x00" + bytes(100), InputError, words=("a Windows program",)),
    "pdf": BadTable("a.csv", lambda: b"%PDF-1.7\n%\xe2\xe3", InputError, words=("a PDF document",)),
    "gzip": BadTable("a.csv", lambda: gzip.compress(b"a,b\n1,2\n", mtime=0), InputError, words=("a gzip archive",)),
    "zip": BadTable("a.xlsx", lambda: _zip_of("a.csv"), InputError, words=("a ZIP archive",)),
    "docx": BadTable("a.xlsx", lambda: _zip_of("word/document.xml"), InputError, words=("a Word document",)),
    "old excel": BadTable("a.xlsx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), InputError,
        words=(".xls", "password")),
    "pickle": BadTable("a.csv", lambda: b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x01a\x94.", InputError,
        words=("pickle",)),
    "web page": BadTable("a.csv", lambda: b"<!DOCTYPE html><html><body>404</body></html>", InputError, words=("a web page",)),
    "noise": BadTable("a.csv", lambda: bytes(i * i * 7 % 251 for i in range(1, 5000)), InputError, words=("binary",)),
    # What has nothing in it.
    "only blanks": BadTable("a.csv", lambda: b"\n\r\n\n", InputError, words=("nothing to read",)),
    "only header": BadTable("a.csv", lambda: b"text,label\n", InputError, words=("no rows",)),
    "only separators": BadTable("a.csv", lambda: b"a,b\n,\n,\n", InputError, words=("are empty",)),
    "only header xlsx": BadTable("a.xlsx", lambda: workbook(_SHEET.format(_ROW.format(1, "text"))), InputError,
        words=("no rows",)),
    "nothing in xlsx": BadTable("a.xlsx", lambda: workbook(_SHEET.format("")), InputError, words=("nothing to read",)),
    "no rows parquet": BadTable("a.parquet", lambda: parquet_of(text=[]), InputError, words=("no rows",)),
    "all missing": BadTable("a.csv", lambda: _csv("text,label", "good,", "bad,"), None, (2, 2)),
    # What is too much.
    "100,000 columns": BadTable("a.csv", lambda: _csv(",".join(["c"] * 10**5), "1"), LimitError,
        words=("100,000 columns", f"{MAX_COLUMNS:,}")),
    "one wide row": BadTable("a.csv", lambda: _csv("a,b", "1,2", "," * 10**5), LimitError, words=("columns",)),
    "wide objects": BadTable("a.jsonl", lambda: _jsonl({str(i): 1 for i in range(MAX_COLUMNS + 1)}), LimitError, words=("keys",)),
    "10 MB cell": BadTable("a.csv", lambda: _csv("text,label", "x" * 10**7 + ",1"),
        None, (1, 2), (f"{MAX_CELL_CHARACTERS:,} characters",)),
    "10 MB line": BadTable("a.txt", lambda: b"x" * 10**7, None, (1, 1), ("cut off",)),
    "zip bomb": BadTable("a.xlsx", bomb_declared, LimitError, words=("unpacks to more than",)),
    "zip bomb that lies": BadTable("a.xlsx", bomb_that_lies, InputError, words=("damaged",)),
    "long style sheet": BadTable("a.xlsx", lambda: workbook(**{"xl__styles.xml": b" " * 20_000_000}), LimitError,
        words=("unpacks",)),
    "entities": BadTable("a.xlsx", entities, InputError, words=("entities",)),
    "entities by another name": BadTable("a.xlsx", lambda: workbook(**{"xl__media__x.png": b"<!DOCTYPE x>"}), InputError,
                                        words=("entities",)),
    "billion laughs": BadTable("a.xlsx", laughs, InputError, words=("entities",)),
    "repeated strings": BadTable("a.xlsx", repeated_strings, LimitError, words=("characters",)),

           "far cell": BadTable("a.xlsx", lambda: workbook(_SHEET.format('<row r="99999999999"><c r="ZZZ99999999999"/></row>')),
                         InputError, words=()),
    "parquet bomb": BadTable("a.parquet", parquet_bomb, LimitError, words=("characters",)),
    # What is damaged.
    "torn xlsx": BadTable("a.xlsx", lambda: workbook()[:-60], InputError),
    "xlsx without workbook": BadTable("a.xlsx", lambda: _zip_of("xl/nothing.xml"), InputError, words=("damaged",)),
    "torn parquet": BadTable("a.parquet", lambda: parquet_of(text=["a"] * 9)[:-20], InputError, words=("damaged",)),
    "parquet magic only": BadTable("a.parquet", lambda: b"PAR1" * 4, InputError, words=("damaged",)),
    "no json": BadTable("a.jsonl", lambda: b"{no json\n{at all\n", InputError, words=("JSON",)),
    "torn json array": BadTable("a.json", lambda: b'[{"text": "a"}, {"te', InputError, words=("JSON array",)),
    "deep json": BadTable("a.jsonl", lambda: b"[" * 100_000, InputError, words=("JSON",)),
    "deep object": BadTable("a.jsonl", lambda: b'{"a":' * 100_000, InputError, words=("JSON",)),
    "torn last line": BadTable("a.jsonl", lambda: _jsonl({"a": 1}, {"a": 2}) + b'{"a": 3', None, (2, 1), ("not JSON objects",)),
    # What is odd, and is read.
    "ragged": BadTable("a.csv", lambda: _csv("a,b", "1", "1,2,3", "1,2"), None, (3, 3), ("more or fewer cells",)),
    "same names": BadTable("a.csv", lambda: _csv("a,a,a (2),a", "1,2,3,4"), None, (1, 4), ("name of another",)),
    "no names": BadTable("a.csv", lambda: _csv(",,x", "1,2,3"), None, (1, 3), ("without a name",)),
    "html in a name": BadTable("a.csv", lambda: _csv("<img src=x onerror=alert(1)>,b", "1,2"), None, (1, 2)),
    "formulas": BadTable("a.csv", lambda: _csv("text,=1+1", "=cmd|' /C calc'!A0,+1", "@SUM(A1),-1+2"), None, (2, 2)),
    "open quote": BadTable("a.csv", lambda: _csv("a,b", '1,"never closed', "2,x", "3,y"), None, (3, 2), ("never closed",)),
    "zero bytes": BadTable("a.csv", lambda: b"text,n\ngo\x00od,1\nbad,2\n", None, (2, 2), ("unreadable",)),
    "lone surrogates": BadTable("a.jsonl", lambda: b'{"text": "a\\ud800b"}\n{"text": "c"}\n', None, (2, 1), ("unreadable",)),
    "surrogates in utf-8": BadTable("a.csv", lambda: "文本,n\n好的好的好的,1\n".encode() + b"a\xed\xa0\x80b,2\n",
        None, (2, 2), ("unreadable",)),
    "nested json": BadTable("a.jsonl", lambda: _jsonl({"a": {"b": [1]}}, {"a": {}}), None, (2, 1), ("JSON text",)),
    "bom": BadTable("a.csv", lambda: CHINESE.encode("utf-8-sig"), None, (2, 2)),
    "utf-16": BadTable("a.csv", lambda: CHINESE.encode("utf-16"), None, (2, 2), ("UTF-16",)),
    "utf-16 without bom": BadTable("a.csv", lambda: CHINESE.encode("utf-16-be"), None, (2, 2), ("UTF-16",)),
    "gb18030": BadTable("a.csv", lambda: CHINESE.encode("gb18030"), None, (2, 2), ("GB18030",)),
    "latin-1": BadTable("a.csv", lambda: "text,n\ncafé crème,1\nnaïve façade,2\n".encode("latin-1"), None, (2, 2), ("Latin-1",)),
    "path as a name": BadTable("../../etc/passwd.csv", lambda: _csv("a,b", "1,2"), None, (1, 2)),
    "control characters in a name": BadTable("a\x00\x1b[31m\u202e\n.csv", lambda: _csv("a,b", "1,2"), None, (1, 2)),
    "very long name": BadTable("x" * 5000 + ".csv", lambda: _csv("a,b", "1,2"), None, (1, 2)),
}  # fmt: skip
