"""A plug-in package as a team would add one, with capabilities that behave well and badly: `PANORAMA_PACKAGES=tests.plugin`."""
