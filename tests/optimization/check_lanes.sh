#!/usr/bin/env bash
# check_lanes.sh OBJDUMP OBJECT ...: no kernel for AVX2 or AVX-512 takes numbers out of its vectors,
# as one does for which the compiler found no instruction on whole vectors. Exits with 77 if the
# objects have no such kernels (built by -flto, say, or without dispatch).
set -euo pipefail
listing=$(mktemp)
trap 'rm -f "$listing"' EXIT
"$1" --disassemble --demangle --no-show-raw-insn "${@:2}" >"$listing"
awk '
  /^[[:xdigit:]]+ </ { kernel = $0; kernels += in_kernel = /hillock.*avx(2|512).*::run</ }
  in_kernel && /\tv?(pextr[bwdq]|extractps|align[dq]) / { ++taken[kernel] }
  END {
    for (kernel in taken) { print substr(kernel, 1, 240) " ...: " taken[kernel]; failed = 1 }
    exit kernels ? failed : 77
  }' "$listing"
