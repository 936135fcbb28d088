// The list of rooms and their threads, with what this browser has not seen yet.

import { dayOf, timeOf } from "./feed.js";
import { make } from "./make.js";
import { word } from "./words.js";

const SEEN = "guichet:desk:seen";

export const keyOf = (room, thread) => `${room}/${thread}`;

export function linkTo(room, thread) {
  return `#${encodeURIComponent(room)}${thread ? `/${encodeURIComponent(thread)}` : ""}`;
}

export class Board {
  #nav; #rooms = new Map(); #open = ""; #seen; #due = false; #onCount;

  // `onCount(number)` hears how many posts are unread in all.
  constructor(nav, onCount) {
    this.#nav = nav;
    this.#onCount = onCount;
    try { this.#seen = JSON.parse(localStorage.getItem(SEEN)) ?? {}; } catch { this.#seen = {}; }
    addEventListener("storage", (event) => {
      if (event.key === SEEN) { this.#seen = JSON.parse(event.newValue ?? "{}"); this.#draw(); }
    });
    document.addEventListener("visibilitychange", () => this.#look());
  }

  show(rooms) {
    this.#rooms = new Map(rooms.map((room) => [room.id, { title: room.title, threads: new Map(room.threads.map((thread) => [thread.id, thread])) }]));
    for (const room of this.#rooms.values()) if (!room.threads.has("")) room.threads.set("", { id: "", title: "", at: 0, posts: 0, excerpt: "" });
    this.#look();
  }

  update(room, thread) {
    this.#rooms.get(room)?.threads.set(thread.id, thread);
    this.#look();
  }

  open(room, thread) {
    this.#open = room === null ? "" : keyOf(room, thread);
    this.#look();
  }

  find(room, thread) { return this.#rooms.get(room)?.threads.get(thread); }

  title(room) { return this.#rooms.get(room)?.title ?? room; }

  get ready() { return this.#rooms.size > 0; }

  #unread(room, thread) {
    return Math.max(0, thread.posts - (this.#seen[keyOf(room, thread.id)] ?? 0));
  }

  // What is open in a window that somebody looks at is read.
  #look() {
    if (this.#open && !document.hidden) {
      const [room, thread] = [this.#open.slice(0, this.#open.lastIndexOf("/")), this.#open.slice(this.#open.lastIndexOf("/") + 1)];
      const shown = this.find(room, thread);
      if (shown && this.#seen[this.#open] !== shown.posts) {
        this.#seen[this.#open] = shown.posts;
        try { localStorage.setItem(SEEN, JSON.stringify(this.#seen)); } catch { /* kept for as long as the page lives */ }
      }
    }
    this.#draw();
  }

  #draw() {
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => { this.#due = false; this.#redraw(); });
    setTimeout(() => { if (this.#due) { this.#due = false; this.#redraw(); } }, 250); // hidden pages draw no frames, but their title counts
  }

  #redraw() {
    const focused = this.#nav.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const unfolded = new Set([...this.#nav.querySelectorAll("details[open]")].map((details) => details.dataset.room));
    let total = 0;
    const sections = [...this.#rooms].map(([id, room]) => {
      const threads = [...room.threads.values()].sort((one, other) => other.at - one.at);
      const section = make("section");
      section.append(make("h2", "", room.title));
      const list = make("ul");
      list.append(this.#item(id, room.threads.get("")));
      for (const thread of threads) if (thread.id && !thread.closed) list.append(this.#item(id, thread));
      section.append(list);
      const closed = threads.filter((thread) => thread.closed);
      if (closed.length) {
        const details = make("details");
        details.dataset.room = id;
        details.open = unfolded.has(id) || closed.some((thread) => keyOf(id, thread.id) === this.#open);
        details.append(make("summary", "", word("closed_threads", { count: closed.length })));
        const more = make("ul");
        more.append(...closed.map((thread) => this.#item(id, thread)));
        details.append(more);
        section.append(details);
      }
      for (const thread of threads) total += this.#unread(id, thread);
      return section;
    });
    if (!sections.length) sections.push(make("p", "empty", word("no_rooms")));
    this.#nav.replaceChildren(...sections);
    if (focused) this.#nav.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
    this.#onCount(total);
  }

  #item(room, thread) {
    const item = make("li");
    const link = make("a", thread.id ? "" : "general");
    link.href = linkTo(room, thread.id);
    if (keyOf(room, thread.id) === this.#open) link.setAttribute("aria-current", "page");
    const first = make("span", "first");
    first.append(make("b", "", thread.id ? thread.title : word("general")));
    if (thread.at) first.append(make("time", "", dayOf(thread.at) === word("today") ? timeOf(thread.at) : dayOf(thread.at)));
    const second = make("span", "second");
    second.append(make("span", "excerpt", thread.excerpt || (thread.id ? "" : word("empty_room"))));
    const unread = this.#unread(room, thread);
    if (unread) {
      const badge = make("span", "count", unread > 99 ? "99+" : String(unread));
      badge.setAttribute("aria-label", word("unread", { count: unread }));
      second.append(badge);
      link.classList.add("unread");
    }
    link.append(first, second);
    item.append(link);
    return item;
  }
}
