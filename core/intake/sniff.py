"""What a file really is, told from its first bytes; the ending of its name only decides between kinds of text."""

from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path

from core.intake import encodings
from core.intake.limits import MAX_ZIP_DIRECTORY_BYTES, SNIFF_BYTES
from core.language import N_

TABLE_KINDS = ("csv", "tsv", "xlsx", "parquet", "jsonl", "json", "txt")
DOCUMENT_KINDS = ("pdf", "docx", "html", "txt", "collection", "zip")
PICTURE_KINDS = ("png", "jpeg", "webp", "bmp", "tiff", "gif", "pnm")
VIDEO_KINDS = ("mp4", "avi", "matroska")
SOUND_KINDS = ("wav", "mp3", "flac", "ogg", "m4a", "aiff")
COLLECTION = '{"panorama": "collection"'  # how a list of uploads begins that are read together

# What a file that is no table is called in the sentence that refuses it.
REFUSED = {
    "png": N_("a PNG image"),
    "jpeg": N_("a JPEG image"),
    "gif": N_("a GIF image"),
    "webp": N_("a WebP image"),
    "tiff": N_("a TIFF image"),
    "bmp": N_("a BMP image"),
    "pnm": N_("a PNM image"),
    "heif": N_("a HEIC or AVIF image"),
    "wav": N_("a WAV sound"),
    "mp3": N_("an MP3 sound"),
    "ogg": N_("an Ogg sound"),
    "flac": N_("a FLAC sound"),
    "aiff": N_("an AIFF sound"),
    "mp4": N_("an MP4 video"),
    "m4a": N_("an MP4 sound"),
    "avi": N_("an AVI video"),
    "matroska": N_("a Matroska or WebM video"),
    "pdf": N_("a PDF document"),
    "rtf": N_("an RTF document"),
    "docx": N_("a Word document"),
    "pptx": N_("a PowerPoint presentation"),
    "xlsb": N_("a binary Excel workbook (.xlsb)"),
    "ods": N_("an OpenDocument file"),
    "ole": N_("an old (.xls) or password-protected Office file"),
    "zip": N_("a ZIP archive"),
    "gzip": N_("a gzip archive"),
    "bzip2": N_("a bzip2 archive"),
    "xz": N_("an xz archive"),
    "zstd": N_("a Zstandard archive"),
    "7z": N_("a 7-Zip archive"),
    "rar": N_("a RAR archive"),
    "elf": N_("a Linux program"),
    "exe": N_("a Windows program"),
    "macho": N_("a macOS program"),
    "sqlite": N_("an SQLite database"),
    "hdf5": N_("an HDF5 file"),
    "arrow": N_("an Arrow or Feather file"),
    "numpy": N_("a NumPy file"),
    "pickle": N_("a Python pickle"),
    "html": N_("a web page"),
    "collection": N_("several documents"),
    "xml": N_("an XML file"),
    "binary": N_("a binary file of an unknown kind"),
}

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF87a", "gif"), (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"), (b"MM\x00*", "tiff"), (b"ID3\x02", "mp3"), (b"ID3\x03", "mp3"), (b"ID3\x04", "mp3"),
    (b"OggS\x00", "ogg"), (b"fLaC\x00", "flac"), (b"\x1aE\xdf\xa3", "matroska"), (b"%PDF-", "pdf"), (b"{\\rtf", "rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"), (b"\x1f\x8b\x08", "gzip"), (b"\xfd7zXZ\x00", "xz"),
    (b"(\xb5/\xfd", "zstd"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07", "rar"), (b"\x7fELF", "elf"),
    (b"\xfe\xed\xfa\xce", "macho"), (b"\xfe\xed\xfa\xcf", "macho"), (b"\xcf\xfa\xed\xfe", "macho"),
    (b"\xca\xfe\xba\xbe", "macho"),
    (b"SQLite format 3\x00", "sqlite"), (b"\x89HDF\r\n\x1a\n", "hdf5"), (b"ARROW1\x00\x00", "arrow"), (b"FEA1", "arrow"),
    (b"\x93NUMPY", "numpy"), (b"PAR1", "parquet"),
)  # fmt: skip

_ENDINGS = {
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".txt": "txt", ".text": "txt", ".md": "txt", ".jsonl": "jsonl",
    ".ndjson": "jsonl", ".json": "json",
}  # fmt: skip


def kind_of(path: Path, name: str) -> str:
    """One of TABLE_KINDS, or a key of REFUSED. Reads at most SNIFF_BYTES of the file."""
    with path.open("rb") as stream:
        head = stream.read(SNIFF_BYTES)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(path)
    return _kind_of_binary(head) or _kind_of_text(head, name)


