"""The field of text."""

from core.ui.panel import field_page
from models.text import answer, classify, entities, generate, search, sentiment, summarize

field_page(*(module.CAPABILITY for module in (classify, sentiment, answer, summarize, search, entities, generate)))
