"""The field of text."""

from core.ui.panel import field_page
from models.text import classify, entities, generate, sentiment, summarize

field_page(*(module.CAPABILITY for module in (classify, sentiment, summarize, entities, generate)))
