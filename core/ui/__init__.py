"""What every page is made of: forms from parameters, views of results, charts, the evidence card and the panels around them."""
