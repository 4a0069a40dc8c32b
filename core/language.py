"""English and Chinese through gettext. English sentences are the message ids; Babel extracts what `_` and `N_` mark.

Sentences are marked with `N_` on every floor and translated with `translate` where they are shown, so a result or an
error can be shown in the language of whoever looks at it. Catalogues: `core/locale/<language>/LC_MESSAGES/panorama.po`.
"""

from __future__ import annotations

import gettext
import io
from functools import lru_cache
from pathlib import Path

LANGUAGES = {"en": "English", "zh": "中文"}
CATALOGUES = Path(__file__).parent / "locale"


def N_(message_id: str) -> str:  # noqa: N802 - gettext's own name
    """Marks a sentence for translation without translating it yet."""
    return message_id


@lru_cache(maxsize=8)
def catalogue(language: str) -> gettext.NullTranslations:
    """The translations of `language`, compiled in memory from its .po file; English needs none."""
    source = CATALOGUES / language / "LC_MESSAGES" / "panorama.po"
    if not source.exists():
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with source.open("rb") as stream:
        write_mo(compiled, read_po(stream, locale=language, domain="panorama"))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translate(message: object, language: str = "en", /, **values: object) -> str:
    """`message` (an id, a `Message`, or a `UserError`) in `language`, with its placeholders filled in.

    Values that are themselves sentences (a `Message`) are translated too.
    """
    message_id = getattr(message, "message_id", None) or getattr(message, "id", None) or str(message)
    merged = {**getattr(message, "values", {}), **values} if not isinstance(message, str) else values
    text = catalogue(language).gettext(message_id) if message_id else ""
    if not merged:
        return text
    return text.format(**{key: translate(v, language) if _is_message(v) else v for key, v in merged.items()})


def _is_message(value: object) -> bool:
    return hasattr(value, "id") and hasattr(value, "values")  # `Message` lives above this module


def best_language(locale: str | None) -> str:
    """The language to start in for a browser's locale such as `zh-CN`."""
    return "zh" if (locale or "").lower().startswith("zh") else "en"
