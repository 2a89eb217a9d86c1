// The API of the same origin, under api/. Errors carry what the server said, in its words.

export class APIError extends Error {
  constructor(status, message, issues = []) {
    super(message);
    this.status = status;
    this.issues = issues;
  }

  /** Everything that is wrong, in one sentence each. */
  get lines() { return [this.message, ...this.issues.map((issue) => (issue.path ? `${issue.path} ${issue.message}` : issue.message))]; }
}

/** Who is here and what the server can do; `scopes` null: everything is allowed. */
export const session = { known: false, needsLogin: false, mode: "open", name: null, scopes: null, paths: null, parameters: {} };

const listeners = new Set();
export const onSession = (listener) => listeners.add(listener);
const tell = () => listeners.forEach((listener) => listener());

export const can = (scope) => session.scopes === null || session.scopes.includes(scope) || session.scopes.includes("admin");

/** Whether the server has a route, as its OpenAPI document names it. */
export const has = (path) => (session.paths === null ? true : session.paths.has(path));
export const takes = (path, parameter) => session.parameters[path]?.has(parameter) ?? false;

async function ask(method, path, body, { signal, headers } = {}) {
  let response;
  try {
    response = await fetch(`api${path}`, {
      method, signal, credentials: "same-origin", cache: "no-store",
      headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new APIError(0, "The console does not answer");
  }
  if (response.ok || response.status === 304) return response;
  const text = await response.text().catch(() => "");
  let reply = {};
  try { reply = JSON.parse(text); } catch { /* a proxy's page, or nothing */ }
  if (response.status === 401) lost();
  throw new APIError(response.status, String(reply.error ?? reply.detail ?? reply.title ?? `The server answered ${response.status}`), Array.isArray(reply.issues) ? reply.issues : []);
}

/** A session that ended, or never began. */
export function lost() {
  if (session.needsLogin) return;
  session.needsLogin = true;
  tell();
}

const parsed = async (response) => {
  const text = await response.text();
  return text ? JSON.parse(text) : null;
};

export const get = async (path, options) => parsed(await ask("GET", path, undefined, options));
export const post = async (path, body, options) => parsed(await ask("POST", path, body, options));
export const put = async (path, body) => parsed(await ask("PUT", path, body));
export const patchTo = async (path, body) => parsed(await ask("PATCH", path, body));
export const remove = async (path) => parsed(await ask("DELETE", path));

/** The text of a reply, and its tag; null for one that did not change since `tag`. */
export async function text(path, tag, options = {}) {
  const response = await ask("GET", path, undefined, { ...options, headers: tag ? { "if-none-match": tag } : {} });
  return response.status === 304 ? null : { text: await response.text(), tag: response.headers.get("etag") };
}

/** A list with what its headers say: how many there are, and the queries of its neighbours. */
export async function list(path, options) {
  const response = await ask("GET", path, undefined, options);
  const total = response.headers.get("x-total-count");
  const links = {};
  for (const [, target, relation] of (response.headers.get("link") ?? "").matchAll(/<([^>]*)>;\s*rel="(\w+)"/g)) {
    links[relation] = new URLSearchParams(target.split("?")[1] ?? "");
  }
  return { items: await parsed(response), total: total === null ? null : Number(total), links };
}

/** Finds out who is here and what there is. */
export async function discover() {
  try {
    const who = await get("/whoami");
    const open = (who.auth ?? who.mode) === "off" || who.mode === "open";
    Object.assign(session, { mode: open ? "open" : "tokens", name: who.name ?? null, scopes: open || !Array.isArray(who.scopes) ? null : who.scopes, needsLogin: false });
  } catch (error) {
    if (error.status === 401) Object.assign(session, { mode: "tokens", name: null, scopes: [] });
    else if (error.status !== 0) Object.assign(session, { mode: "open", scopes: null, needsLogin: false });
    if (error.status === 401) lost();
  }
  try {
    const document = await get("/openapi.json");
    session.paths = new Set(Object.keys(document.paths ?? {}));
    session.parameters = {};
    for (const [path, methods] of Object.entries(document.paths ?? {})) {
      session.parameters[path] = new Set((methods.get?.parameters ?? []).map((parameter) => parameter.name));
    }
  } catch { /* what is not there shows when it is asked for */ }
  session.known = true;
  tell();
}

export async function login(token) {
  await post("/login", { token });
  session.needsLogin = false;
  await discover();
}

export async function logout() {
  await post("/logout", {});
  session.needsLogin = false;
  await discover();
}
