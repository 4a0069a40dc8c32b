"""The manifest's entries follow the files that were written."""

import tomllib
from pathlib import Path

from scripts.train_sentiment import MANIFEST, manifest_entry, with_entry


def test_an_entry_lists_every_file_and_replaces_the_old_one_only(tmp_path: Path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "weights.npz").write_bytes(b"abc")
    name = "sentiment-fast-zh"
    entry = manifest_entry(name, tmp_path)
    before = '[first]\ntitle = "a"\nfiles = [\n  { path = "x" },\n]\n\n[last]\ntitle = "b"\n'
    added = with_entry(before, name, entry)
    (tmp_path / "deep" / "weights.npz").write_bytes(b"abcd")
    replaced = tomllib.loads(with_entry(added, name, manifest_entry(name, tmp_path)))
    assert replaced["first"] == tomllib.loads(before)["first"] and replaced["last"] == {"title": "b"}
    assert [(file["path"], file["bytes"]) for file in replaced[name]["files"]] == [("deep/weights.npz", 4)]
    assert tomllib.loads(added)[name]["files"][0]["sha256"].startswith("ba7816bf")  # SHA-256 of abc


def test_an_entry_in_the_middle_leaves_its_neighbours():
    manifest = MANIFEST.read_text("utf-8")
    name = next(iter(tomllib.loads(manifest)))
    changed = tomllib.loads(with_entry(manifest, name, f'[{name}]\ntitle = "new"\n'))
    assert changed[name] == {"title": "new"}
    assert {k: v for k, v in changed.items() if k != name} == {k: v for k, v in tomllib.loads(manifest).items() if k != name}
