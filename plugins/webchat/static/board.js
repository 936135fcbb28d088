// The list of rooms and their threads: what this browser has not seen yet, and who waits for how long.

import { whenOf } from "./feed.js";
import { make } from "./make.js";
import { word } from "./words.js";

const SEEN = "guichet:desk:seen";
const LATE = 10 * 60_000;
const HUES = 12;

export const keyOf = (room, thread) => `${room}/${thread}`;

export function linkTo(room, thread) {
  return `#${encodeURIComponent(room)}${thread ? `/${encodeURIComponent(thread)}` : ""}`;
}

// A thread's title, "Name · channel": a narrow row keeps the name alone.
function parts(title) {
  const at = title.lastIndexOf(" · ");
  return at < 0 ? [title, ""] : [title.slice(0, at), title.slice(at + 1)];
}

// A coloured circle with the first letters of a name.
export function face(element, title) {
  const words = parts(title)[0].match(/\p{L}+/gu) ?? ["?"];
  element.textContent = [...words[0]][0].toUpperCase() + (words[1] ? [...words[1]][0].toUpperCase() : "");
  element.dataset.hue = [...title].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9973, 7) % HUES;
  return element;
}

export class Board {
  #nav; #rooms = new Map(); #open = ""; #seen; #due = false; #skew = 0; #only = "all"; #options;

