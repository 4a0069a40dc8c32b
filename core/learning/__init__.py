"""What every field that learns stands on: rows with targets, one training loop with checkpoints, a head, classes and chances."""
