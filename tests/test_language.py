"""Everything that is shown can be shown in Chinese, with the same placeholders."""

import importlib.util
import string
from pathlib import Path

import pytest

from core import registry
from core.contracts import InputError, Message
from core.language import best_language, catalogue, translate

ROOT = Path(__file__).parents[1]
specification = importlib.util.spec_from_file_location("messages", ROOT / "scripts" / "messages.py")
messages = importlib.util.module_from_spec(specification)
specification.loader.exec_module(messages)
SENTENCES = messages.sentences()


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_sentences_are_extracted() -> None:
    assert len(SENTENCES) > 100 and "Target column" in SENTENCES


def test_every_sentence_has_a_translation() -> None:
    chinese = catalogue("zh")
    missing = [sentence for sentence in SENTENCES if chinese.gettext(sentence) == sentence and not untranslatable(sentence)]
    assert not missing, f"{len(missing)} sentences without Chinese (run scripts/messages.py and translate): {missing[:10]}"


def untranslatable(sentence: str) -> bool:
    """Names and abbreviations are the same in both languages, if the catalogue says so explicitly."""
    source = messages.read_po(messages.CATALOGUE.open("rb"), locale="zh")
    entry = source.get(sentence)
    return entry is not None and entry.string == sentence


def test_translations_keep_the_placeholders() -> None:
    chinese = catalogue("zh")
    wrong = []
    for sentence in SENTENCES:
        if sentence == "{english_name}":  # ImageNet's names come in both languages, as values
            continue
        try:
            if placeholders(sentence) != placeholders(chinese.gettext(sentence)):
                wrong.append(sentence)
        except ValueError:  # a brace that is no placeholder: the sentence is shown without values
            continue
    assert not wrong


def test_values_that_are_sentences_are_translated_too() -> None:
    inner = Message("Target column")
    assert translate(Message("{a}", {"a": inner}), "zh") == translate("Target column", "zh") != "Target column"


def test_an_error_is_shown_in_the_language_of_its_reader() -> None:
    error = InputError("Target column")
    assert str(error) == "Target column" and translate(error, "zh") != "Target column"


def test_the_metric_of_every_bar_has_a_name_in_chinese() -> None:
    chinese = catalogue("zh")
    same = {"MRR@10", "AP50"}  # written so in both languages
    metrics = {bar.metric for capability in registry.capabilities().values() for bar in capability.bars} - same
    assert metrics and not [metric for metric in metrics if chinese.gettext(metric) == metric]


@pytest.mark.parametrize(("locale", "language"), [("zh-CN", "zh"), ("zh", "zh"), ("en-US", "en"), ("fr", "en"), (None, "en")])
def test_language_follows_the_browser(locale: str | None, language: str) -> None:
    assert best_language(locale) == language
