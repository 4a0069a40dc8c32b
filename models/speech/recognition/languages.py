"""The languages that are offered by name; Whisper knows about a hundred, and any of their codes may be given."""

from __future__ import annotations

from core.contracts import InputError
from core.language import N_

LANGUAGES = {
    "auto": N_("Find it out"),
    "en": N_("English"), "zh": N_("Chinese"), "yue": N_("Cantonese"), "ja": N_("Japanese"), "ko": N_("Korean"),
    "de": N_("German"), "fr": N_("French"), "es": N_("Spanish"), "it": N_("Italian"), "pt": N_("Portuguese"),
    "ru": N_("Russian"), "uk": N_("Ukrainian"), "pl": N_("Polish"), "nl": N_("Dutch"), "sv": N_("Swedish"), "tr": N_("Turkish"),
    "ar": N_("Arabic"), "hi": N_("Hindi"), "vi": N_("Vietnamese"), "th": N_("Thai"), "id": N_("Indonesian"),
}  # fmt: skip


def checked(language: str, english_only: bool = False) -> str:
    """The code for the model, "" to find it out. Raises InputError for one that Whisper does not know."""
    code = language.strip().lower()
    if english_only:
        if code not in ("", "auto", "en"):
            raise InputError(N_("This model knows English only. Choose Whisper base for other languages."))
        return "en"
    if code in ("", "auto"):
        return ""
    from faster_whisper.tokenizer import _LANGUAGE_CODES

    if code not in _LANGUAGE_CODES:
        raise InputError(
            N_("Whisper does not know the language {code}. Write an ISO code such as {examples}."),
            code=code,
            examples="en, zh, de",
        )
    return code
