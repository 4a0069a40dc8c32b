"""Parts of `vision.faces`: faces found, aligned, described, compared with known error rates, kept and hidden."""