  // `count(unread, waiting)` hears how many posts are unread, and how many contacts wait; `news(room, thread)`
  // that something came which nobody has seen; `hits()` gives what a search found, or null.
  constructor(nav, options) {
    this.#nav = nav;
    this.#options = options;
    try { this.#seen = JSON.parse(localStorage.getItem(SEEN)) ?? {}; } catch { this.#seen = {}; }
    addEventListener("storage", (event) => {
      if (event.key === SEEN) { this.#seen = JSON.parse(event.newValue ?? "{}"); this.draw(); }
    });
    document.addEventListener("visibilitychange", () => this.#look());
    setInterval(() => this.draw(), 30_000); // waits grow by themselves
  }

  show({ rooms, now }) {
    this.#skew = Date.now() - (now ?? Date.now());
    this.#rooms = new Map(rooms.map((room) => [room.id, { title: room.title, threads: new Map(room.threads.map((thread) => [thread.id, thread])) }]));
    for (const room of this.#rooms.values()) if (!room.threads.has("")) room.threads.set("", { id: "", title: "", at: 0, posts: 0, excerpt: "" });
    this.#look();
  }

  update(room, thread) {
    const threads = this.#rooms.get(room)?.threads, known = threads?.get(thread.id);
    threads?.set(thread.id, thread);
    const is_news = threads && thread.posts > (known?.posts ?? 0);
    this.#look();
    if (is_news && this.#unread(room, thread)) this.#options.news(room, thread);
  }

  open(room, thread) {
    this.#open = room === null ? "" : keyOf(room, thread);
    this.#look();
  }

  only(filter) { this.#only = filter; this.draw(); }

  find(room, thread) { return this.#rooms.get(room)?.threads.get(thread); }

  title(room) { return this.#rooms.get(room)?.title ?? room; }

  // Since how long a contact waits, in words; empty: nobody does.
  wait(thread) {
    if (!thread?.waiting) return "";
    const minutes = Math.floor(this.#waited(thread) / 60_000), hours = Math.floor(minutes / 60);
    if (minutes < 1) return word("moment");
    if (hours < 1) return word("minutes", { count: minutes });
    return hours < 48 ? word("hours", { count: hours }) : word("days", { count: Math.floor(hours / 24) });
  }

  isLate(thread) { return this.#waited(thread) > LATE; }

  // The addresses of the threads in the order in which they are listed.
  get links() { return [...this.#nav.querySelectorAll("a")].filter((link) => link.checkVisibility()).map((link) => link.getAttribute("href")); }

  // Who waits longest first.
  get queue() {
    return [...this.#rooms].flatMap(([room, { threads }]) => [...threads.values()].filter((thread) => thread.waiting).map((thread) => ({ room, thread })))
      .sort((one, other) => one.thread.waiting - other.thread.waiting);
  }

  #waited(thread) { return thread?.waiting ? Math.max(0, Date.now() - this.#skew - thread.waiting) : 0; }

  #unread(room, thread) {
    return Math.max(0, thread.posts - (this.#seen[keyOf(room, thread.id)] ?? 0));
  }

  // What is open in a window that somebody looks at is read.
  #look() {
    if (this.#open && !document.hidden) {
      const cut = this.#open.lastIndexOf("/"), shown = this.find(this.#open.slice(0, cut), this.#open.slice(cut + 1));
      if (shown && this.#seen[this.#open] !== shown.posts) {
        this.#seen[this.#open] = shown.posts;
        try { localStorage.setItem(SEEN, JSON.stringify(this.#seen)); } catch { /* kept for as long as the page lives */ }
      }
    }
    this.draw();
  }

  draw() {
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => { this.#due = false; this.#redraw(); });
    setTimeout(() => { if (this.#due) { this.#due = false; this.#redraw(); } }, 250); // hidden pages draw no frames, but their title counts
  }

  #redraw() {
    const focused = this.#nav.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const hits = this.#options.hits(), queue = this.queue;
    this.#nav.replaceChildren(...(hits ? this.#found(hits) : this.#only === "waiting" ? this.#waiting(queue) : this.#all()));
    if (focused) this.#nav.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
    let unread = 0;
    for (const [id, { threads }] of this.#rooms) for (const thread of threads.values()) unread += this.#unread(id, thread);
    this.#options.count(unread, queue.length);
  }

  #all() {
    const unfolded = new Set([...this.#nav.querySelectorAll("details[open]")].map((details) => details.dataset.room));
    const sections = [...this.#rooms].map(([id, room]) => {
      const threads = [...room.threads.values()].sort((one, other) => other.at - one.at);
      const section = make("section"), list = make("ul");
      section.append(make("h2", "", room.title), list);
      list.append(this.#item(id, room.threads.get("")));
      for (const thread of threads) if (thread.id && !thread.closed) list.append(this.#item(id, thread));
      const closed = threads.filter((thread) => thread.closed);
      if (closed.length) {
        const details = make("details"), more = make("ul");
        details.dataset.room = id;
        details.open = unfolded.has(id) || closed.some((thread) => keyOf(id, thread.id) === this.#open);
        more.append(...closed.map((thread) => this.#item(id, thread)));
        details.append(make("summary", "", word("closed_threads", { count: closed.length })), more);
        section.append(details);
      }
      return section;
    });
    return sections.length ? sections : [make("p", "empty", word("no_rooms"))];
  }

  #waiting(queue) {
    if (!queue.length) return [make("p", "empty", word("nobody_waits"))];
    return this.#flat(queue.map(({ room, thread }) => this.#item(room, thread, { where: true })));
  }

  #found(hits) {
    if (!hits.length) return [make("p", "empty", word("found_none"))];
    return this.#flat(hits.map((hit) => this.#item(hit.room, hit.thread, { where: true, hit })));
  }

  #flat(items) {
    const list = make("ul");
    list.append(...items);
    return [list];
  }

  #item(room, thread, { where = false, hit = null } = {}) {
    const item = make("li"), link = make("a", thread.id ? "" : "general"), lines = make("span", "lines");
    link.href = linkTo(room, thread.id);
    if (keyOf(room, thread.id) === this.#open) link.ariaCurrent = "page";
    if (hit) link.onclick = () => this.#options.opened(hit);
    if (thread.id) link.append(face(make("span", "face"), thread.title));
    const first = make("span", "first"), second = make("span", "second"), [name, channel] = parts(thread.id ? thread.title : word("general"));
    const title = make("span", "title");
    title.append(make("b", "", name), make("small", "", channel));
    title.dir = "auto";
    first.append(title);
    if (thread.at) first.append(make("time", "", whenOf(thread.at)));
    const excerpt = make("span", "excerpt", hit?.excerpt ?? thread.excerpt);
    excerpt.dir = "auto";
    second.append(excerpt);
    if (thread.waiting) second.append(this.#wait(thread));
    const unread = this.#unread(room, thread);
    if (unread) {
      const badge = make("span", "count", unread > 99 ? "99+" : String(unread));
      badge.role = "img";
      badge.ariaLabel = word("unread", { count: unread });
      second.append(badge);
      link.classList.add("unread");
    }
    lines.append(first);
    if (where) lines.append(make("span", "where", this.title(room) + (thread.id ? "" : ` · ${word("general")}`)));
    if (thread.id || thread.excerpt || unread) lines.append(second);
    link.append(lines);
    item.append(link);
    return item;
  }

  #wait(thread) {
    const wait = make("span", `wait ${this.isLate(thread) ? "late" : ""}`, this.wait(thread));
    wait.role = "img";
    wait.ariaLabel = word("waits", { time: this.wait(thread) });
    return wait;
  }
}
