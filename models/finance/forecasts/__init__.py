"""The parts of `finance.forecast`."""
