"""The field of vision."""

from core.ui.panel import field_page
from models.vision import classify

field_page(*(module.CAPABILITY for module in (classify,)))
