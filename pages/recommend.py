"""The field of recommending."""

from core.ui.panel import field_page
from models.recommend import content, train, user

field_page(*(module.CAPABILITY for module in (train, user, content)))
