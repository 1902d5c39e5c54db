#!/usr/bin/env bash
# check.sh SOURCE COMPILE ...: at any level of optimization, the kernels for AVX2 and AVX-512
# compute with vectors, never lane by lane, estimate no quotients and call nothing.
set -euo pipefail
source=$1
compile=("${@:2}")

# Calls, and arithmetic of lone numbers other than products, which a kernel may prepare.
slow_lines() {
  awk '
    /^_+Z[[:alnum:]_.]*:/ { in_kernel = /hillock.*(avx2|avx512)3run/ }
    in_kernel && /\tvfn?m(add|sub)[0-9]+ps\t/ { ++vectors }
    in_kernel && /\t(call|vrcp|v?(add|sub|div|sqrt|fn?m(add|sub)[0-9]+)s[sd])/ { print }
    END { if (vectors < 100) print "too few kernels found" }'
}

failed=0
for flags in -O1 -Os -O2 "-O2 -ffast-math" "-O2 -funsafe-math-optimizations"; do
  # shellcheck disable=SC2086
  slow=$("${compile[@]}" $flags -S "$source" -o - | slow_lines)
  [ -z "$slow" ] || { echo "$flags:"; sort <<<"$slow" | uniq -c; failed=1; }
done
exit $failed
