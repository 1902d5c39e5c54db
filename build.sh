# the two headers trees have the same inline namespace: localize all but the entry symbols
set -e
name=$1; shift; new=${NEW:-/work/cloneB}
for s in old neu; do
  root=/work/main; [ $s = neu ] && root=$new
  nice g++ -std=c++17 "$@" -DNDEBUG -w -DSIDE=$s -fvisibility=hidden -I $root/include -isystem /usr/include/eigen3 -c side.cpp -o $s.o
  ld -r $s.o -o ${s}_r.o
  objcopy --keep-global-symbol-placeholder 2>/dev/null || true
done
