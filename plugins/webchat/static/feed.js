// The list of posts. Whatever people wrote becomes text nodes, never markup.

import { Follow } from "./follow.js";
import { make } from "./make.js";
import { file, icon } from "./media.js";
import { language, word } from "./words.js";

// Of the page's language, but written as this person writes dates: English has more than one way.
const locale = navigator.languages.find((each) => each.split("-")[0] === language) ?? language;
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const MARKS = { noted: "✎", sent: "✓", delivered: "✓✓", read: "✓✓", failed: "!", uncertain: "?" };
const LINK = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'»]|(?<![\w/])\/desk\/#\S+)/g;
// A text that is longer is shown in full only when somebody wants it.
const LONG = { characters: 1500, lines: 24 };

export function dayOf(at) {
  const day = new Date(at).toDateString();
  if (day === new Date().toDateString()) return word("today");
  if (day === new Date(Date.now() - 864e5).toDateString()) return word("yesterday");
  return calendar.format(at);
}

const shortly = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });

// The time of today, else the day, as short as a list needs it.
export function whenOf(at) {
  return new Date(at).toDateString() === new Date().toDateString() ? clock.format(at) : shortly.format(at);
}

// Links of our own rooms are followed in place, all others in a tab of their own.
function linked(text) {
  const paragraph = make("div", "text");
  paragraph.dir = "auto";
  text.split(LINK).forEach((part, index) => {
    if (index % 2 === 0) { paragraph.append(part); return; }
    const link = make("a", "", part), [page, place] = part.split("#");
    const is_ours = place && URL.canParse(page, location.href) && new URL(page, location.href).href === location.href.split("#")[0];
    link.href = is_ours ? `#${place}` : part;
    if (!is_ours) { link.target = "_blank"; link.rel = "noopener noreferrer"; }
    paragraph.append(link);
  });
  if (text.length <= LONG.characters && text.split("\n", LONG.lines + 1).length <= LONG.lines) return paragraph;
  paragraph.classList.add("long");
  const more = make("button", "plain more", word("more")), whole = make("div");
  more.type = "button";
  more.onclick = () => { paragraph.classList.remove("long"); more.remove(); };
  whole.append(paragraph, more);
  return whole;
}

function said(name, text, tag = "div") {
  const element = make(tag, name, text);
  element.dir = "auto";
  return element;
}

// `list`: the <ol>. `is_mine(post)`, `address(post)` of its file, `act(what, post, choice)`, `looked()`: other
// posts came into view, `is_command(text)` of what a person wrote, and `names`: whether authors are shown.
export class Feed {
  #list; #options; #follow; #posts = new Map(); #before = 0; #asked = false; #wanted = null;

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
    this.#wanted = null;
    this.#empty();
  }

  #empty() {
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
      if (!known) this.#empty();
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
    if (this.#wanted) this.show(this.#wanted.id, this.#wanted.patience);
    requestAnimationFrame(() => this.#list.setAttribute("aria-busy", "false"));
  }

  put(post) {
    const known = this.#posts.has(post.id);
    this.#put(post);
    if (!known) this.#posts.get(post.id).item.classList.add("fresh");
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

  // Bring a post into view, once it is there; older ones are asked for as far as they may be needed.
  show(id, patience = 20) {
    const item = this.#posts.get(id)?.item;
    this.#wanted = item || !patience ? null : { id, patience: patience - 1 };
    if (!item) { this.#ask(); return; }
    this.#follow.following = false;
    item.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    item.classList.add("shown");
    setTimeout(() => item.classList.remove("shown"), 2500);
  }

  // The last post that somebody wrote on this page.
  get lastOfMine() {
    const mine = this.posts.filter((post) => this.#options.is_mine(post) && post.text && !post.deleted);
    return mine.sort((one, other) => one.at - other.at).at(-1);
  }

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
    let dated = previous; // a card is a heading of its own: it has no day, and the day stands below it
    while (dated && !dated.dataset.date) dated = dated.previousElementSibling;
    const begins = dated?.dataset.date !== item.dataset.date;
    if (begins && item.dataset.date) item.dataset.day = dayOf(Number(item.dataset.at)); else delete item.dataset.day;
    item.classList.toggle("follows", !begins && previous?.dataset.who === item.dataset.who && item.dataset.who !== "notice");
  }

  #draw(post) {
    const mine = this.#options.is_mine(post);
    const is_command = post.side === "page" && this.#options.is_command(post.text ?? "");
    const style = is_command ? "command" : post.mark === "noted" ? "note" : post.style ?? "message";
    const item = make("li", `post ${mine ? "mine" : post.side === "page" ? "colleague" : "theirs"} ${style}`);
    item.dataset.id = post.id;
    item.dataset.at = post.at;
    if (style !== "card") item.dataset.date = new Date(post.at).toDateString();
    item.dataset.who = style === "notice" ? "notice" : `${post.side}${post.by ?? ""}${post.author ?? ""}${style}`;
    // Who sees the sides needs no name on each post; who hears the posts does.
    const speaker = mine ? word("you") : post.author || (this.#options.names ? "" : document.body.dataset.business);
    if (speaker && style !== "notice" && style !== "card") item.append(said(this.#options.names && post.author && !mine ? "who" : "spoken", speaker));
    const bubble = make("div", "bubble");
    if (post.quote) {
      const quote = make("button", "quote");
      quote.type = "button";
      if (post.quote.author) quote.append(said("", post.quote.author, "b"));
      quote.append(said("", post.quote.text || word("message"), "span"));
      quote.onclick = () => this.show(post.quote.id);
      bubble.append(quote);
    }
    if (post.media) bubble.append(file(post.media, this.#options.address(post)));
    // A note looks like one, and needs its mark no more.
    if (post.text) bubble.append(linked(style === "note" ? post.text.replace(/^\/(\/|note\s)\s*/i, "") : post.text));
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
    const time = make("time", "", clock.format(post.at));
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
      button.onclick = () => {
        if (button.ariaBusy === "true") return; // a double tap is one tap
        button.ariaBusy = "true";
        this.#options.act("press", post, choice);
      };
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
