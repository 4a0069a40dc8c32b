"""Pictures and films in the report: all of it inside the one file, films too where they are not too large."""

from __future__ import annotations

import base64
import html
from typing import Any

from core.contracts import Boxes, Film, Gallery, Image
from core.language import N_, translate
from core.ui import overlay
from core.ui.visual_views import FILM_GONE, GENERATED_PICTURE, NOTHING_FOUND, film_facts

MOST_FILM_BYTES = 12 * 1000**2  # a larger film stays on the server; the report shows one frame
FILM_LEFT_OUT = N_("The film is too large for this file: this is one frame of it. Download it on the page.")


def picture(result: Any, language: str) -> str:
    """Any of the visual results as HTML, without title and caption."""
    if isinstance(result, Film):
        return _film(result, language)
    if isinstance(result, Gallery):
        is_mixed = not all(image.generated for image in result.images)
        shown = "".join(_of_gallery(image, language, is_mixed) for image in result.images)
        mark = "" if is_mixed else _mark(result.images[:1], language)
        return f"{mark}<div class='gallery'>{shown}</div>"
    if isinstance(result, Image):
        return _mark((result,), language) + _img(result, language)

    def say(sentence: Any) -> str:
        return translate(sentence, language)

    counted = overlay.count_bars(result, say) if isinstance(result, Boxes) else ""
    if isinstance(result, Boxes) and not result.labels:
        counted = f"<div class='muted'>{html.escape(say(NOTHING_FOUND))}</div>"
    return _mark((result.image,), language) + overlay.inline(result, say) + counted


def _mark(images: tuple[Image, ...], language: str) -> str:
    if not any(image.generated for image in images):
        return ""
    return f"<p class='muted'>{html.escape(translate(GENERATED_PICTURE, language))}</p>"


def _img(image: Image, language: str) -> str:
    title = html.escape(translate(image.title, language), quote=True)
    return f"<img src='{overlay.data_uri(image.data)}' alt='{title}'>"


def _of_gallery(image: Image, language: str, is_mixed: bool) -> str:
    """One picture of several; where only some were made by a model, those say so themselves."""
    mark = GENERATED_PICTURE if image.generated and is_mixed else ""
    told = " · ".join(html.escape(translate(s, language)) for s in (image.title, image.caption, mark) if s)
    below = f"<figcaption>{told}</figcaption>" if told else ""
    return f"<figure>{_img(image, language)}{below}</figure>"


def _film(result: Film, language: str) -> str:
    from core.visual import film

    facts = f"<div class='muted'>{html.escape(film_facts(result))}</div>"
    kept = film.is_kept(result)
    if not kept or film.path_of(result).stat().st_size > MOST_FILM_BYTES:
        told = html.escape(translate(FILM_LEFT_OUT if kept else FILM_GONE, language))
        return f"{_img(result.poster, language)}<p class='muted'>{told}</p>{facts}"
    content = base64.b64encode(film.path_of(result).read_bytes()).decode("ascii")
    poster = overlay.data_uri(result.poster.data)
    return f"<video controls preload='metadata' poster='{poster}' src='data:video/mp4;base64,{content}'></video>{facts}"
