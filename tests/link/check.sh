#!/bin/sh
# check.sh NM OBJECT ...: no symbol of hillock that a linker would merge is in two of the objects.
set -eu
nm=$1
shift

symbols() {
  "$nm" --defined-only "$1" | sed -n 's/^[0-9a-f]* [VWuvw] \(.*hillock\)/\1/p'
}

for object; do
  [ -n "$(symbols "$object")" ] || { echo "$object holds nothing of hillock"; exit 1; }
done
shared=$(for object; do symbols "$object"; done | sort | uniq -d)
[ -z "$shared" ] || { echo "in more than one object:"; echo "$shared" | c++filt; exit 1; }
