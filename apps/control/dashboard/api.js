// The control API: questions, commands, and the stream of events. The token lives in this tab's session storage alone.

const token_name = "stoker-token";
const deadline_ms = 15_000;
const run_deadline_ms = 3_600_000; // a run answers when it is over

export function token() {
  try {
    return sessionStorage.getItem(token_name) ?? "";
  } catch {
    return remembered;
  }
}

let remembered = ""; // where storage is forbidden: until the page is left

export function set_token(text) {
  remembered = text;
  try {
    if (text) sessionStorage.setItem(token_name, text);
    else sessionStorage.removeItem(token_name);
  } catch {
    // Kept in memory.
  }
}

// What the server answered instead, in its words: problem+json's title and detail.
export class refusal extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `the server answered ${status}`);
    this.status = status;
    this.title = problem.title ?? "";
  }

  get wants_token() {
    return this.status === 401 || this.status === 403;
  }
}

function headers(more = {}) {
  const secret = token();
  return secret ? { ...more, Authorization: `Bearer ${secret}` } : more;
}

async function answer(response) {
  const text = await response.text();
  let body = {};
  try {
    body = text ? JSON.parse(text) : {};
  } catch {
    body = { detail: text.slice(0, 300) };
  }
  if (!response.ok) throw new refusal(response.status, body ?? {});
  return body;
}

async function ask(path, options, limit_ms) {
  try {
    return await answer(await fetch(path, { ...options, signal: AbortSignal.timeout(limit_ms), cache: "no-store" }));
  } catch (error) {
    if (error instanceof refusal) throw error;
    throw new Error(
      error.name === "TimeoutError" ? "the server did not answer in time" : "the server can't be reached",
    );
  }
}

export function get(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(given).toString();
  return ask(text ? `${path}?${text}` : path, { headers: headers({ Accept: "application/json" }) }, deadline_ms);
}

// Readiness says what it has to say with 503, too.
export async function get_readiness() {
  const response = await fetch("/readyz", { signal: AbortSignal.timeout(deadline_ms), cache: "no-store" });
  const body = await response.json();
  return body.caches ? body : null;
}

export function post(path, body = {}) {
  const options = {
    method: "POST",
    headers: headers({ "Content-Type": "application/json" }),
    body: JSON.stringify(body),
  };
  return ask(path, options, run_deadline_ms);
}

export function remove(path) {
  return ask(path, { method: "DELETE", headers: headers() }, deadline_ms);
}

// Reads /events until it ends, or `signal` aborts; calls on_event(name, data). Not EventSource, which can't send the token.
export async function read_events(on_event, on_open, signal) {
  const response = await fetch("/events", {
    headers: headers({ Accept: "text/event-stream" }),
    signal,
    cache: "no-store",
  });
  if (!response.ok) throw new refusal(response.status, {});
  on_open();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest = (rest + value).replaceAll("\r\n", "\n");
    const blocks = rest.split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) dispatch(block, on_event);
  }
}

function dispatch(block, on_event) {
  let name = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  if (data.length === 0) return on_event("heartbeat", null);
  try {
    on_event(name, JSON.parse(data.join("\n")));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    console.warn("an event that is no JSON was left out");
  }
}
