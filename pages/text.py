"""The field of text."""

from core.ui.panel import field_page
from models.text import answer, classify, entities, generate, search, sentiment, summarize, translate

field_page(*(module.CAPABILITY for module in (classify, sentiment, answer, translate, summarize, search, entities, generate)))
