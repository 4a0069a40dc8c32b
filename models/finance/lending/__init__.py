"""What stands behind `finance.credit`."""
