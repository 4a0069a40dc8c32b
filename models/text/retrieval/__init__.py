"""Finding in documents: passages by structure, BM25 and vectors fused, a second look at the best, and the answer's span."""
