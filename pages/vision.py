"""The field of vision."""

from core.ui.panel import field_page
from models.vision import detect, track

field_page(*(module.CAPABILITY for module in (detect, track)))
