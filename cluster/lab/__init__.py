"""The lab: the cluster's three hosts on one machine, in namespaces of the kernel, with the files that real hosts get.

place.py     where a lab is; begins and ends it; goes into it        (outside)
host.py      one host: boots, loses its power or its cable, starts and kills services
units.py     what systemd would start
facts.py     what the cluster says of itself
cluster.py   all hosts: up, repaired, looked at
database.py  psql on the leader, the store's data
command.py   reportgen, as the third host runs it
oracle.py    what must be true after a scenario
runner.py    runs scenarios and reports on them
scenarios/   what happens to the cluster while a run goes on
"""
