"""The modules of scripts/bench: one for each section, and those that the sections share."""
