#!/usr/bin/env bash
# Installs the two peers, each in a virtual environment of its own below DIR. Does nothing for one that is up to date.
# Usage: install.sh [DIR]     (DIR: .venv beside this script; PYTHON=... chooses the Python 3.11)
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
case "${1-}" in -*) echo "usage: install.sh [DIR]" >&2; exit 2 ;; esac
dir="${1:-$here/.venv}"

is_311() { "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; }

python=
for candidate in ${PYTHON:-python3.11 python3 python}; do
  if is_311 "$candidate"; then python="$candidate"; break; fi
done
if [ -z "$python" ]; then
  echo "install.sh: no Python 3.11 found (tried: ${PYTHON:-python3.11 python3 python})." >&2
  echo "The pinned packages are for exactly this version; name it with PYTHON=/path/to/python3.11." >&2
  exit 1
fi
if [ "$(uname -s) $(uname -m)" != "Linux x86_64" ]; then
  echo "install.sh: the pinned packages are for Linux on x86-64, not for $(uname -s) $(uname -m)." >&2
  exit 1
fi

install() { # name, size
  local venv="$dir/$1" requirements="$here/requirements-$1.txt"
  if cmp -s "$requirements" "$venv/requirements.txt"; then
    echo "$1 is up to date in $venv"
    return
  fi
  echo "Installing $1 in $venv ($2) ..."
  "$python" -m venv --clear "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
    --only-binary :all: --no-binary min-dalle,jax --requirement "$requirements"
  cp "$requirements" "$venv/requirements.txt"
}

install min-dalle "4.2 GB, most of it CUDA libraries that PyTorch wants to start"
install dalle-mini "0.7 GB"
echo "Run them with $dir/min-dalle/bin/python min_dalle_peer.py and $dir/dalle-mini/bin/python dalle_mini_peer.py"
