#!/usr/bin/env bash
# Checks that both peers compute the same: their logits along the same 8 image tokens, with and without text.
# Usage: check.sh MODEL [DIR]     (DIR: where install.sh put the peers, .venv beside this script)
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
model="${1:?usage: check.sh MODEL [DIR]}"
dir="${2:-$here/.venv}"
out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT

"$dir/min-dalle/bin/python" "$here/min_dalle_peer.py" --model "$model" --stage logits --steps 8 --out "$out/min-dalle.npy"
"$dir/dalle-mini/bin/python" "$here/dalle_mini_peer.py" --model "$model" --stage logits --steps 8 --out "$out/dalle-mini.npy"
"$dir/min-dalle/bin/python" - "$out" <<'PYTHON'
import pathlib, sys
import numpy

folder = pathlib.Path(sys.argv[1])
ours, original = (numpy.load(folder / f"{name}.npy") for name in ("min-dalle", "dalle-mini"))
error = numpy.linalg.norm(ours - original) / numpy.linalg.norm(original)
same = (ours.argmax(-1) == original.argmax(-1)).mean()
print(f"relative difference of the logits {error:.1e}, same best token in {same:.0%} of the steps")
if error > 1e-4:
    sys.exit("check.sh: they differ")
PYTHON
