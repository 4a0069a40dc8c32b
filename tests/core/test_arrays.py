"""Arrays on disk, and room made for them."""

import os

import numpy as np
import pytest

from core.home import make_room, read_arrays, used, write_arrays, write_bytes


@pytest.mark.parametrize("compressed", [False, True])
def test_arrays_come_back_as_they_were_and_objects_are_refused(tmp_path, compressed):
    given = {"numbers": np.arange(3), "words": np.array(["甲", "b"])}
    write_arrays(tmp_path / "a.npz", given, compressed=compressed)
    found = read_arrays(tmp_path / "a.npz")
    assert {name: value.tolist() for name, value in found.items()} == {"numbers": [0, 1, 2], "words": ["甲", "b"]}
    with pytest.raises(ValueError, match="allow_pickle"):
        write_arrays(tmp_path / "b.npz", {"things": np.array([object()])}, compressed=compressed)
    assert not (tmp_path / "b.npz").exists()


def test_what_was_not_used_for_longest_goes_first(tmp_path):
    for age, name in enumerate("abcd"):
        write_bytes(tmp_path / f"{name}.npz", b"0" * 100)
        os.utime(tmp_path / f"{name}.npz", (1000 + age, 1000 + age))
    write_bytes(tmp_path / "note.txt", b"0" * 1000)
    used(tmp_path / "a.npz")
    used(tmp_path / "gone.npz")
    make_room(tmp_path, "*.npz", 250)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.npz", "d.npz", "note.txt"]
