"""The field of text."""

from core.ui.panel import field_page
from models.text import classify, sentiment

field_page(classify.CAPABILITY, sentiment.CAPABILITY)
