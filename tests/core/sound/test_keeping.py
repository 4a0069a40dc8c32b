"""Sounds that are kept: by content, found by name, swept when there are too many."""

import os

import numpy as np
import pytest

from core.contracts import NotFoundError
from core.home import home
from core.sound import keeping
from tests.hostile.bad_sounds import tone


def test_it_is_kept_by_content_and_found_again():
    first, again = (keeping.keep("a", tone(0.5)[0], 16_000) for _ in range(2))
    assert first.file == again.file and first.seconds == 0.5 and keeping.is_kept(first)
    assert [path.name for path in home("sounds").iterdir()] == [first.file]


def test_an_error_on_the_way_leaves_nothing():
    def pieces():
        yield tone()[0]
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError):
        keeping.keep("a", pieces(), 16_000)
    assert not list(home("sounds").iterdir())


@pytest.mark.parametrize("name", ["x.flac", "../jobs.db", "0" * 64 + ".flac", "0" * 64 + ".exe", ""])
def test_no_other_file_is_given_out(name):
    with pytest.raises(NotFoundError):
        keeping.path_of(name)


def test_those_not_heard_for_longest_go(monkeypatch):
    old = keeping.keep("a", tone(0.5, height=300)[0], 16_000)
    os.utime(home("sounds") / old.file, (1, 1))
    monkeypatch.setattr(keeping, "MOST_BYTES", 1)
    new = keeping.keep("a", tone(0.5, height=500)[0], 16_000)
    assert keeping.is_kept(new) and not keeping.is_kept(old)


def test_two_channels_stay_two():
    assert keeping.keep("a", np.zeros((2, 1_600), np.float32), 16_000).channels == 2
