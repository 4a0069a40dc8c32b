"""The field of vision."""

from core.ui.panel import field_page
from models.vision import generate

field_page(generate.CAPABILITY)
