"""The field of speech."""

from core.ui.panel import field_page
from models.speech import commands, converse, enhance, speakers, synthesize, transcribe, translate

field_page(*(module.CAPABILITY for module in (transcribe, synthesize, enhance, translate, converse, commands, speakers)))
