"""The field of speech."""

from core.ui.panel import field_page
from models.speech import enhance, transcribe

field_page(*(module.CAPABILITY for module in (transcribe, enhance)))
