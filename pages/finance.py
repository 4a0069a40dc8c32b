"""The field of finance."""

from core.ui.panel import field_page

field_page()
