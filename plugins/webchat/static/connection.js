// The live connection, and the outbox: what was written and not acknowledged stays in this browser, is
// sent again under the same id after a pause or a reload, and so is neither lost nor doubled.

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
const QUIET = 25_000;
const PATIENCE = 12_000;

// Where storage is full or forbidden, the outbox lives as long as the page.
function storage() {
  try { return window.localStorage; } catch { return null; }
}

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Connection extends EventTarget {
  #path; #prefix; #author = ""; #store = storage(); #unstored = new Map(); #socket = null; #failures = 0; #timer = 0; #heard = 0; #pinged = false; #inFlight = ""; #patience = 0; #ready = false; #pause = 0; #faults = 0; #stopped = false;

  // `path`: of the socket. `outbox`: the name its messages are stored under. Where several people use one browser,
  // `hello` names who is here, and nobody sends what another wrote.
  constructor(path, outbox) {
    super();
    this.#path = path;
    this.#prefix = `guichet:outbox:${outbox}:`;
  }

  start() {
    addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.#hurry());
    setInterval(() => this.#listenFor(), 5000);
    this.#connect();
  }

  // Ask for no other connection: this browser cannot have one.
  stop() { this.#stopped = true; clearTimeout(this.#timer); }

  // Send a frame that matters only now.
  send(frame) {
    if (this.#ready) this.#socket.send(JSON.stringify(frame));
    return this.#ready;
  }

  // Send a frame for certain: it is kept until it is acknowledged or refused.
  deliver(frame) {
    const kept = { at: Date.now() + performance.now() % 1, author: this.#author, frame };
    try { this.#store.setItem(this.#prefix + frame.client_id, JSON.stringify(kept)); } catch { this.#unstored.set(frame.client_id, kept); }
    this.#pump();
  }

  // What is not acknowledged yet, oldest first.
  waiting() {
    const kept = [...this.#unstored.values()];
    for (const key of Object.keys(this.#store ?? {})) {
      if (key.startsWith(this.#prefix)) {
        try { kept.push(JSON.parse(this.#store.getItem(key))); } catch { this.#store.removeItem(key); }
      }
    }
    const own = kept.filter((each) => !each.author || each.author === this.#author);
    return own.sort((one, other) => one.at - other.at).map((each) => each.frame);
  }

  #forget(id) {
    this.#unstored.delete(id);
    this.#store?.removeItem(this.#prefix + id);
    if (this.#inFlight === id) { this.#inFlight = ""; clearTimeout(this.#patience); }
  }

  #connect() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    if (this.#stopped) return;
    let opened = false;
    const socket = new WebSocket(new URL(this.#path, location.href.replace(/^http/, "ws")));
    this.#socket = socket;
    socket.onopen = () => { opened = true; this.#heard = Date.now(); this.#pinged = false; };
    socket.onmessage = (event) => { this.#heard = Date.now(); this.#pinged = false; this.#hear(JSON.parse(event.data)); };
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      this.#ready = false;
      this.#inFlight = "";
      clearTimeout(this.#patience);
      this.#tell("state", "connecting");
      if (!opened) this.#askWhy();
      const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#failures++);
      // Pages that lost the same server must not all come back in the same instant.
      this.#timer = setTimeout(() => this.#connect(), pause * (0.5 + Math.random()));
    };
  }

  // A refused socket says nothing of why; this address says whether the browser is still known.
  async #askWhy() {
    try {
      const answer = await fetch(new URL("session", location.href), { cache: "no-store" });
      if (answer.status === 403) this.#tell("locked", await answer.json().catch(() => ({})));
    } catch { /* no network: the next attempt comes by itself */ }
  }

  #hurry() {
    if (this.#timer) { this.#failures = 0; this.#connect(); }
  }

  #listenFor() {
    if (!this.#ready) return;
    const quiet = Date.now() - this.#heard;
    if (this.#pinged && quiet > QUIET + PATIENCE) this.#drop();
    else if (quiet > QUIET && !this.#pinged) { this.#pinged = true; this.send({ type: "ping" }); }
  }

  // A connection that does not answer is given up at once; its own end may come minutes later.
  #drop() {
    const socket = this.#socket, ended = socket.onclose;
    socket.onclose = null;
    socket.close();
    ended?.();
  }

  #hear(frame) {
    if (frame.type === "hello") { this.#author = frame.id ? frame.name : ""; this.#ready = true; this.#failures = 0; this.#tell("state", "online"); }
    if (frame.type === "ack") { this.#forget(frame.client_id); this.#pause = this.#faults = 0; }
    if (frame.type === "error" && frame.client_id) {
      // What fails again and again must not hold up the rest for ever.
      frame.final = !frame.retry || (frame.code === "fault" && ++this.#faults > 5);
      if (frame.final) this.#forget(frame.client_id);
      else this.#later(frame.client_id);
    }
    this.#tell(frame.type, frame);
    if (frame.type === "hello" || frame.type === "ack" || frame.type === "error") this.#pump();
  }

  #later(id) {
    if (this.#inFlight !== id) return;
    clearTimeout(this.#patience);
    this.#pause = Math.min(LONGEST_PAUSE, (this.#pause || 1000) * 2);
    this.#patience = setTimeout(() => { this.#inFlight = ""; this.#pump(); }, this.#pause);
  }

  // One at a time: a message that has to be tried again is not overtaken by the next.
  #pump() {
    if (!this.#ready || this.#inFlight) return;
    const [frame] = this.waiting();
    if (!frame) return;
    this.#inFlight = frame.client_id;
    this.send(frame);
    this.#patience = setTimeout(() => this.#drop(), PATIENCE);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
