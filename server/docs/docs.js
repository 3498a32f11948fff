// The API's document, to read and to try. All of it is made of /openapi.json; nothing is
// fetched from anywhere else, and nothing is kept but in this tab.

const doc = await (await fetch("/openapi.json")).json();
const base = doc.servers?.[0]?.url ?? "";
const who = { token: "", company: "" };
const typed = new Map(); // what was typed for an operation, for as long as the page is open

const operations = Object.entries(doc.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, op]) => ({ method, path, ...op })));
const order = ["get", "post", "put", "patch", "delete"];
operations.sort((a, b) => a.path.localeCompare(b.path) || order.indexOf(a.method) - order.indexOf(b.method));

// el makes an element: text is always text, never HTML.
function el(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) e.setAttribute(name, value === true ? "" : value);
  }
  e.append(...children.filter((c) => c !== undefined && c !== null && c !== ""));
  return e;
}

const resolve = (s) => (s?.$ref ? doc.components.schemas[s.$ref.split("/").pop()] : s ?? {});
const pretty = (v) => JSON.stringify(v, null, 2);

// sketch is a schema as a person reads it: an object with the types as its values.
function sketch(schema, depth = 0) {
  const s = resolve(schema);
  if (depth > 6) return "…";
  const types = [s.type].flat().filter(Boolean);
  if (s.properties) {
    const required = new Set(s.required);
    return Object.fromEntries(Object.entries(s.properties).map(([name, p]) =>
      [required.has(name) || !s.required ? name : name + "?", sketch(p, depth + 1)]));
  }
  if (s.items) return [sketch(s.items, depth + 1)];
  if (s.additionalProperties?.type || s.additionalProperties?.$ref) return { "…": sketch(s.additionalProperties, depth + 1) };
  if (s.enum) return s.enum.map((v) => v ?? "null").join(" | ");
  return [types.join(" | ") || "any", s.format && `(${s.format})`].filter(Boolean).join(" ");
}

function drawIndex() {
  const words = document.querySelector("#filter").value.toLowerCase().split(/\s+/);
  const tags = Map.groupBy(operations.filter((o) => {
    const text = `${o.method} ${o.path} ${o.summary} ${o.operationId} ${o.tags}`.toLowerCase();
    return words.every((w) => text.includes(w));
  }), (o) => o.tags?.[0] ?? "Other");
  document.querySelector("#index").replaceChildren(...[...tags].flatMap(([tag, ops]) => [
    el("h2", {}, tag),
    ...ops.map((o) => el("a", { href: "#" + o.operationId, "aria-current": location.hash.slice(1) === o.operationId && "page" },
      el("span", { class: "method " + o.method }, o.method.toUpperCase()), o.summary)),
  ]));
}

function drawWho() {
  const field = (name, label, type) => el("label", {}, el("span", { class: "soft" }, label),
    el("input", { type, value: who[name], autocomplete: "off", oninput: (e) => { who[name] = e.target.value.trim(); } }));
  return el("div", { class: "who" }, field("token", "Access token or API key", "password"), field("company", "X-Company-ID (where needed)", "text"));
}

function drawStart() {
  return [
    el("h2", {}, doc.info.title),
    ...doc.info.description.split("\n").map((line) => el("p", {}, line)),
    el("p", { class: "soft" }, "The document: ", el("a", { href: "/openapi.json" }, "/openapi.json"), ", ", el("a", { href: "/openapi.yaml" }, "/openapi.yaml"), `. Version ${doc.info.version}.`),
    el("h3", {}, "To try it"),
    el("p", {}, "Give the access token that a log-in answers, or an API key. It stays in this tab until you leave the page."),
    drawWho(),
  ];
}

function drawOperation(op) {
  const state = typed.get(op.operationId) ?? { params: {} };
  typed.set(op.operationId, state);
  const [type, media] = Object.entries(op.requestBody?.content ?? {})[0] ?? [];
  const answer = el("div", { "aria-live": "polite" });
  const params = (op.parameters ?? []).filter((p) => p.name !== "X-Company-ID");
  const textual = type?.endsWith("json");
  if (textual) state.body ??= pretty(media.example ?? {});
  return [
    el("h2", {}, op.summary),
    el("p", { class: "path" }, el("span", { class: "method " + op.method }, op.method.toUpperCase()), " ", base + op.path),
    ...(op.description ?? "").split("\n").filter(Boolean).map((line) => el("p", {}, line)),
    el("p", { class: "soft" }, access(op)),
    ...(params.length ? [el("h3", {}, "Parameters"), drawParams(params, state)] : []),
    ...(type ? [el("h3", {}, "Body"), el("p", { class: "soft" }, Object.keys(op.requestBody.content).join(", "))] : []),
    ...(textual ? [
      el("textarea", { spellcheck: "false", "aria-label": "Body", oninput: (e) => { state.body = e.target.value; } }, state.body),
      el("details", {}, el("summary", {}, "What it may have"), el("pre", {}, pretty(sketch(media.schema)))),
    ] : type ? [el("input", { type: "file", "aria-label": "File", onchange: (e) => { state.file = e.target.files[0]; } })] : []),
    drawWho(),
    el("p", {}, el("button", { onclick: () => send(op, state, type, answer) }, "Send")),
    answer,
    el("h3", {}, "Answers"),
    ...Object.entries(op.responses).map(([status, r]) => drawAnswer(status, r)),
  ];
}

