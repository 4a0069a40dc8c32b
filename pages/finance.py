"""The field of finance."""

from core.ui.panel import field_page
from models.finance import insurance, news

field_page(*(module.CAPABILITY for module in (insurance, news)))
