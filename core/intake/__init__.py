"""The one way in for what users give: bytes become typed inputs, within limits, or one plain sentence says why not."""

from core.intake.tables import read_table, read_texts, texts_of
from core.intake.uploads import Upload, clean_name, find_upload, spool

__all__ = ["Upload", "clean_name", "find_upload", "read_table", "read_texts", "spool", "texts_of"]
