"""The field of vision."""

from core.ui.panel import field_page
from models.vision import classify, detect, faces, generate, pose, read, segment, track

field_page(*(module.CAPABILITY for module in (detect, classify, track, faces, segment, pose, read, generate)))
