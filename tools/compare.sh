#!/bin/sh
# Times the project against PyTorch on this machine's CPU and prints a table in Markdown: medians, ranges and ratios.
#
#   tools/compare.sh [ROUNDS] [CONFIGURATION ...]
#
# ROUNDS (default 5) alternating runs of both for each configuration: small, middle, large (default: all). Both use THREADS
# threads (default 2). The rival needs python3 with PyTorch (Debian: apt-get install python3-torch libopenblas0-pthread); PYTHON
# names another python3. Nothing else should run meanwhile. About two minutes a round on two cores, most of it the rival's.
# Each run's own JSON lines are kept in the file that RESULTS names (default: compare.jsonl in the temporary folder).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
rounds=${1:-5}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- small middle large
threads=${THREADS:-2}
python=${PYTHON:-python3}
results=${RESULTS:-${TMPDIR:-/tmp}/compare.jsonl}

dotnet build -c Release -v q "$root/src/IlgpuEdm.Cli" >/dev/null
edm="$root/src/IlgpuEdm.Cli/bin/Release/net10.0/ilgpu-edm"
: >"$results"

# The processors that .NET sees are the threads that the CPU accelerator has; PyTorch is told.
export DOTNET_PROCESSOR_COUNT="$threads"

record() { # configuration, who, JSON
    printf '{"configuration":"%s","who":"%s","result":%s}\n' "$1" "$2" "$3" >>"$results"
}

for configuration in "$@"; do
    case $configuration in
        small) network="--channels 16 --mult 1,2,2 --blocks 1 --attn 8 --batch 32" images=1 steps=15 ;;
        middle) network="--channels 32 --mult 1,2,2 --blocks 2 --attn 16 --batch 32" images=1 steps=7 ;;
        large) network="--channels 128 --mult 2,2,2 --blocks 4 --attn 16 --batch 4" images=3 steps=5 ;;
        *) echo "error: '$configuration' is not small, middle or large" >&2; exit 2 ;;
    esac
    round=0
    while [ "$round" -lt "$rounds" ]; do
        round=$((round + 1))
        for what in train denoise; do
            # shellcheck disable=SC2086
            line=$("$edm" bench "$what" $network --image-channels "$images" --resolution 32 --steps "$steps" --device cpu)
            record "$configuration" "edm-$what" "$line"
        done
        # shellcheck disable=SC2086
        line=$("$python" "$here/pytorch_baseline.py" $network --img "$images" --res 32 --threads "$threads" --reps 5)
        record "$configuration" pytorch "$line"
    done
done

"$python" "$here/compare.py" "$results"
