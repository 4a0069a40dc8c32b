"""The field of finance."""

from core.ui.panel import field_page
from models.finance import advisor, credit, forecast, fraud, insurance, news

field_page(*(module.CAPABILITY for module in (credit, fraud, advisor, forecast, insurance, news)))
