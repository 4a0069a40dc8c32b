"""In which encoding a text file is written: UTF-8, UTF-16, UTF-32, GB18030, Latin-1, and with a notice what is likeliest else."""

from __future__ import annotations

import codecs
from itertools import pairwise
from pathlib import Path

from core.intake.limits import CHUNK_BYTES, SNIFF_BYTES

MARK = "\udfff"  # stands for bytes that cannot be decoded; a lone surrogate, so no text can hold it; cleaned away later
MARKING = "panorama.mark"  # the name of the error handler that puts it there
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_OTHERS = ["big5", "shift_jis", "euc_jp", "euc_kr", "cp1251", "cp1252", "cp1250", "koi8_r"]
_TEXT_CONTROLS = frozenset(b"\t\n\x0b\x0c\r\x1b\x1e\x1f")


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return MARK, error.end


codecs.register_error(MARKING, _mark)


def of_file(path: Path) -> str:
    """The Python name of the encoding of the file; UTF-8 and GB18030 are tried on all of it, the rest on its beginning."""
    with path.open("rb") as stream:
        head = stream.read(SNIFF_BYTES)
    guess = _by_marks(head)
    if guess:
        return guess
    damaged, high = _damage(path, "utf-8")
    if damaged * 2 <= high - damaged:  # in another encoding hardly any bytes would pass for UTF-8
        return "utf-8"
    return _not_unicode(head)


def of_sample(head: bytes) -> str:
    """As `of_file`, for the beginning of a file only."""
    return _by_marks(head) or ("utf-8" if _is_utf8(head) else _not_unicode(head))


def decode(content: bytes, encoding: str) -> str:
    """The text of the beginning of a file: a character torn at the end is left out, others become MARK."""
    return codecs.getincrementaldecoder(encoding)(MARKING).decode(content)


def looks_binary(head: bytes, encoding: str) -> bool:
    """Whether more than one character in ten is a control character: no text is like that."""
    text = decode(head[:65_536], encoding)
    strange = sum(character < " " and ord(character) not in _TEXT_CONTROLS for character in text) + text.count("\x7f")
    strange += sum("\x80" <= character < "\xa0" for character in text)
    return strange * 10 > max(len(text), 1)


def _by_marks(head: bytes) -> str:
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    return _utf16_without_bom(head)


def _utf16_without_bom(head: bytes) -> str:
    """UTF-16 betrays itself by the zero bytes of its line ends and separators, all on even or all on odd places."""
    sample = head[:65_536]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if not even + odd:
        return ""
    encoding = "utf-16-le" if odd >= even else "utf-16-be"
    if min(even, odd) * 10 > max(even, odd):
        return ""
    if (even + odd) * 5 < len(sample) and not decode(sample.replace(b"\x00", b""), "utf-8").count(MARK):
        return ""  # plain text with a few stray zero bytes
    text = decode(sample, encoding)
    plain = sum(character.isprintable() or character in "\t\r\n" for character in text)
    unlikely = sum("\ue000" <= character <= "\uf8ff" for character in text)
    return encoding if text and (plain - unlikely) >= 0.9 * len(text) and _is_of_usual_scripts(text) else ""


def _is_of_usual_scripts(text: str) -> bool:
    """Whether a good part of the text is of scripts that people write, rather than bytes paired at random."""
    usual = sum(c < "\u0500" or "\u3000" <= c <= "\u30ff" or "\u4e00" <= c <= "\u9fff" or c >= "\uff00" for c in text)
    return usual >= 0.8 * len(text)


def _is_utf8(head: bytes) -> bool:
    whole = len(head) < SNIFF_BYTES
    text = codecs.getincrementaldecoder("utf-8")(MARKING).decode(head, final=whole)
    damaged = text.count(MARK)
    high = sum(character > "\x7f" for character in text) if damaged else 0
    return damaged * 2 <= high - damaged


def _damage(path: Path, encoding: str) -> tuple[int, int]:
    """How many places cannot be decoded, and how many characters are beyond ASCII, in the whole file."""
    decoder = codecs.getincrementaldecoder(encoding)(MARKING)
    damaged = high = 0
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK_BYTES):
            text = decoder.decode(piece)
            if not text.isascii():
                damaged += text.count(MARK)
                high += len(text) - len(text.encode("ascii", "ignore"))
    rest = decoder.decode(b"", final=True)
    return damaged + rest.count(MARK), high + len(rest)


def _not_unicode(head: bytes) -> str:
    """GB18030 where the bytes make everyday Chinese; else Latin-1 where high bytes stand alone; else the likeliest other."""
    if _chinese_share(head) >= 0.7:
        return "gb18030"
    high = sum(byte > 0x7F for byte in head)
    paired = sum(a > 0x7F and b > 0x7F for a, b in pairwise(head))
    if paired * 4 <= high or high < 20:
        return _western(head)
    from charset_normalizer import from_bytes

    best = from_bytes(head[:65_536], cp_isolation=_OTHERS).best()
    return best.encoding if best else _western(head)


def _chinese_share(head: bytes) -> float:
    """Share of the characters beyond ASCII that are hanzi of the everyday level of GB 2312 or its punctuation.

    In GB 2312 (1980) the 3,755 hanzi in daily use fill the rows whose first byte is B0 to D7, and punctuation and full-width
    letters those from A1 to A3; Western letters taken for GB18030 land in its rare extensions or nowhere.
    """
    text = decode(head, "gb18030")
    beyond = [character for character in text if character > "\x7f"]
    if not beyond:
        return 0.0
    everyday = 0
    for character in beyond:
        pair = character.encode("gb18030", "replace")
        everyday += len(pair) == 2 and pair[1] >= 0xA1 and (0xB0 <= pair[0] <= 0xD7 or 0xA1 <= pair[0] <= 0xA3)
    return everyday / len(beyond)


def _western(head: bytes) -> str:
    """Windows-1252 is Latin-1 plus curly quotes and the euro sign; its five gaps are only in real Latin-1."""
    return "latin-1" if any(byte in head for byte in b"\x81\x8d\x8f\x90\x9d") else "cp1252"
