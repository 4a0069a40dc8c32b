"""What stands behind `models.text.encoder`: batches, the ways to run a model, and the store of vectors."""
