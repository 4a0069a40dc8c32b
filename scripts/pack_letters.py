"""Packs the sample of spoken letters: `python scripts/pack_letters.py FOLDER` writes `samples/speech/letters.zip`
and five letters of one speaker beside it.

FOLDER is `usr/share/klettres` of Debian's package klettres-data 4:22.12.3-1 (`apt-get download klettres-data`, `dpkg-deb -x`).
The recordings go into the archive as they are, as `<letter>/<language>_nohash_0.ogg`: one volunteer speaks each language, which
so stands for the speaker. The archive is the same byte for byte each time.
"""

import re
import sys
import zipfile
from pathlib import Path

TARGET = Path(__file__).parents[1] / "samples" / "speech" / "letters.zip"
ENTRY = re.compile(r'<sound\s+name="([^"]*)"\s+file="([^"]*)"')
SAID = "flmos"  # of the British speaker, who is in no set: to try a recogniser on
LATIN = "abcdefghijklmnopqrstuvwxyz"
# Cyrillic letters that are called like Latin ones (бе, еф, ка, ел, ем, ер, ес); the others of both alphabets are left out.
CYRILLIC = {"а": "a", "б": "b", "и": "i", "к": "k", "л": "l", "м": "m", "о": "o", "р": "r", "с": "s", "ф": "f"}
UKRAINIAN = {**CYRILLIC, "і": "i", "и": ""}  # its и is another vowel


def letters(folder: Path, language: str) -> dict[str, Path]:
    """Latin letter → recording of that language."""
    found: dict[str, Path] = {}
    alphabet = {"ru": CYRILLIC, "uk": UKRAINIAN}.get(language, {letter: letter for letter in LATIN})
    for name, file in ENTRY.findall((folder / language / "sounds.xml").read_text("utf-8", "replace")):
        letter = alphabet.get(name.strip().lower(), "")
        if letter and file.startswith(f"{language}/alpha/") and (folder / file).is_file():
            found.setdefault(letter, folder / file)
    return found


def main() -> None:
    folder = Path(sys.argv[1])
    rows: list[tuple[str, Path]] = []
    for language in sorted(path.parent.name for path in folder.glob("*/sounds.xml")):
        rows += [(f"{letter}/{language}_nohash_0.ogg", path) for letter, path in letters(folder, language).items()]
    with zipfile.ZipFile(TARGET, "w", zipfile.ZIP_STORED) as archive:
        for name, path in sorted(rows):
            entry = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    for letter in SAID:
        (TARGET.parent / f"letter_{letter}.ogg").write_bytes(letters(folder, "en_GB")[letter].read_bytes())
    print(f"{len(rows)} recordings, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
