"""The field of speech."""

from core.ui.panel import field_page
from models.speech import converse, synthesize, transcribe, translate

field_page(*(module.CAPABILITY for module in (transcribe, synthesize, translate, converse)))
