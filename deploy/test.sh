#!/usr/bin/env bash
# Brings docker-compose.yml up for real and checks what the README says of it: balancing, work done, nodes that come
# and go, a Redis outage. Uses the engine at DOCKER_HOST, a project of its own and ports of its own, and always removes
# what it started. It builds the image first, unless ROOST_IMAGE names one to test.
#
#   deploy/test.sh
#   HTTP_PORT=8080 CONSOLE_PORT=8081 ROOST_IMAGE=registry.example/roost:1 deploy/test.sh
set -euo pipefail
cd "$(dirname "$0")/.."

export COMPOSE_PROJECT_NAME=roost-deploy-test COMPOSE_FILE=docker-compose.yml
export ROOST_HTTP_PORT=${HTTP_PORT:-18080} ROOST_CONSOLE_PORT=${CONSOLE_PORT:-15984}
url=http://127.0.0.1:$ROOST_HTTP_PORT
console=http://127.0.0.1:$ROOST_CONSOLE_PORT

if ! docker info >/dev/null 2>&1; then
  echo "No Docker engine answers at ${DOCKER_HOST:-the default socket}." >&2
  exit 69
fi
if command -v docker-compose >/dev/null; then compose=(docker-compose); else compose=(docker compose); fi
compose() { "${compose[@]}" "$@"; }
quietly() { "$@" >"$scratch/out" 2>&1 || { cat "$scratch/out" >&2; return 1; }; }

passed=0
pass() { printf 'PASS  %s\n' "$*"; passed=$((passed + 1)); }
fail() { printf 'FAIL  %s\n' "$*"; exit 1; }

# within SECONDS WHAT COMMAND…: tries the command until it succeeds; the test fails when the time is over.
within() {
  local seconds=$1 what=$2 start=$EPOCHREALTIME
  shift 2
  until "$@"; do
    if ((${EPOCHREALTIME/./} - ${start/./} > seconds * 1000000)); then fail "$what (not within $seconds s)"; fi
    sleep 0.2
  done
  pass "$what ($(((${EPOCHREALTIME/./} - ${start/./}) / 1000)) ms)"
}

