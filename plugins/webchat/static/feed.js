// The list of posts. Whatever people wrote becomes text nodes, never markup.

import { Follow } from "./follow.js";
import { make } from "./make.js";
import { language, sizeOf, word } from "./words.js";

const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
const MARKS = { noted: "✎", sent: "✓", delivered: "✓✓", read: "✓✓", failed: "!", uncertain: "?" };
const LINK = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'»]|(?<![\w/])\/desk\/#\S+)/g;
const AUDIO = new Set(["audio", "voice"]);
const VIDEO = new Set(["video", "video_note"]);
const PICTURE = new Set(["photo", "animation", "sticker"]);

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", {
    reply: "M9 7 4 12l5 5M4 12h9a7 7 0 0 1 7 7",
    edit: "M4 20h4L19 9l-4-4L4 16z",
    remove: "M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12",
    file: "M7 3h7l5 5v13H7zM14 3v5h5",
  }[name]);
  svg.append(path);
  return svg;
}

export function dayOf(at) {
  const day = new Date(at).toDateString();
  if (day === new Date().toDateString()) return word("today");
  if (day === new Date(Date.now() - 864e5).toDateString()) return word("yesterday");
  return calendar.format(at);
}

export function timeOf(at) {
  return clock.format(at);
}

function linked(text) {
  const paragraph = make("div", "text");
  text.split(LINK).forEach((part, index) => {
    if (index % 2 === 0) { paragraph.append(part); return; }
    const link = make("a", "", part);
    link.href = part;
    if (!part.startsWith("/")) { link.target = "_blank"; link.rel = "noopener noreferrer"; }
    paragraph.append(link);
  });
  return paragraph;
}

function file(post, address) {
  const { kind, name, size } = post.media;
  const url = address(post);
  if (PICTURE.has(kind)) {
    const link = make("a", `picture ${kind}`);
    link.href = url;
    link.target = "_blank";
    const image = make("img");
    image.src = url;
    image.alt = name;
    image.loading = "lazy";
    link.append(image);
    return link;
  }
  if (AUDIO.has(kind) || VIDEO.has(kind)) {
    const player = make(AUDIO.has(kind) ? "audio" : "video");
    player.src = url;
    player.controls = true;
    player.preload = "metadata";
    player.setAttribute("aria-label", name);
    return player;
  }
  const link = make("a", "file");
  link.href = url;
  link.download = name;
  const label = make("span", "file-name", name);
  label.append(make("small", "", sizeOf(size)));
  link.append(icon("file"), label);
  return link;
}

// `list`: the <ol>. `is_mine(post)`, `address(post)` of its file, `act(what, post, choice)`, `looked()`: other
// posts came into view, `is_command(text)` of what a person wrote, and `names`: whether authors are shown.
export class Feed {
  #list; #options; #follow; #posts = new Map(); #before = 0; #asked = false;

