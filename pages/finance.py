"""The field of finance."""

from core.ui.panel import field_page
from models.finance import advisor, credit, forecast, fraud

field_page(*(module.CAPABILITY for module in (credit, fraud, advisor, forecast)))
