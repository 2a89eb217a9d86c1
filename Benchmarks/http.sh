#!/usr/bin/env bash
# The HTTP API beside a bare route of the same framework that reads and answers the same bytes: single submits, reads and bulk
# with wrk and 64 connections, in turn, so that a change of the machine's mood meets both; then a crowd at 80 % and at 120 % of
# what was measured, whose requests come whether or not the earlier ones are answered.
#
#   Benchmarks/http.sh            ROUNDS=5 SECONDS_EACH=5 STORES="memory redis" CONNECTIONS=1000
#
# Goals: POST at least 0.5 of the bare route, GET 0.6, bulk at five times the single rate; at 80 % a bounded time, at 120 % the
# excess refused within a second and what was accepted served.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${ROUNDS:-5} each=${SECONDS_EACH:-5} stores=${STORES:-memory redis} crowd=${CONNECTIONS:-1000}
for program in wrk curl jq; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not here (apt-get install $program)"; exit 0; }
done
ulimit -n "$(ulimit -Hn)"

swift build -c release --product roost --static-swift-stdlib 2>&1 | tail -n 1
roost=$(swift build -c release --product roost --static-swift-stdlib --show-bin-path)/roost
for product in http-floor http-open-loop; do
  swift build -c release --package-path Benchmarks --product "$product" --static-swift-stdlib 2>&1 | tail -n 1
done
tools=$(swift build -c release --package-path Benchmarks --static-swift-stdlib --show-bin-path)

# A crowd on other machines would not wait for the processors of this one: where that is allowed, its generator goes first.
crowd_priority=()
if nice -n -10 true 2>/dev/null && [[ $(nice -n -10 nice) -lt 0 ]]; then crowd_priority=(nice -n -10); fi

scratch=$(mktemp -d)
pids=()
stop() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; done
  pids=()
}
trap 'stop; rm -rf "$scratch"' EXIT

job='{"type":"benchmark","payload":{"task":"process_data","user":42,"items":["a","b","c"],"note":"as much as most jobs carry"}}'
printf '%s' "$job" >"$scratch/job.json"
jq -c '[range(10000) as $n | $job]' --argjson job "$job" -n >"$scratch/bulk.json"
cat >"$scratch/post.lua" <<LUA
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local file = io.open("$scratch/job.json")
wrk.body = file:read("*a")
file:close()
LUA

sed "s#post.lua#bulk.lua#; s#job.json#bulk.json#" "$scratch/post.lua" >"$scratch/bulk.lua"

# rate URL [OPTION…]: requests a second that were answered well.
rate() {
  local url=$1 out
  shift
  out=$(wrk -t 2 -c 64 -d "${each}s" "$@" "$url")
  if grep -qE 'Non-2xx|Socket errors' <<<"$out"; then grep -E 'Non-2xx|Socket errors' <<<"$out" >&2; fi
  awk '/Requests\/sec/ {print int($2)}' <<<"$out"
}
# bulk_rate URL: jobs a second, ten thousand in a request, four clients at once: one alone would leave a processor idle while
# it reads its answer and puts the next request together, which the 64 that submit one by one do not.
bulk_rate() {
  local out
  out=$(wrk -t 2 -c 4 -d "${each}s" --timeout 10s -s "$scratch/bulk.lua" "$1")
  if grep -qE 'Non-2xx|Socket errors' <<<"$out"; then grep -E 'Non-2xx|Socket errors' <<<"$out" >&2; fi
  awk '/Requests\/sec/ {print int($2 * 10000)}' <<<"$out"
}
median() { printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"; }
ratio() { awk "BEGIN {printf \"%.2f\", $1 / $2}"; }
# ready FILE WORD: waits for the address in a ready line.
ready() {
  for _ in $(seq 300); do
    local url
    url=$(grep -aoE " $2=http://[^ ]+" "$1" | cut -d= -f2- || true)
    if [[ -n $url ]] && curl -fsS -o /dev/null "$url/readyz" 2>/dev/null; then echo "$url"; return; fi
    sleep 0.1
  done
  echo "roost did not get ready:" >&2
  cat "$1" >&2
  exit 1
}

for store in $stores; do
  case $store in
    memory) where=memory: role=up ;;
    redis)
      port=${PORT:-17398}
      redis-server --port "$port" --bind 127.0.0.1 --dir "$scratch" --save '' --appendonly no >"$scratch/redis.log" 2>&1 &
      pids+=($!)
      until redis-cli -p "$port" ping >/dev/null 2>&1; do sleep 0.1; done
      where=redis://127.0.0.1:$port role=api
      ;;
    *) echo "STORES: memory or redis, not $store" >&2; exit 64 ;;
  esac
  : >"$scratch/roost.log"
  "$roost" "$role" --store "$where" --port 0 --console-port 0 --mesh-port 0 --log-level error >"$scratch/roost.log" 2>&1 &
  pids+=($!)
  url=$(ready "$scratch/roost.log" http)
  # Nobody runs these jobs: they must have room to wait.
  curl -fsS -o /dev/null -X PATCH -d '{"quota":1000000000}' "$url/queues/default"
  id=$(curl -fsS -d "$job" "$url/jobs" | jq -r .job_id)
  curl -fsS "$url/jobs/$id" >"$scratch/shown.json"
  floor=${FLOOR_PORT:-17397}
  "$tools/http-floor" "$floor" "$scratch/shown.json" >"$scratch/floor.log" 2>&1 &
  pids+=($!)
  bare=http://127.0.0.1:$floor
  until curl -fsS -o /dev/null "$bare/jobs/$id" 2>/dev/null; do sleep 0.1; done

  posts=() gets=() bulks=() singles=()
  for ((round = 1; round <= rounds; round++)); do
    a=$(rate "$url/jobs" -s "$scratch/post.lua") b=$(rate "$bare/jobs" -s "$scratch/post.lua")
    c=$(rate "$url/jobs/$id") d=$(rate "$bare/jobs/$id")
    e=$(bulk_rate "$url/jobs/bulk")
    singles+=("$a") posts+=("$(ratio "$a" "$b")") gets+=("$(ratio "$c" "$d")") bulks+=("$(ratio "$e" "$a")")
    echo "$store round $round: POST $a/s of $b bare, GET $c/s of $d bare, bulk $e jobs/s"
  done
  echo "$store median: POST $(median "${posts[@]}") of bare (goal 0.50), GET $(median "${gets[@]}") (goal 0.60)," \
    "bulk $(median "${bulks[@]}") times single (goal 5)"

  capacity=$(median "${singles[@]}")
  for share in 80 120; do
    rate=$((capacity * share / 100))
    before=$(curl -fsS "$url/stats" | jq .totals.enqueued)
    echo "$store crowd at $share % ($rate/s, $crowd connections, times in ms):"
    "${crowd_priority[@]}" "$tools/http-open-loop" "${url##*:}" /jobs "$scratch/job.json" "$rate" "$((each * 3))" "$crowd" |
      tee "$scratch/crowd.txt" | sed 's/^/  /'
    accepted=$(awk '$2 == 202 {print $4}' "$scratch/crowd.txt")
    kept=$(($(curl -fsS "$url/stats" | jq .totals.enqueued) - before))
    echo "  accepted ${accepted:-0}, kept $kept"
  done
  stop
done
