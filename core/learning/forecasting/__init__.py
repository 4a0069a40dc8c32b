"""Forecasting of time series: an even time axis, walk-forward, methods, bands, comparison; any field's series."""
