"""Renders the cluster's files: an inventory, templates and generated secrets become one archive for each host."""
