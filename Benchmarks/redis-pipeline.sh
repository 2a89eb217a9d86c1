#!/usr/bin/env bash
# The Redis client with 64 tasks on one connection beside `redis-benchmark -P 64 -c 1`, in turn on one private Redis
# (no persistence), so that a change of the machine's mood meets both. Prints each round and the median ratio.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${ROUNDS:-5} port=${PORT:-17399}
swift build -c release --package-path Benchmarks --product redis-pipeline 2>&1 | tail -n 1
ours=$(swift build -c release --package-path Benchmarks --show-bin-path)/redis-pipeline
scratch=$(mktemp -d)
redis-server --port "$port" --bind 127.0.0.1 --dir "$scratch" --save '' --appendonly no >"$scratch/log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true; rm -rf "$scratch"' EXIT
until redis-cli -p "$port" ping >/dev/null 2>&1; do sleep 0.1; done

ratios=()
for ((round = 1; round <= rounds; round++)); do
  a=$("$ours" "redis://127.0.0.1:$port" 64 2 2>/dev/null | awk '/SET\/s/ {print $1}' | sort -n | sed -n 2p)
  b=$(redis-benchmark -p "$port" -t set -n 2000000 -P 64 -c 1 -q 2>/dev/null | tr '\r' '\n' |
    awk '/requests per second/ {print int($2)}' | tail -n 1)
  ratio=$(awk "BEGIN {printf \"%.2f\", $a / $b}")
  ratios+=("$ratio")
  echo "round $round: client $a SET/s, redis-benchmark $b SET/s, ratio $ratio"
done
echo "median ratio $(printf '%s\n' "${ratios[@]}" | sort -n | sed -n "$(((rounds + 1) / 2))p") (goal 0.50)"
