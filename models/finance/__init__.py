"""The field `finance`: loans, payments, portfolios, forecasts, insurance, news."""
