"""Names of what is measured of a recogniser of words."""

from core.language import N_

GAIN = N_("accuracy minus that of the nearest neighbour")
