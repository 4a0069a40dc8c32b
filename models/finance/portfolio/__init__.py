"""What the advisor stands on: prices, methods, back-test, measures."""
