"""The lab: the cluster's three hosts on one machine, in kernel namespaces, with the same files as real hosts.

place.py     the folder of a lab; starts, stops and enters it        (outside)
host.py      one host: power, network cable, services
units.py     reads systemd units and starts their services
facts.py     asks Patroni and etcd for their state
cluster.py   all hosts: start, repair, state
database.py  psql on the leader, the store's data
command.py   reportgen on the third host
oracle.py    checks that must hold after a scenario
runner.py    runs scenarios and prints their results
scenarios/   faults in the cluster during a run
"""
