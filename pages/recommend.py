"""The field of recommending."""

from core.ui.panel import field_page

field_page()
