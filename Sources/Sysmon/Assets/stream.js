// The one event stream of this tab: closed while nobody looks, since a browser has few connections for an origin.

import { lost, session } from "./api.js";

export const state = { link: "connecting", lostSince: null, paused: false, snapshot: null, points: [] };

const longest = 900;
const patience = 3000;

/** Whether the stream has been away for longer than a moment. */
export const isAway = () => state.link === "lost" && Date.now() - state.lostSince / 1000 > patience;

const listeners = new Set();
let source = null;
let job = null;
let wantedJob = null;
let jobListener = null;
let retries = 0;
let timer = 0;

/** Hears of each snapshot, and of each change of the connection with null. */
export const onChange = (listener) => listeners.add(listener);
const tell = (snapshot) => listeners.forEach((listener) => listener(snapshot));

export function connect() {
  disconnect();
  if (state.paused || document.hidden || session.needsLogin) return tell(null);
  if (state.link !== "lost") state.link = "connecting";
  source = new EventSource(job ? `events?job=${encodeURIComponent(job)}` : "events");
  source.addEventListener("snapshot", (event) => {
    let fresh;
    try { fresh = JSON.parse(event.data); } catch { return; }
    Object.assign(state, { link: "live", lostSince: null, snapshot: fresh });
    retries = 0;
    remeasure(fresh);
    tell(fresh);
  });
  source.addEventListener("job", (event) => { if (event.data === job && jobListener) jobListener(); });
  source.addEventListener("error", () => {
    const refused = source?.readyState === EventSource.CLOSED;
    state.link = "lost";
    if (state.lostSince === null) {
      state.lostSince = Date.now() * 1000;
      // Most are back within seconds; only then is it worth a banner.
      setTimeout(() => tell(null), patience + 100);
    }
    // A refusal ends an EventSource for good; everything else it tries again by itself.
    if (refused) again();
    tell(null);
  });
  tell(null);
}

/** Tries again, later each time, after finding out whether a login is missing. */
async function again() {
  const delay = Math.min(30_000, 1000 * 2 ** Math.min(retries, 5)) * (0.75 + Math.random() / 2);
  retries += 1;
  clearTimeout(timer);
  timer = setTimeout(connect, delay);
  const reply = await fetch("snapshot", { credentials: "same-origin", cache: "no-store" }).catch(() => null);
  if (reply?.status === 401) {
    clearTimeout(timer);
    lost();
  }
}

export function disconnect() {
  clearTimeout(timer);
  if (source) source.close();
  source = null;
}

export function setPaused(value) {
  state.paused = value;
  if (value) {
    disconnect();
    tell(null);
  } else connect();
}

/** Connects unless that was done. */
export const begin = () => source || connect();

/** Has the stream tell of one job, or of none. */
export function watchJob(id, listener) {
  jobListener = listener;
  wantedJob = id;
  // One page goes and another comes in the same turn.
  queueMicrotask(() => {
    if (wantedJob === job) return;
    job = wantedJob;
    if (source) connect();
  });
}

document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));

/** Joins the snapshot's samples to those kept, by the time each was taken; what was missed is a gap. */
function remeasure(snapshot) {
  const history = snapshot.rates.history;
  const end = (snapshot.store.stale_since ?? snapshot.time) / 1e6;
  const step = snapshot.interval;
  let last = state.points.length ? state.points[state.points.length - 1].time : -Infinity;
  if (last > end + step * 2) {
    // The clock was set back, or it is another server.
    state.points = [];
    last = -Infinity;
  }
  history.forEach((sample, index) => {
    const time = end - (history.length - 1 - index) * step;
    if (time > last + step / 2) state.points.push({ time, in: sample.in, done: sample.done, fail: sample.fail });
  });
  state.points = state.points.filter((point) => point.time >= end - longest - 60);
}

/** What changes whenever jobs do: a page asks for its list again then, and not otherwise. */
export const pulse = (snapshot) => JSON.stringify([snapshot.totals, snapshot.counters, snapshot.queues.length, snapshot.store.reachable]);

/**
 * Keeps something that was asked for up to date: asked again when jobs changed, at most every two seconds, never while
 * an answer is awaited. `show` gets the answer, `fail` the error.
 */
export function follow(load, show, fail) {
  let running = false, wanted = false, ended = false, last = 0, seen = "";
  let controller = new AbortController();
  async function now() {
    if (running) {
      wanted = true;
      return;
    }
    running = true;
    wanted = false;
    last = performance.now();
    if (state.snapshot) seen = pulse(state.snapshot);
    try {
      const answer = await load(controller.signal);
      if (!ended) show(answer);
    } catch (error) {
      if (!ended && error.name !== "AbortError") fail(error);
    } finally {
      running = false;
    }
    if (wanted && !ended) await now();
  }
  const self = {
    now,
    /** Asks anew although an answer is awaited: the question changed. */
    async anew() {
      controller.abort();
      controller = new AbortController();
      wanted = false;
      await now();
    },
    tick(snapshot, always = false) {
      if (ended || document.hidden) return;
      const age = performance.now() - last;
      if (age > 1900 && (always || pulse(snapshot) !== seen)) now();
    },
    end() {
      ended = true;
      controller.abort();
    },
  };
  now();
  return self;
}
