// Keeps the state current: over the stream of events, and by asking. While the stream is open, asking is for what no
// event tells (actors, origins, the budget); while there is none, it is for everything.

import * as api from "./api.js";

const poll_ms = 3_000;
const poll_beside_stream_ms = 6_000;
const silent_ms = 40_000; // a stream on which not even a heartbeat came is dead
const longest_wait_ms = 30_000;
const samples_kept = 900;
const runs_kept = 30;

export class live {
  // `changed` is called after each change of `this.state`.
  constructor(changed) {
    this.changed = changed;
    this.state = {
      status: null,
      readiness: null,
      connection: "connecting",
      error: "",
      received: 0,
      samples: new Map(), // by cache: {at, hits, misses} each, oldest first
      memory: [], // {at, used, process}, oldest first
      memory_events: [], // since the page was opened, latest first
      progress: new Map(), // by cache: of the run that is under way
      ended: [], // reports of runs that ended since the page was opened, latest first
    };
    this.wait_ms = 1_000;
    this.heard = 0;
  }

  start() {
    this.poll();
    this.stream();
    setInterval(() => this.poll_if_needed(), poll_ms / 2);
    document.addEventListener("visibilitychange", () => this.poll_if_needed());
  }

  // Connect anew: the token changed.
  restart() {
    this.wait_ms = 200;
    this.abort?.abort();
    this.poll();
  }

  async stream() {
    this.abort = new AbortController();
    try {
      await api.read_events(
        (name, data) => this.event(name, data),
        () => this.opened(),
        this.abort.signal,
      );
    } catch {
      // Refused, dropped or aborted: asking goes on meanwhile.
    }
    if (this.state.connection === "live") this.connection("polling");
    setTimeout(() => this.stream(), this.wait_ms);
    this.wait_ms = Math.min(this.wait_ms * 2, longest_wait_ms);
  }

  opened() {
    this.wait_ms = 1_000;
    this.heard = Date.now();
    this.connection("live");
  }

  connection(name, error = "") {
    if (this.state.connection === name && this.state.error === error) return;
    Object.assign(this.state, { connection: name, error });
    this.changed();
  }

  event(name, data) {
    this.heard = Date.now();
    const handlers = {
      stats: "stats",
      run: "run",
      memory: "memory_event",
      schedules: "schedules",
      readiness: "readiness",
    };
    if (!handlers[name]) return;
    this[handlers[name]](data);
    this.changed();
  }

  poll_if_needed() {
    if (document.hidden) return;
    const streaming = this.state.connection === "live";
    if (streaming && Date.now() - this.heard > silent_ms) this.abort.abort();
    const wait = streaming ? poll_beside_stream_ms : poll_ms;
    if (Date.now() - (this.asked ?? 0) >= wait) this.poll();
  }

  async poll() {
    this.asked = Date.now();
    try {
      this.status(await api.get("/warming/status"));
      if (this.state.connection !== "live") this.connection("polling");
      this.readiness(await api.get_readiness());
    } catch (error) {
      if (this.state.connection !== "live") this.connection("offline", error.message);
    }
    this.changed();
  }

  status(status) {
    this.state.status = status;
    this.state.received = Date.now();
    for (const cache of status.caches) this.sample(cache);
    this.sample_memory(status.memory);
    for (const warmer of status.warmers) this.warmer(warmer);
  }

  // One cache's part of the status.
  stats({ cache, warmer, predictor, memory }) {
    const status = this.state.status;
    this.state.received = Date.now();
    this.sample(cache);
    this.sample_memory(memory);
    this.warmer(warmer);
    if (!status) return;
    replace(status.caches, cache);
    replace(status.warmers, warmer);
    if (predictor?.cache) replace(status.predictors, predictor);
    status.memory = memory;
  }

  warmer(warmer) {
    if (!warmer.active_run) this.state.progress.delete(warmer.cache);
    else if (this.state.progress.get(warmer.cache)?.run !== warmer.active_run)
      this.state.progress.set(warmer.cache, { ...warmer.progress, run: warmer.active_run });
  }

  run({ cache, run, state, progress, report }) {
    if (state === "running") this.state.progress.set(cache, { ...progress, run });
    else this.state.progress.delete(cache);
    if (!report) return;
    const others = this.state.ended.filter((other) => other.cache !== cache || other.run !== run);
    this.state.ended = [report, ...others].slice(0, runs_kept);
  }

  memory_event(event) {
    this.state.memory_events = [event, ...this.state.memory_events].slice(0, runs_kept);
  }

  schedules(scheduler) {
    if (!this.state.status) return;
    this.state.status.scheduler = scheduler;
    this.state.status.started = scheduler.running;
  }

  readiness(readiness) {
    this.state.readiness = readiness;
  }

  sample({ cache, hits, misses }) {
    if (!this.state.samples.has(cache)) this.state.samples.set(cache, []);
    keep(this.state.samples.get(cache), { at: Date.now(), hits, misses });
  }

  sample_memory(memory) {
    keep(this.state.memory, { at: Date.now(), used: memory.used_share, process: memory.reading.process_bytes });
  }
}

function replace(list, part) {
  const at = list.findIndex((other) => other.cache === part.cache);
  if (at < 0) list.push(part);
  else list[at] = part;
}

function keep(samples, sample) {
  if (samples.length > 0 && sample.at - samples[samples.length - 1].at < 800) return;
  samples.push(sample);
  if (samples.length > samples_kept) samples.shift();
}

// Hit ratios at the times of the samples, each over the `window_ms` before it; null where nobody asked for anything.
// `sets` are the samples of one cache or several; of several, the counts are added.
export function ratios(sets, window_ms = 10_000) {
  const longest = sets.reduce((a, b) => (b.length > a.length ? b : a), []);
  return longest.slice(1).map(({ at }) => {
    const sums = sets.map((set) => counted(set, at, window_ms));
    const hits = sums.reduce((sum, part) => sum + part.hits, 0);
    const all = hits + sums.reduce((sum, part) => sum + part.misses, 0);
    return { at, ratio: all > 0 ? hits / all : null, requests: all };
  });
}

function counted(set, at, window_ms) {
  const end = before(set, at);
  if (end < 0) return { hits: 0, misses: 0 };
  const first = set[Math.max(0, before(set, at - window_ms))];
  const last = set[end];
  const restarted = last.hits < first.hits || last.misses < first.misses;
  return restarted ? { hits: 0, misses: 0 } : { hits: last.hits - first.hits, misses: last.misses - first.misses };
}

// The last sample at this time or before it, by halving; -1: there is none.
function before(set, at) {
  let low = 0;
  let high = set.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (set[middle].at <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
