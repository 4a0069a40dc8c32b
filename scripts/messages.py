"""Keeps the Chinese catalogue in step with the sources: `python scripts/messages.py` adds new sentences, drops gone ones.

`python scripts/messages.py FILE.json` also fills in translations from an object of English → Chinese.
"""

import json
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
CATALOGUE = ROOT / "core" / "locale" / "zh" / "LC_MESSAGES" / "panorama.po"
FOLDERS = ("core", "models", "pages")


def sentences() -> dict[str, list[tuple[str, int]]]:
    """Every sentence marked with `_` or `N_`, with the places where it stands."""
    found: dict[str, list[tuple[str, int]]] = {}
    files = [(ROOT / name, name) for name in FOLDERS] + [(ROOT, "")]
    for folder, name in files:
        methods = [("**.py", "python")] if name else [("app.py", "python")]
        extracted = extract_from_dir(str(folder), methods, keywords={"_": None, "N_": None}, options_map={})
        for file, line, message, *_ in extracted:
            if isinstance(message, str) and message:
                found.setdefault(message, []).append((str(Path(name) / file), line))
    return found


def main() -> None:
    known = read_po(CATALOGUE.open("rb"), locale="zh") if CATALOGUE.exists() else Catalog(locale="zh", domain="panorama")
    given = json.loads(Path(sys.argv[1]).read_text()) if len(sys.argv) > 1 else {}
    fresh = Catalog(locale="zh", domain="panorama", project="Panorama", version="", charset="utf-8", fuzzy=False)
    for message, places in sorted(sentences().items()):
        old = known.get(message)
        translation = given.get(message) or (str(old.string) if old and old.string else "")
        fresh.add(message, translation, locations=[(file, 0) for file in sorted({file for file, _ in places})])
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as stream:
        write_po(stream, fresh, width=140, include_lineno=False, omit_header=False)
    missing = [str(m.id) for m in fresh if m.id and not m.string]
    print(f"{len(fresh)} sentences, {len(missing)} without a translation")


if __name__ == "__main__":
    main()
