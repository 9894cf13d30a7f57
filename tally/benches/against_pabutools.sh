#!/bin/sh
# Prints how many times faster this crate reads and tallies Poland_Lodz_2022.pb than pabutools,
# installed by pip into a folder of its own, in the same run. Needs the folder of real elections:
#   HANPYO_PABULIB=... tally/benches/against_pabutools.sh
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$(CDPATH='' cd -- "$here/../.." && pwd)
HANPYO_PABULIB=${HANPYO_PABULIB:-$root/../shared/data/pabulib}
export HANPYO_PABULIB
file=$HANPYO_PABULIB/Poland_Lodz_2022.pb
[ -f "$file" ] || { echo "no $file: set HANPYO_PABULIB" >&2; exit 1; }

venv=$(mktemp -d)
trap 'rm -rf "$venv"' EXIT
python3 -m venv "$venv"
"$venv/bin/pip" install --quiet pabutools==1.2.3 || { echo "pip cannot install pabutools" >&2; exit 1; }

cd "$root"
cargo bench --quiet -p tally --bench real_elections -- 'parse' >"$venv/criterion.txt" 2>&1
"$venv/bin/python" "$here/against_pabutools.py" "$file" "$root/target/criterion"
