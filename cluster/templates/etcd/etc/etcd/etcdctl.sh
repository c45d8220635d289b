# Rendered by cluster/render from inventory.toml. For root's shell: ". /etc/etcd/etcdctl.sh", then etcdctl reaches all members.
export ETCDCTL_API=3
export ETCDCTL_ENDPOINTS={{etcd_clients}}
export ETCDCTL_CACERT=/etc/etcd/ca.crt
export ETCDCTL_CERT=/etc/etcd/host.crt
export ETCDCTL_KEY=/etc/etcd/host.key