  constructor(list, options) {
    this.#list = list;
    this.#options = options;
    this.#follow = new Follow(list, options.looked);
    list.addEventListener("scroll", () => { if (list.scrollTop < 200) this.#ask(); });
  }

  get posts() { return [...this.#posts.values()].map((kept) => kept.post); }

  get inView() { return this.#follow.inView; }

  get is_empty() { return this.#list.childElementCount === 0; }

  clear() {
    this.#posts.clear();
    this.#before = 0;
    for (const item of this.#list.children) this.#follow.drop(item);
    this.#list.replaceChildren();
    this.#follow.toEnd();
  }

  // A piece of the log: the latest posts after a (re)connection, or older ones that were asked for.
  history({ posts, before, latest }) {
    this.#list.setAttribute("aria-busy", "true"); // history is not news to a screen reader
    if (latest) {
      const known = posts.some((post) => this.#posts.has(post.id));
      const news = posts.some((post) => !this.#posts.has(post.id));
      if (!known) this.clear();
      for (const post of posts) this.#put(post);
      // Older pages that are shown already stay; they are not asked for again.
      if (!known || before < this.#before) this.#before = before;
      if (this.#follow.following || !known) this.toEnd();
      else if (news) this.#follow.announce();
    } else {
      const height = this.#list.scrollHeight, top = this.#list.scrollTop;
      const first = this.#list.firstElementChild;
      for (const post of posts) if (!this.#posts.has(post.id)) this.#put(post, first);
      if (first) this.#regroup(first);
      this.#before = before;
      this.#list.scrollTop = top + this.#list.scrollHeight - height;
    }
    this.#asked = false;
    requestAnimationFrame(() => this.#list.setAttribute("aria-busy", "false"));
  }

  put(post) {
    const known = this.#posts.has(post.id);
    this.#put(post);
    if (this.#follow.following || (!known && this.#options.is_mine(post))) this.toEnd();
    else if (!known) this.#follow.announce();
  }

  // A message on its way; `state` says how far it is.
  pend(frame, state = word("pending")) {
    const old = this.#pendingOf(frame.client_id);
    const item = make("li", `post mine pending ${this.#options.is_command(frame.text ?? "") ? "command" : ""}`);
    item.dataset.pending = frame.client_id;
    const bubble = make("div", "bubble");
    if (frame.text) bubble.append(linked(frame.text));
    if (frame.file_name) bubble.append(make("div", "file-name", frame.file_name));
    const meta = make("div", "meta", state);
    bubble.append(meta);
    item.append(bubble);
    this.#follow.add(item);
    if (old) { this.#follow.drop(old); old.replaceWith(item); }
    else { this.#list.append(item); this.toEnd(); }
    return { meta, item };
  }

  unpend(id) {
    const item = this.#pendingOf(id);
    if (item) { this.#follow.drop(item); item.remove(); }
  }

  toEnd() { this.#follow.toEnd(); }

  #pendingOf(id) { return this.#list.querySelector(`[data-pending="${CSS.escape(id)}"]`); }

  #ask() {
    if (this.#before > 0 && !this.#asked) this.#asked = this.#options.older(this.#before);
  }

  #put(post, before) {
    const known = this.#posts.get(post.id);
    const item = this.#draw(post);
    this.#posts.set(post.id, { post, item });
    // The id ends with the client's own: the post takes the place of the message on its way.
    for (const pending of this.#list.querySelectorAll("[data-pending]")) if (post.id.endsWith(pending.dataset.pending)) this.unpend(pending.dataset.pending);
    if (known) {
      const focused = known.item.contains(document.activeElement) ? document.activeElement.dataset.key : "";
      this.#follow.drop(known.item);
      known.item.replaceWith(item);
      if (focused) item.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    } else this.#list.insertBefore(item, before ?? this.#list.querySelector("[data-pending]"));
    this.#follow.add(item);
    this.#regroup(item);
    if (item.nextElementSibling) this.#regroup(item.nextElementSibling);
  }

  // The day stands above its first post, a name above the first of several by the same person.
  #regroup(item) {
    const previous = item.previousElementSibling;
    const begins = !previous || previous.dataset.date !== item.dataset.date;
    if (begins && item.dataset.date) item.dataset.day = dayOf(Number(item.dataset.at)); else delete item.dataset.day;
    item.classList.toggle("follows", !begins && previous.dataset.who === item.dataset.who && item.dataset.who !== "notice");
  }

  #draw(post) {
    const mine = this.#options.is_mine(post);
    const is_command = post.side === "page" && this.#options.is_command(post.text ?? "");
    const style = is_command ? "command" : post.mark === "noted" ? "note" : post.style ?? "message";
    const item = make("li", `post ${mine ? "mine" : post.side === "page" ? "colleague" : "theirs"} ${style}`);
    item.dataset.id = post.id;
    item.dataset.at = post.at;
    item.dataset.date = new Date(post.at).toDateString();
    item.dataset.who = style === "notice" ? "notice" : `${post.side}${post.by ?? ""}${post.author ?? ""}${style}`;
    if (this.#options.names && post.author && !mine) item.append(make("div", "who", post.author));
    const bubble = make("div", "bubble");
    if (post.quote) {
      const quote = make("button", "quote");
      quote.type = "button";
      if (post.quote.author) quote.append(make("b", "", post.quote.author));
      quote.append(make("span", "", post.quote.text || word("message")));
      quote.onclick = () => this.#posts.get(post.quote.id)?.item.scrollIntoView({ block: "center", behavior: "smooth" });
      bubble.append(quote);
    }
    if (post.media) bubble.append(file(post, this.#options.address));
    if (post.text) bubble.append(linked(post.text));
    if (post.deleted) bubble.append(make("div", "text gone", word("deleted")));
    bubble.append(this.#meta(post, mine, is_command));
    if (post.reaction) bubble.append(make("span", "reaction", post.reaction));
    item.append(bubble);
    if (post.choices) item.append(this.#choices(post));
    if (!post.deleted && style !== "notice" && style !== "card") item.append(this.#actions(post, mine));
    return item;
  }

  #meta(post, mine, is_command) {
    const meta = make("div", "meta");
    const time = make("time", "", timeOf(post.at));
    time.dateTime = new Date(post.at).toISOString();
    if (post.edited && post.style !== "card") meta.append(make("span", "", word("edited")));
    meta.append(time);
    const mark = is_command && post.mark === "noted" ? "" : post.mark ?? (mine && this.#options.receipt);
    if (mark) {
      const shown = make("span", `mark ${mark}`, MARKS[mark]);
      const label = word(mark === this.#options.receipt && !post.mark ? "kept" : mark);
      shown.title = label;
      if (["failed", "uncertain", "noted"].includes(mark)) shown.append(` ${label}`);
      else shown.append(make("span", "spoken", label));
      meta.append(shown);
    }
    return meta;
  }

  #choices(post) {
    const group = make("div", "choices");
    for (const choice of post.choices) {
      const button = make("button", choice.id === post.chosen ? "chosen" : "", choice.label);
      button.type = "button";
      button.dataset.key = choice.id;
      if (post.chosen) button.setAttribute("aria-pressed", String(choice.id === post.chosen));
      button.onclick = () => { button.setAttribute("aria-busy", "true"); this.#options.act("press", post, choice); };
      group.append(button);
    }
    return group;
  }

  #actions(post, mine) {
    const actions = make("div", "actions");
    for (const what of mine ? ["reply", ...(post.media ? [] : ["edit"]), "remove"] : ["reply"]) {
      const button = make("button");
      button.type = "button";
      button.dataset.key = what;
      button.title = word(what);
      button.setAttribute("aria-label", word(what));
      button.append(icon(what));
      button.onclick = () => this.#options.act(what, post);
      actions.append(button);
    }
    return actions;
  }
}