function access(op) {
  if (!op.security) return "Anyone may call this.";
  return op["x-permission"] ? `Needs the permission ${op["x-permission"]}.` : "Needs a log-in.";
}

function drawParams(params, state) {
  return el("table", {}, ...params.map((p) => {
    const remember = (e) => { state.params[p.name] = e.target.value; };
    const s = resolve(p.schema);
    const value = state.params[p.name] ?? "";
    const input = s.enum
      ? el("select", { onchange: remember, "aria-label": p.name }, el("option", { value: "" }, ""), ...s.enum.filter(Boolean).map((v) => el("option", { value: v, selected: v === value }, v)))
      : el("input", { value, oninput: remember, "aria-label": p.name, placeholder: s.default ?? "" });
    return el("tr", {}, el("td", {}, el("code", {}, p.name), p.required ? " *" : "", el("div", { class: "soft" }, `${p.in}, ${s.format ?? s.type ?? ""}`)),
      el("td", {}, input, el("div", { class: "soft" }, p.description ?? "")));
  }));
}

function drawAnswer(status, response) {
  const [type, media] = Object.entries(response.content ?? {})[0] ?? [];
  return el("details", {}, el("summary", {}, el("span", { class: "status " + (status < 400 ? "ok" : "bad") }, status), " ", response.description ?? "", " ", el("span", { class: "soft" }, type ?? "")),
    ...(media?.schema ? [el("pre", {}, pretty(media.example ?? sketch(media.schema)))] : []));
}

function request(op, state, type) {
  let path = op.path;
  const query = new URLSearchParams();
  const headers = {};
  for (const p of op.parameters ?? []) {
    const value = state.params[p.name];
    if (!value) continue;
    if (p.in === "path") path = path.replace(`{${p.name}}`, encodeURIComponent(value));
    else if (p.in === "query") query.set(p.name, value);
    else headers[p.name] = value;
  }
  if (who.token) headers.Authorization = "Bearer " + who.token;
  if (who.company) headers["X-Company-ID"] = who.company;
  const init = { method: op.method.toUpperCase(), headers };
  if (type?.endsWith("json")) {
    headers["Content-Type"] = type;
    init.body = state.body;
  } else if (state.file && type === "multipart/form-data") {
    init.body = new FormData();
    init.body.set("file", state.file);
  } else if (state.file) {
    headers["Content-Type"] = state.file.type || type;
    init.body = state.file;
  }
  return [base + path + (query.size ? "?" + query : ""), init];
}

function curl(url, init) {
  const quote = (s) => "'" + s.replaceAll("'", "'\\''") + "'";
  const headers = Object.entries(init.headers).map(([k, v]) => `-H ${quote(`${k}: ${k === "Authorization" ? "Bearer $TOKEN" : v}`)}`);
  const body = typeof init.body === "string" ? [`--data ${quote(init.body)}`] : init.body ? ["--data-binary @FILE"] : [];
  return [`curl -X ${init.method} ${quote(location.origin + url)}`, ...headers, ...body].join(" \\\n  ").replace("'Authorization: Bearer $TOKEN'", '"Authorization: Bearer $TOKEN"');
}

async function send(op, state, type, answer) {
  const [url, init] = request(op, state, type);
  answer.replaceChildren(el("p", { class: "soft" }, "Waiting…"));
  try {
    const started = performance.now();
    const res = await fetch(url, init);
    const text = await res.text();
    const took = Math.round(performance.now() - started);
    let shown = text;
    try {
      const value = JSON.parse(text);
      shown = pretty(value);
      if (value.accessToken) who.token = value.accessToken; // whoever logs in here goes on as that user
    } catch { /* it is no JSON: as it is */ }
    answer.replaceChildren(
      el("p", {}, el("span", { class: "status " + (res.ok ? "ok" : "bad") }, `${res.status} ${res.statusText}`), el("span", { class: "soft" }, ` ${took} ms ${["ETag", "Retry-After", "X-Request-ID"].filter((h) => res.headers.get(h)).map((h) => `${h}: ${res.headers.get(h)}`).join(", ")}`)),
      ...(shown ? [el("pre", {}, shown)] : []),
      el("details", {}, el("summary", {}, "As curl"), el("pre", {}, curl(url, init))));
  } catch (err) {
    answer.replaceChildren(el("p", { class: "bad" }, String(err)));
  }
}

function draw() {
  const op = operations.find((o) => o.operationId === location.hash.slice(1));
  document.querySelector("#main").replaceChildren(...(op ? drawOperation(op) : drawStart()));
  document.querySelector("#main").scrollTo(0, 0);
  drawIndex();
}

document.querySelector("#filter").addEventListener("input", drawIndex);
addEventListener("hashchange", draw);
draw();
