"""Pixels into the file that an `Image` holds, and back."""

from __future__ import annotations

import html
import io
import re
from typing import Any, Literal

import numpy as np

from core.contracts import Image, InputError, Message
from core.language import N_

MOST_PIXELS = 1600  # of the longer side: sharp on a page, a few hundred kilobytes
QUALITY = {"jpeg": 88, "webp": 86}
SOFTWARE = "Panorama"
# The IPTC's own term for what a model has made; readers of photo metadata know it.
GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
MOST_DETAILS = 8_000  # characters of a description; one segment of a JPEG holds 64 kB
_DESCRIPTION, _SOFTWARE = 0x010E, 0x0131  # Exif 2.3: ImageDescription, Software
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")  # not allowed in XML

Kind = Literal["jpeg", "png", "webp"]


def image(
    title: str | Message, pixels: np.ndarray, *, caption: str | Message = "", most: int = MOST_PIXELS, kind: Kind = "jpeg",
    generated: bool = False, alpha: np.ndarray | None = None, details: dict[str, str] | None = None,
) -> Image:  # fmt: skip
    """An `Image` from uint8 pixels, (height, width, 3) RGB or (height, width) grey.

    The file is scaled down to `most` pixels on the longer side; `width` and `height` stay those of `pixels`. `alpha`, uint8
    (height, width), makes what is 0 transparent (then `kind` may not be "jpeg", which has no transparency: PNG is taken).
    `details` go into the file's metadata (PNG text, Exif), and so does the fact that a model made it (XMP, IPTC's term).
    """
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] != 3):
        raise ValueError(f"a picture is uint8 (height, width, 3) or (height, width), not {pixels.dtype} {pixels.shape}")
    height, width = pixels.shape[:2]
    data = encode(pixels, most=most, kind=kind, generated=generated, alpha=alpha, details=details)
    return Image(title, data, width, height, caption, generated)


def encode(
    pixels: np.ndarray, *, most: int = 0, kind: Kind = "png", generated: bool = False, alpha: np.ndarray | None = None,
    details: dict[str, str] | None = None,
) -> bytes:  # fmt: skip
    """The file alone; `most` 0 keeps the size."""
    from PIL import Image as Pillow

    picture = Pillow.fromarray(np.ascontiguousarray(pixels))
    if picture.mode != "RGB":
        picture = picture.convert("RGB")
    if alpha is not None:
        picture.putalpha(Pillow.fromarray(np.ascontiguousarray(alpha, np.uint8)))
        kind = "png" if kind == "jpeg" else kind
    longer = max(picture.size)
    if most and longer > most:
        size = tuple(max(1, round(side * most / longer)) for side in picture.size)
        picture = picture.resize((size[0], size[1]), Pillow.Resampling.LANCZOS)
    written = io.BytesIO()
    options: dict[str, Any] = {"quality": QUALITY[kind]} if kind in QUALITY else {"compress_level": 6}
    picture.save(written, kind.upper(), **options, **_metadata(kind, generated, details or {}))
    return written.getvalue()


def decode(image: Image) -> np.ndarray:
    """The pixels of the file, uint8 (height, width, 3) RGB, what is transparent on white; maybe fewer than the original's."""
    from PIL import Image as Pillow

    try:
        with Pillow.open(io.BytesIO(image.data)) as opened:
            picture = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError) as error:
        raise InputError(N_("This picture is damaged and cannot be shown. Run it again.")) from error
    ground = Pillow.new("RGBA", picture.size, "white")
    return np.asarray(Pillow.alpha_composite(ground, picture).convert("RGB"))


def media_type(data: bytes) -> str:
    """`image/png`, `image/webp` or `image/jpeg`, by the first bytes of a file that `encode` wrote."""
    if data.startswith(b"\x89PNG"):
        return "image/png"
    return "image/webp" if data[8:12] == b"WEBP" else "image/jpeg"


def _metadata(kind: Kind, generated: bool, details: dict[str, str]) -> dict[str, Any]:
    """What Pillow is to write besides the pixels. Nothing of the user's own file (place, camera) is carried over."""
    from PIL import Image as Pillow
    from PIL.PngImagePlugin import PngInfo

    clean = {_CONTROL.sub(" ", name): _CONTROL.sub(" ", value) for name, value in details.items()}
    said = "; ".join(f"{name}: {value}" for name, value in clean.items())[:MOST_DETAILS]
    xmp = _xmp(said, generated) if said or generated else b""
    if kind == "png":
        text = PngInfo()
        text.add_text("Software", SOFTWARE)
        for name, value in clean.items():
            text.add_itxt(name.encode("latin-1", "replace").decode("latin-1")[:79], value[:MOST_DETAILS])
        if xmp:
            text.add_itxt("XML:com.adobe.xmp", xmp.decode())
        return {"pnginfo": text}
    exif = Pillow.Exif()
    exif[_SOFTWARE] = SOFTWARE
    if said:
        exif[_DESCRIPTION] = said.encode("utf-8", "replace")  # as text it would be Latin-1, without Chinese
    return {"exif": exif, **({"xmp": xmp} if xmp else {})}


def _xmp(description: str, generated: bool) -> bytes:
    """An XMP packet (ISO 16684-1) with the description and, where it is so, the fact that a model made the picture."""
    origin = f"<Iptc4xmpExt:DigitalSourceType>{GENERATED}</Iptc4xmpExt:DigitalSourceType>" if generated else ""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'{origin}<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{html.escape(description)}</rdf:li></rdf:Alt>'
        '</dc:description></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode("utf-8", "replace")
