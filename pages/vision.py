"""The field of vision."""

from core.ui.panel import field_page
from models.vision import faces, pose, read, segment

field_page(*(module.CAPABILITY for module in (segment, faces, pose, read)))
