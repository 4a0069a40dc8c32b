"""Parts of lists for one user: items named in words, lists made more diverse and more novel, reasons, a map."""
