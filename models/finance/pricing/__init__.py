"""Parts of `finance.insurance`: rating tables, trees, tariffs that are saved, what is shown of them."""
