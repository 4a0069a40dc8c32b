"""A file is there whole or not at all."""

import pytest

from core.home import home, read_json, write_bytes, write_json


def test_a_failed_write_leaves_the_old_file_and_no_litter(monkeypatch: pytest.MonkeyPatch) -> None:
    path = home("x") / "a.json"
    write_json(path, {"文": "好\ud800"})
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError):
        write_bytes(path, b"half")
    assert read_json(path) == {"文": "好\ud800"}
    assert [p.name for p in path.parent.iterdir()] == ["a.json"]
