"""Parts of what tells voices apart."""
