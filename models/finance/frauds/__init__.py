"""Parts of `finance.fraud`."""
