"""Parts of recommending by what is written of the items: the hybrid of text and ratings, and how it is measured."""
