"""The field of speech."""

from core.ui.panel import field_page
from models.speech import commands, converse, speakers, synthesize, transcribe, translate

field_page(*(module.CAPABILITY for module in (transcribe, synthesize, translate, converse, commands, speakers)))
