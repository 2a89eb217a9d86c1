#!/usr/bin/env bash
# Holds what is served against /openapi.json: the document with openapi-spec-validator, the behaviour with a bounded
# schemathesis run against a server of its own.
#
#   Tests/API/openapi-check.sh PATH-TO-ROOST
#
# Skips, and says why, where the two tools cannot be installed.
set -euo pipefail
cd "$(dirname "$0")/../.."
roost=${1:?usage: openapi-check.sh PATH-TO-ROOST}
# 60 s of requests in all. They are not the same ones each time, whatever the seed: `make test` leaves out the checks whose
# verdict rests on what a schema can say (`OPENAPI_CHECKS`), and the phase that lasts as long as the machine lets it.
phases=${OPENAPI_PHASES:-examples,coverage,fuzzing} checks=${OPENAPI_CHECKS:-all}
examples=${OPENAPI_EXAMPLES:-12} seconds=${OPENAPI_SECONDS:-60} seed=${OPENAPI_SEED:-1}

tools=.build/openapi-tools
pins=(openapi-spec-validator==0.9.0 schemathesis==4.32.5)
if [[ $(cat "$tools/pins" 2>/dev/null || true) != "${pins[*]}" ]]; then
  rm -rf "$tools"
  if ! { python3 -m venv "$tools" && timeout 300 "$tools/bin/pip" install --quiet --disable-pip-version-check \
    --retries 1 --timeout 15 "${pins[@]}"; } >.build/openapi-tools.log 2>&1; then
    rm -rf "$tools"
    echo "skipped: openapi-spec-validator and schemathesis cannot be installed: $(tail -n 1 .build/openapi-tools.log)"
    exit 0
  fi
  printf '%s' "${pins[*]}" >"$tools/pins"
fi

work=$(mktemp -d)
: >"$work/out"
pid=
stop() {
  if [[ -n $pid ]]; then
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap stop EXIT

# The console and the mesh pick free ports too: nothing else on this machine is in the way.
"$roost" up --store memory: --port 0 --console-port 0 --mesh-port 0 --demo >"$work/out" 2>"$work/err" &
pid=$!
url=
for _ in $(seq 300); do
  url=$(grep -aoE ' http=http://[^ ]+' "$work/out" | cut -d= -f2- || true)
  if [[ -n $url ]] && curl -fsS -o /dev/null "$url/readyz" 2>/dev/null; then break; fi
  kill -0 "$pid" 2>/dev/null || break
  url=
  sleep 0.1
done
if [[ -z $url ]]; then
  echo "roost up did not get ready:"
  cat "$work/out" "$work/err"
  exit 1
fi

# Webhooks are made up, too: nobody out there shall hear of it.
curl -fsS -X POST -o /dev/null "$url/queues/roost.webhooks/pause"

curl -fsS "$url/openapi.json" >"$work/openapi.json"
"$tools/bin/openapi-spec-validator" "$work/openapi.json"

# Without idempotency keys: a key that came with another request is refused, and made-up ones often have. Without
# preferences to wait and polls that wait: the run would. Without streams: they do not end.
"$tools/bin/python" - "$work/openapi.json" "$work/keyless.json" <<'PYTHON'
import json, sys

document = json.load(open(sys.argv[1]))
for path in document["paths"].values():
    for method in [m for m, o in path.items() if "text/event-stream" in o["responses"].get("200", {}).get("content", {})]:
        del path[method]
for path in document["paths"].values():
    for operation in path.values():
        kept = [p for p in operation.get("parameters", []) if p["name"] not in ("Idempotency-Key", "Prefer")]
        if "parameters" in operation:
            operation["parameters"] = kept
for schema in document["components"]["schemas"].values():
    schema.get("properties", {}).pop("idempotency_key", None)
document["components"]["schemas"]["NewLease"]["properties"].pop("wait")
json.dump(document, open(sys.argv[2], "w"))
PYTHON

status=0
timeout --kill-after=10 $((seconds + 120)) "$tools/bin/schemathesis" --config-file Tests/API/schemathesis.toml \
  run "$work/keyless.json" --url "$url" \
  --phases "$phases" --checks "$checks" --max-examples "$examples" --max-time "$seconds" --seed "$seed" \
  --request-timeout 10 --suppress-health-check all --warnings off \
  --workers 2 --continue-on-failure >"$work/schemathesis.log" 2>&1 || status=$?
tail -n 25 "$work/schemathesis.log"
if ((status != 0)); then cp "$work/schemathesis.log" .build/schemathesis.log && echo "All of it: .build/schemathesis.log"; fi
kill -0 "$pid" 2>/dev/null || { echo "roost ended during the run:"; tail -n 20 "$work/err"; exit 1; }
exit "$status"
