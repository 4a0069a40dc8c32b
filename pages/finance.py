"""The field of finance."""

from core.ui.panel import field_page
from models.finance import credit

field_page(credit.CAPABILITY)
