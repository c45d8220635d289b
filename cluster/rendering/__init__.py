"""The cluster's files: an inventory, templates and generated secrets become one archive of files for each host."""
