#!/usr/bin/env bash
# Makes the README's pictures from a real cluster on this machine: Redis, two APIs, three nodes and sysmon under a light
# load for half a minute. `make pictures`; needs tmux, chromium, chromium-driver and python3.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=Documentation/pictures
roost=$PWD/${ROOST_BINARY:-.build/release/roost}
scratch=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  tmux -L roost-pictures kill-server 2>/dev/null || true
  rm -rf "$scratch"
}
trap finish EXIT
export ROOST_STORE=redis://127.0.0.1:17379 ROOST_CLUSTER=demo ROOST_DEMO_WORK_SECONDS=0.4 ROOST_LOG_LEVEL=error

background() { "$@" >>"$scratch/log" 2>&1 & pids+=($!); }
background redis-server --port 17379 --dir "$scratch" --save '' --appendonly yes --appendfsync always
sleep 1
for n in 1 2; do background "$roost" api --port "1810$n" --mesh-port "1811$n"; done
for n in 1 2 3; do background "$roost" node --demo --mesh-port "1812$n" --concurrency 8 --queues default,media,mail; done
leaving=${pids[-1]}
background "$roost" sysmon --mesh-port 18130 --console-port 15985 --plain

load() { # about 60 jobs a second over three queues, a few of which fail
  local end=$((SECONDS + 90)) n=0
  while ((SECONDS < end)); do
    n=$((n + 1))
    curl -s -o /dev/null -d '[
      {"type":"work","payload":{"data":"a"},"queue":"media"},{"type":"work","payload":{"data":"b"},"queue":"mail","priority":2},
      {"type":"echo","payload":{"n":1}},{"type":"noop","payload":{}},{"type":"noop","payload":{},"delay":8},
      {"type":"sleep","payload":{"seconds":0.9},"queue":"media"},{"type":"thumbnail","payload":{"source":"x"},"queue":"media"},
      {"type":"fail","payload":{"message":"mail server refused"},"queue":"mail","max_attempts":1}]' \
      "http://127.0.0.1:1810$((n % 2 + 1))/jobs/bulk" || true
    sleep 0.1$((RANDOM % 9))
  done
}
sleep 2
load &
pids+=($!)
tmux -L roost-pictures -f /dev/null new-session -d -x 118 -y 34 \
  "LANG=C.UTF-8 TERM=xterm-256color '$roost' sysmon --mesh-port 18131 --console-port 15986"
sleep 24
kill -TERM "$leaving"
sleep 8
tmux -L roost-pictures capture-pane -e -p >"$scratch/screen"
python3 "$here/screen.py" <"$scratch/screen" >"$scratch/screen.html"

job() { # QUERY: the newest job that matches
  curl -s "http://127.0.0.1:18101/jobs?per_page=1&$1" | jq -r '.[0].id'
}
curl -s -o /dev/null -d '{"type":"progress","payload":{"steps":40,"seconds":30,"customer":"c-42","amount":123456789012345678901},
  "queue":"media","tags":["customer:42","nightly"]}' http://127.0.0.1:18101/jobs
sleep 12
running=$(job q=type:progress)
console=http://127.0.0.1:15985/#
python3 "$here/shoot.py" "$here/sysmon.png" "file://$scratch/screen.html" 1000 760 light \
  "$here/console.png" "$console/" 1280 1000 light "$here/console-dark.png" "$console/" 1280 1000 dark \
  "$here/jobs.png" "$console/jobs" 1280 800 light "$here/jobs-dark.png" "$console/jobs" 1280 800 dark \
  "$here/job.png" "$console/jobs/$running" 1280 800 light "$here/job-dark.png" "$console/jobs/$running" 1280 800 dark \
  "$here/nodes.png" "$console/nodes" 1280 800 light "$here/nodes-dark.png" "$console/nodes" 1280 800 dark
ls -l "$here"/*.png