scratch=$(mktemp -d)
finish() {
  local status=$?
  trap - EXIT INT TERM
  if ((status != 0)); then
    compose ps || true
    compose logs --no-color --tail=60 || true
  fi
  compose down -v --remove-orphans --timeout 5 >/dev/null 2>&1 || true
  rm -rf "$scratch"
  echo
  if ((status == 0)); then echo "$passed passed, 0 failed"; else echo "$passed passed, 1 failed"; fi
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

# request METHOD PATH [BODY]: the status code into $code, the body into $scratch/body, the head into $scratch/head.
request() {
  local data=()
  if (($# > 2)); then data=(-d "$3"); fi
  code=$(curl -sS -m 5 -o "$scratch/body" -D "$scratch/head" -w '%{http_code}' -X "$1" "${data[@]}" "$url$2" 2>/dev/null) || code=000
}
field() { jq -r "$1 // empty" "$scratch/body" 2>/dev/null; }

submits() { request POST /api/v1/work "{\"data\":\"$RANDOM-$EPOCHREALTIME\"}" && [[ $code == 202 ]]; }
refuses() { request POST /api/v1/work "{\"data\":\"$RANDOM-$EPOCHREALTIME\"}" && [[ $code == 503 ]]; }
has_status() { request GET "/api/v1/work/$1" && [[ $(field .status) == "$2" ]]; }

names=()
two_nodes_answer() {
  names=()
  for _ in 1 2 3 4 5 6 7 8; do
    submits || return 1
    names+=("$(field .accepted_by)")
  done
  [[ $(printf '%s\n' "${names[@]}" | grep -c '^api@') == 8 && $(printf '%s\n' "${names[@]}" | sort -u | wc -l) == 2 ]]
}

# members WORDS: how many workers the system monitor has named with one of the words after the name.
members() {
  compose logs --no-color sysmon 2>/dev/null | { grep -oE "worker@[A-Za-z0-9_.:-]+ ($1)( |\$)" || true; } |
    cut -d ' ' -f 1 | sort -u | wc -l
}
at_least() { (($(members "$2") >= $1)); }

roost_containers() { compose ps -q api worker sysmon; }
healthy() {
  local states
  states=$(roost_containers | xargs docker inspect -f '{{.State.Health.Status}}')
  [[ $(sort -u <<<"$states") == healthy ]]
}
# incarnations: one line a container with what changes when it exits, were it restarted or not.
incarnations() {
  roost_containers | xargs docker inspect -f '{{.Id}} {{.State.Running}} {{.State.StartedAt}} {{.RestartCount}}' | sort
}

echo "using $("${compose[@]}" version --short 2>/dev/null) on ${DOCKER_HOST:-the default engine}, $url and $console"
compose down -v --remove-orphans --timeout 5 >/dev/null 2>&1 || true
if [[ -z ${ROOST_IMAGE:-} ]]; then compose build; fi

# In the order, and with the commands, a newcomer is told to type.
quietly compose up -d redis
quietly compose up -d sysmon
quietly compose scale worker=2
quietly compose up -d lb
request GET /
[[ $code == 503 ]] || fail "the balancer answers 503 while there is no API node (got $code)"
pass "the balancer starts without API nodes and answers 503"
quietly compose scale api=2
within 60 "work is accepted through the balancer" submits
within 60 "two API nodes take turns" two_nodes_answer
within 60 "every container is healthy" healthy

request POST /api/v1/work '{"data":"foo"}'
callback=$(field .callback)
[[ $code == 202 && $callback == ACBD18DB4CC2F85CEDEF654FCCC4A4D8 ]] || fail "the callback is the hash of the data (got $code $callback)"
pass "the callback is the hash of the data"
within 30 "the work is done and its status says worked" has_status "$callback" worked
request GET /api/v1/work/00000000000000000000000000000000
[[ $code == 404 ]] || fail "an unknown callback is a 404 (got $code)"
pass "an unknown callback is a 404"
console_answers() { curl -fsS -m 5 -o /dev/null "$console/" 2>/dev/null; }
within 10 "the console answers" console_answers

within 30 "the system monitor names two workers" at_least 2 joined
quietly compose scale worker=3
within 30 "a third worker joins" at_least 3 joined
gone=$(members left)
quietly compose scale worker=1
within 30 "two workers leave" at_least $((gone + 2)) left

shell_lists() { compose run --rm -T shell <<<nodes 2>/dev/null | grep -q worker@; }
within 20 "the shell joins and lists the workers" shell_lists

before=$(incarnations)
quietly compose stop redis
within 5 "without Redis a submission is answered with 503" refuses
for _ in $(seq 20); do
  refuses || fail "nothing is accepted while Redis is away (got $code)"
  grep -qi '^retry-after:' "$scratch/head" || fail "a 503 says when to try again"
  sleep 0.2
done
pass "nothing is accepted while Redis is away, and each 503 has a Retry-After"
[[ $(incarnations) == "$before" ]] || fail "no container exits while Redis is away"
pass "no container exits while Redis is away"

quietly compose start redis
within 10 "with Redis back, work is accepted again" submits
callback=$(field .callback)
within 30 "and done" has_status "$callback" worked
has_status ACBD18DB4CC2F85CEDEF654FCCC4A4D8 worked || fail "an earlier result is still there (got $code)"
pass "an earlier result is still there"
[[ $(incarnations) == "$before" ]] || fail "no container was restarted"
pass "no container was restarted"

# Both of these are deaths without a word: the process gets no chance to say goodbye.
victim=$(compose ps -q api | head -n 1)
docker kill "$victim" >/dev/null
other_answers() { request POST /api/v1/work '{"data":"bar"}' && [[ $code == 202 ]]; }
within 10 "an API node was killed: the other one answers" other_answers
callback=$(field .callback)
if ! other_answers || [[ $(field .callback) != "$callback" ]]; then fail "asking again gives the same callback"; fi
pass "asking again gives the same callback"

quietly compose scale worker=2
callbacks=()
for _ in 1 2 3 4 5 6; do
  submits || fail "work is accepted (got $code)"
  callbacks+=("$(field .callback)")
done
within 30 "work has begun" has_status "${callbacks[0]}" working
docker kill "$(compose ps -q worker | head -n 1)" >/dev/null
all_worked() {
  local id
  for id in "${callbacks[@]}"; do has_status "$id" worked || return 1; done
}
within 60 "a worker was killed: its work is done by the other" all_worked
