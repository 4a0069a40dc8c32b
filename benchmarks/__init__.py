"""Measurements, not tests: our score beside a baseline and a reference, our speed beside a peer's in the same run."""
