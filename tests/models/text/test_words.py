"""Offsets point at what they name, languages are told apart, and what is invisible goes."""

import subprocess
import sys
import threading
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text import words as module
from models.text.words import STOP_WORDS, clauses, clean, has_words, language_of, parts_of_speech, sentences, words


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("这个手机很好用", "zh"),
        ("iPhone 很好", "zh"),
        ("The coffee is great", "en"),
        ("I love 火锅 so much", "en"),
        ("ok", "en"),
        ("Café crème is a favourite of mine", "en"),
        ("とても美味しいです", "other"),
        ("日本語の本です", "other"),
        ("아주 좋아요", "other"),
        ("Отличный товар", "other"),
        ("Das ist nicht gut und sehr teuer", "other"),
        ("Este producto es muy bueno pero caro", "other"),
        ("😡😡", "other"),
        ("12.50", "other"),
        ("", "other"),
    ],
)
def test_language_of_one_text(text: str, language: str):
    assert language_of(text) == language


def test_language_of_a_list_is_the_commonest_and_ignores_texts_without_letters():
    assert language_of(["很好", "不错", "good one", "", "", "", "5"]) == "zh"
    assert language_of(["", "😀"]) == "other"
    assert language_of([]) == "other"


def test_english_words_keep_their_apostrophes_and_place():
    assert words("Don't buy—it’s BAD!", "en") == [("Don't", 0, 5), ("buy", 6, 9), ("it’s", 10, 14), ("BAD", 15, 18)]


def test_chinese_words_are_cut_at_their_bounds():
    assert words("手机的电池，很耐用！", "zh") == [("手机", 0, 2), ("的", 2, 3), ("电池", 3, 5), ("很", 6, 7), ("耐用", 7, 9)]


@given(st.text(max_size=60), st.sampled_from(["zh", "en", "other"]))
def test_every_span_points_at_its_piece(text: str, language: str):
    for split in (lambda: words(text, language), lambda: sentences(text), lambda: clauses(text)):
        spans = split()
        assert all(text[start:end] == piece and piece for piece, start, end in spans)
        assert all(a[2] <= b[1] for a, b in pairwise(spans))


def test_sentences_end_at_marks_of_both_languages_but_not_inside_abbreviations():
    found = [piece for piece, _, _ in sentences("It's from the U.S. today. Nice!! 很好。“真的！”不错？\n新行")]
    assert found == ["It's from the U.S. today.", "Nice!!", "很好。", "“真的！”", "不错？", "新行"]


def test_clauses_part_opposite_opinions():
    assert [piece for piece, _, _ in clauses("The taste is great but delivery was slow.")] == [
        "The taste is great",
        "but delivery was slow.",
    ]
    assert [piece for piece, _, _ in clauses("味道好但是包装差，价格贵")] == ["味道好", "但是包装差", "价格贵"]


def test_clean_takes_out_what_cannot_be_seen_and_keeps_what_carries_meaning():
    assert clean("a\u200bb\x00 c\r\n\t d\u00ad e\u0301\ud800 \ufeff好\u200d评") == "ab c d é 好评"
    assert clean("👨\u200d👩\u200d👧") == "👨\u200d👩\u200d👧"
    assert clean("می\u200cخواهم") == "می\u200cخواهم"
    assert clean(" \u3000\u00a0\u200b ") == ""


@given(st.text(max_size=80))
def test_clean_is_done_in_one_go(text: str):
    assert clean(clean(text)) == clean(text)
    clean(text).encode("utf-8")


def test_negations_are_no_stop_words():
    assert not STOP_WORDS["en"] & {"not", "no", "never", "don't", "won't"}
    assert not STOP_WORDS["zh"] & {"不", "没", "没有", "无", "不是"}


def test_parts_of_speech_tell_nouns():
    assert parts_of_speech(["电池", "漂亮", "没有这个词"]) == {"电池": "n", "漂亮": "a"}


def test_emoji_are_no_words():
    assert not has_words("😡😡 !!!")
    assert has_words("x")


def test_the_dictionary_is_loaded_once_however_many_ask_and_leaves_no_file(tmp_path, monkeypatch: pytest.MonkeyPatch):
    import jieba

    loads = []
    real = jieba.Tokenizer.gen_pfdict
    monkeypatch.setattr(jieba.Tokenizer, "gen_pfdict", staticmethod(lambda stream: loads.append(1) or real(stream)))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(module, "_loaded", [])
    answers: list[object] = []
    threads = [threading.Thread(target=lambda: answers.append(words("电池很耐用", "zh"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 1
    assert answers == [[("电池", 0, 2), ("很", 2, 3), ("耐用", 3, 5)]] * 8
    assert not list(tmp_path.iterdir())


def test_jieba_says_nothing():
    code = "from models.text.words import words; words('电池很耐用', 'zh')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == done.stderr == ""