def _kind_of_binary(head: bytes) -> str:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF":
        return {b"WAVE": "wav", b"AVI ": "avi", b"WEBP": "webp"}.get(head[8:12], "binary")
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "aiff"
    if head[4:8] == b"ftyp":
        return {b"heic": "heif", b"heix": "heif", b"mif1": "heif", b"avif": "heif", b"M4A ": "m4a", b"M4B ": "m4a"}.get(
            head[8:12], "mp4"
        )
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free") and b"\x00" in head[:4]:  # QuickTime before it knew ftyp
        return "mp4"
    if head[:2] in (b"P5", b"P6") and head[2:3].isspace() and _is_pnm(head):
        return "pnm"
    # These marks are so short that a text may begin with them: a second sign is asked for.
    if head[:3] == b"BZh" and head[4:10] == b"1AY&SY":
        return "bzip2"
    if head[:2] == b"MZ" and b"\x00" in head[:64]:
        return "exe"
    if head[:2] == b"BM" and head[6:10] == b"\x00" * 4:
        return "bmp"
    if _is_mpeg_sound(head):
        return "mp3"
    if head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05") and b"." in head[-2:]:
        return "pickle"
    return ""


_KILOBITS = (  # by the four bits of an MPEG frame's header, layer III: MPEG 1, and MPEG 2 and 2.5 (ISO 11172-3, 13818-3)
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)  # fmt: skip
_SAMPLE_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def _is_mpeg_sound(head: bytes) -> bool:
    """Whether an MP3 without a tag begins here: one frame, and the next where the first one ends."""
    length = _mpeg_frame_bytes(head)
    return bool(length) and _mpeg_frame_bytes(head[length:]) > 0


def _mpeg_frame_bytes(head: bytes) -> int:
    """The length of the layer III frame whose header this is; 0 where it is none."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, bits, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or bits in (0, 15) or rate == 3:
        return 0
    kilobits = _KILOBITS[version != 3][bits]
    return (144 if version == 3 else 72) * kilobits * 1000 // _SAMPLE_RATES[version][rate] + (head[2] >> 1 & 1)


def _is_pnm(head: bytes) -> bool:
    """Whether width, height and highest value follow (Netpbm, pgm(5)); comments may stand between them."""
    lines = [line.partition(b"#")[0] for line in head[2:400].split(b"\n")[:8]]
    return len([word for word in b" ".join(lines).split()[:3] if word.isdigit()]) == 3


def _kind_of_zip(path: Path) -> str:
    if not directory_is_small(path):
        return "zip"
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, struct.error):
        return "zip"
    for part, kind in (
        ("xl/workbook.bin", "xlsb"), ("xl/workbook.xml", "xlsx"), ("word/document.xml", "docx"), ("ppt/presentation.xml", "pptx"),
        ("content.xml", "ods"),
    ):  # fmt: skip
        if part in names:
            return kind
    return "xlsx" if any(name.startswith("xl/") for name in names) else "zip"


def directory_is_small(path: Path) -> bool:
    """Whether the list of contents may be read: `zipfile` reads all of it, whatever its length.

    Its length stands 12 bytes into the end record (PKWARE APPNOTE 4.3.16).
    """
    with path.open("rb") as stream:
        stream.seek(-min(path.stat().st_size, 65_557), 2)
        tail = stream.read()
    start = tail.rfind(b"PK\x05\x06")
    return 0 <= start <= len(tail) - 16 and struct.unpack_from("<I", tail, start + 12)[0] <= MAX_ZIP_DIRECTORY_BYTES


def _kind_of_text(head: bytes, name: str) -> str:
    encoding = encodings.of_sample(head)
    if encodings.looks_binary(head, encoding):
        return "binary"
    text = encodings.decode(head, encoding).lstrip("\ufeff \t\r\n")
    start = text[:200].lower()
    if start.startswith(("<!doctype html", "<html")) or ("<html" in start and start.startswith(("<?xml", "<!--"))):
        return "html"
    if start.startswith("<?xml"):
        return "xml"
    if text.startswith(COLLECTION):
        return "collection"
    named = _ENDINGS.get(Path(name).suffix.lower(), "")
    if text.startswith("{") and (named in ("json", "jsonl") or _is_json_object(text)):
        return "jsonl"
    if text.startswith("[") and (named in ("json", "jsonl") or text[1:100].lstrip().startswith("{")):
        return "json"
    if named == "txt" and _is_tabbed(text):
        return "tsv"
    return named or ("csv" if _has_separator(text) else "txt")


def _is_json_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text.partition("\n")[0]), dict)
    except (ValueError, RecursionError):
        return False


def _is_tabbed(text: str) -> bool:
    """Whether every line has the same number of tabs, at least one: a table that was named .txt."""
    counts = {line.count("\t") for line in text.splitlines()[:200] if line.strip()}
    return len(counts) == 1 and counts != {0}


def _has_separator(text: str) -> bool:
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    return any(len({line.count(mark) for line in lines}) == 1 and mark in lines[0] for mark in ",\t;|") if lines else False
