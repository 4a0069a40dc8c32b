"""What happens to every table that something learns from: mended, guarded against leaks, split, trained on, evaluated."""
