"""Pictures from bytes: a file, several, or an archive of them; their pixels are decoded when asked for.

Formats: PNG, JPEG, WebP, BMP, TIFF, GIF and PNM. Size is read from the header and limited before anything is decoded.
"""

from core.intake.pictures.pixels import decoded, header, pixels, read
from core.intake.pictures.reading import read_pictures
from core.intake.pictures.sets import find, is_reference, path_of, reference, reference_if_any, table_of

__all__ = [
    "decoded", "find", "header", "is_reference", "path_of", "pixels", "read", "read_pictures", "reference", "reference_if_any",
    "table_of",
]  # fmt: skip
