#!/bin/sh
# Installs what lies beside it: ./install.sh [--prefix FOLDER] [--uninstall]
# FOLDER is /usr/local. DESTDIR goes before every path, for those who make packages. An existing
# /etc/reportgen/environment is kept, and --uninstall leaves /etc/reportgen alone.
set -eu
cd "$(dirname "$0")"

prefix=/usr/local
uninstall=
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) prefix=${2:?--prefix needs a folder}; shift 2 ;;
    --uninstall) uninstall=yes; shift ;;
    *) echo "usage: ./install.sh [--prefix FOLDER] [--uninstall]" >&2; exit 64 ;;
  esac
done
case $prefix in /*) ;; *) echo "error: --prefix is \"$prefix\", which does not begin with \"/\"" >&2; exit 64 ;; esac
root=${DESTDIR:-}$prefix
settings=${DESTDIR:-}/etc/reportgen

if [ -n "$uninstall" ]; then
  rm -f "$root/bin/reportgen" "$root"/share/man/man1/reportgen.1 "$root"/share/man/man1/reportgen-*.1 \
    "$root/share/man/man5/reportgen.yaml.5" "$root/share/man/man5/reportgen-report.5" \
    "$root/share/bash-completion/completions/reportgen" "$root/share/zsh/site-functions/_reportgen" \
    "$root/share/fish/vendor_completions.d/reportgen.fish" "$root/lib/systemd/system/reportgen.service" \
    "$root/lib/systemd/system/reportgen.timer" "$root/lib/sysusers.d/reportgen.conf" "$root/lib/tmpfiles.d/reportgen.conf"
  rm -rf "$root/share/reportgen" "$root/share/doc/reportgen"
  exit
fi

# Before anything is written: what the system has to have.
missing=$(ldd ./reportgen 2>/dev/null | sed -n 's/^[[:space:]]*\(.*\) => not found$/\1/p')
if [ -n "$missing" ]; then
  echo "error: these libraries are missing:" "$(echo "$missing" | paste -sd " " -)" >&2
  echo "  hint: Install libpq, OpenSSL 3 and zlib; on Debian they are in libpq5, libssl3 and zlib1g." >&2
  exit 69
fi
./reportgen --version >/dev/null
# They are opened when they are first used.
have() { { ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null | grep -q "$1"; }
have 'libxml2\.so\.\(2\|16\) ' || echo "warning: libxml2 is missing: pages cannot be written" >&2
have 'libcurl\.so\.4 ' || echo "warning: libcurl is missing: neither Superset nor Patroni can be asked" >&2

copy() {
  mode=$1
  folder=$2
  shift 2
  mkdir -p "$folder"
  for file; do
    install -m "$mode" "$file" "$folder/"
  done
}
copy 755 "$root/bin" reportgen
copy 644 "$root/share/man/man1" man/*.1
copy 644 "$root/share/man/man5" man/*.5
copy 644 "$root/share/bash-completion/completions" completions/reportgen
copy 644 "$root/share/zsh/site-functions" completions/_reportgen
copy 644 "$root/share/fish/vendor_completions.d" completions/reportgen.fish
copy 644 "$root/share/reportgen/schema" schema/*
# Whole folders: an older version's documents would mislead.
rm -rf "$root/share/doc/reportgen"
mkdir -p "$root/share/doc"
cp -R docs "$root/share/doc/reportgen"
cp -R examples "$root/share/doc/reportgen/examples"

# systemd also reads what lies below /usr/local/lib.
mkdir -p "$root/lib/systemd/system" "$root/lib/sysusers.d" "$root/lib/tmpfiles.d"
for unit in reportgen.service reportgen.timer; do
  sed -e "s|^ExecStart=/usr/bin/|ExecStart=$prefix/bin/|" -e "s|file:///usr/share/|file://$prefix/share/|" \
    "systemd/$unit" >"$root/lib/systemd/system/$unit"
done
install -m 644 systemd/sysusers.conf "$root/lib/sysusers.d/reportgen.conf"
install -m 644 systemd/tmpfiles.conf "$root/lib/tmpfiles.d/reportgen.conf"
[ -e "$settings/environment" ] || copy 644 "$settings" systemd/environment

if [ -z "${DESTDIR:-}" ]; then
  "$root/bin/reportgen" --version
  [ ! -d /run/systemd/system ] ||
    echo "For nightly runs: systemd-sysusers && systemd-tmpfiles --create && systemctl daemon-reload"
fi
