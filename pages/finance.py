"""The field of finance."""

from core.ui.panel import field_page
from models.finance import insurance

field_page(*(module.CAPABILITY for module in (insurance,)))
