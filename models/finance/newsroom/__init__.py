"""Parts of `finance.news`: the risk of a headline, who it is about, topics, the index over time."""
