"""The field of recommending."""

from core.ui.panel import field_page
from models.recommend import content, user

field_page(*(module.CAPABILITY for module in (user, content)))
