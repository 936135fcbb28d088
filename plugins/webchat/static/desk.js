// The team rooms.

import { Board, face, keyOf, linkTo } from "./board.js";
import { Composer } from "./composer.js";
import { Connection, newId } from "./connection.js";
import { Feed } from "./feed.js";
import { listen } from "./keys.js";
import { make } from "./make.js";
import { Notifier } from "./notify.js";
import { Quick } from "./quick.js";
import { Search } from "./search.js";
import { Sound } from "./sound.js";
import { toast } from "./toast.js";
import { Tour } from "./tour.js";
import { trouble, word } from "./words.js";

const byId = (id) => document.getElementById(id);
const connection = new Connection("socket", "desk");
const { business, chat, tour: isTour } = document.body.dataset;
const form = byId("composer"), field = form.querySelector("textarea"), typing = byId("typing");
const drafts = new Map();
let me = { id: "", name: "" }, open = null, is_noting = false, wanted = "";

// A note has its own look, and every other slash is a word to the bot. What only might be a note is one: it goes
// out as the bot reads one for certain.
const UNSEEN = "[^\\p{L}\\p{N}\\p{P}\\p{S}]|[\\u115F\\u1160\\u2800\\u3164\\uFFA0\\uFFFC]";
const SLASH = "[/\\u2044\\u2215\\u2571\\u29F8\\uFF0F]";
const NOTE = new RegExp(`^(?:${UNSEEN})*(?:${SLASH}(?:${UNSEEN})*${SLASH}|\\u2AFD|${SLASH}note(?![\\p{L}\\p{N}]))`, "iu");
const isNote = (text) => NOTE.test(text);
const isPlainNote = (text) => /^(\/\/|\/note(\s|$))/i.test(text);
const isCommand = (text) => /^\s*\//.test(text) && !isNote(text);
const isOpen = (frame) => open !== null && keyOf(frame.room, frame.thread) === keyOf(open.room, open.thread);

const tour = isTour ? new Tour(byId("tour"), chat) : null;
const notifier = new Notifier(byId("bell")), sound = new Sound(byId("sound"));

const search = new Search(byId("find").querySelector("input"), byId("results"), {
  ask: (query) => connection.send({ type: "search", query }),
  changed: () => board.draw(),
});

const board = new Board(byId("rooms"), {
  count(unread, waiting) {
    document.title = unread ? `(${unread}) ${business}` : business;
    const badge = byId("filter").querySelector(".count");
    badge.hidden = !waiting;
    badge.textContent = waiting;
    head();
  },
  news(room, thread) {
    sound.ring();
    notifier.tell(thread.title || board.title(room), thread.excerpt, keyOf(room, thread.id), () => { location.hash = linkTo(room, thread.id); });
  },
  hits: () => search.hits,
  opened(hit) {
    if (!isOpen({ room: hit.room, thread: hit.thread.id })) wanted = hit.post;
    else if (hit.post) feed.show(hit.post);
  },
});

const feed = new Feed(byId("posts"), {
  names: true,
  receipt: "",
  is_command: isCommand,
  looked: () => {},
  is_mine: (post) => post.side === "page" && post.by === me.id,
  address: (post) => `media/?${new URLSearchParams({ ...open, id: post.id })}`,
  older: (before) => connection.send({ type: "older", before, ...open }),
  act,
});

const quick = new Quick(byId("quick"), form.querySelector(".quick"), field, {
  values() {
    const contact = feed.posts.findLast((post) => post.side === "bot" && post.author && !post.style)?.author ?? "";
    return { team: board.title(open.room), business, name: contact, first_name: contact.split(" ")[0] };
  },
  pick(text) { composer.draft = text; composer.focus(); },
});

const composer = new Composer(form, {
  place: () => ({ ...open }),
  upload: (frame) => `upload?${new URLSearchParams({ room: frame.room, thread: frame.thread })}`,
  deliver,
  pend: (frame, text) => feed.pend(frame, text),
  unpend: (id) => feed.unpend(id),
  last: () => feed.lastOfMine,
  keyed: (event) => quick.keyed(event),
  // Only what is meant for the contact shows there that somebody writes.
  typed: (text) => Boolean(open?.thread) && !staysHere(text, composer.edited) && !isCommand(text) && connection.send({ type: "typing", ...open }),
  changed(text, edited) { quick.follow(text); look(text, edited); },
  sent: (text, edited) => text && staysHere(text, edited) && !isPlainNote(text) ? `// ${text}` : text,
  // A file that is added to a note stays in the team like its words.
  captioned: (name) => open?.thread && (is_noting || staysHere(composer.draft, composer.edited)) ? `// ${name}` : "",
});

for (const button of form.querySelectorAll("[data-mode]")) button.onclick = () => { note(button.dataset.mode === "note"); composer.focus(); };

function note(is) {
  is_noting = is;
  if (!is && isNote(composer.draft)) composer.draft = composer.draft.replace(/^\s*(\/\/|\/note)\s*/i, "");
  look(composer.draft);
}

// Whether words are for the team alone: a note, or a change to one. A command is neither.
function staysHere(text, edited) {
  if (!open?.thread) return false;
  return edited ? edited.mark === "noted" || isNote(edited.text) : isNote(text) || (is_noting && !isCommand(text));
}

// What is being written looks as it will once it stands there; a change stays what it changes.
function look(text, edited = null) {
  const is_note = staysHere(text, edited);
  form.querySelector(".modes").hidden = !open?.thread || Boolean(edited);
  form.classList.toggle("noting", is_note);
  for (const button of form.querySelectorAll("[data-mode]")) button.ariaPressed = String((button.dataset.mode === "note") === is_note);
  hint(!open?.thread ? "write_general" : is_note ? "write_note" : "write_reply");
}

function deliver(frame) {
  if (frame.type === "message" && isOpen(frame)) feed.pend(frame);
  if (frame.thread && frame.text && !/^\s*\//.test(frame.text)) tour?.answered();
  connection.deliver(frame);
}

function act(what, post, choice) {
  const frame = { client_id: newId(), message_id: post.id, ...open };
  if (what === "press") connection.deliver({ ...frame, type: "press", choice_id: choice.id });
  if (what === "reply") composer.reply(post);
  if (what === "edit") composer.edit(post);
  if (what === "remove" && confirm(word("remove_sure"))) connection.deliver({ ...frame, type: "delete" });
}

// What stands in an address; a broken one names nothing.
function decoded(part) {
  try { return decodeURIComponent(part); } catch { return ""; }
}

// The address names what is open: #room or #room/thread, so that links, the back button and a reload work.
function follow() {
  const [room, thread = ""] = location.hash.slice(1).split("/").map(decoded);
  const left = open && linkTo(open.room, open.thread);
  if (open) {
    composer.cancel(); // a change that is not finished is no new message
    drafts.set(keyOf(open.room, open.thread), { text: composer.draft, was_noting: is_noting });
  }
  open = room && !room.startsWith("key=") ? { room, thread } : null;
  document.body.dataset.view = open ? "thread" : "rooms";
  byId("nothing").hidden = Boolean(open);
  byId("open").hidden = !open;
  board.open(open?.room ?? null, thread);
  write("");
  if (!open) {
    // Back in the list, at the line of the thread that was left.
    if (left) byId("rooms").querySelector(`[href="${CSS.escape(left)}"]`)?.focus();
    return;
  }
  feed.clear();
  const { text, was_noting } = drafts.get(keyOf(room, thread)) ?? { text: "", was_noting: false };
  is_noting = was_noting;
  composer.draft = text;
  quick.close();
  head();
  if (wanted) feed.show(wanted);
  wanted = "";
  connection.send({ type: "watch", ...open });
  if (thread) tour?.opened();
  if (matchMedia("(pointer: fine)").matches) composer.focus();
  else byId("thread-title").focus();
}

function head() {
  if (!open) return;
  const thread = board.find(open.room, open.thread), title = open.thread ? thread?.title ?? "" : word("general");
  byId("thread-title").textContent = title;
  byId("thread-face").hidden = !open.thread;
  face(byId("thread-face"), title);
  byId("thread-room").textContent = board.title(open.room);
  byId("thread-state").hidden = !thread?.closed;
  const wait = byId("thread-wait"), time = board.wait(thread);
  wait.hidden = !time;
  wait.textContent = time && word("waits", { time });
  wait.dataset.short = time;
  wait.classList.toggle("late", board.isLate(thread));
}

function hint(key) {
  field.placeholder = field.ariaLabel = word(key);
}

function go(step) {
  const links = board.links, at = open ? links.indexOf(linkTo(open.room, open.thread)) : -1;
  if (links.length) location.hash = links[(at + step + links.length) % links.length];
}

listen(byId("shortcuts"), byId("help"), {
  search: () => search.focus(),
  next: () => go(1),
  previous: () => go(open ? -1 : 0),
  longest() { const [first] = board.queue; if (first) location.hash = linkTo(first.room, first.thread.id); else toast(word("nobody_waits")); },
  back() { location.hash = ""; },
});

for (const button of byId("filter").querySelectorAll("[data-filter]")) {
  button.onclick = () => {
    for (const other of byId("filter").querySelectorAll("[data-filter]")) other.ariaPressed = String(other === button);
    search.clear();
    board.only(button.dataset.filter);
  };
}

const on = (type, hear) => connection.addEventListener(type, (event) => hear(event.detail));

on("state", (now) => {
  byId("state").textContent = word(now);
  document.body.dataset.state = now;
});
on("locked", () => location.reload());
on("hello", (frame) => {
  me = frame;
  byId("state").textContent = frame.name;
  byId("state").title = word("online");
  if (open) connection.send({ type: "watch", ...open });
  search.again();
});
on("rooms", (frame) => { board.show(frame); quick.take(frame); head(); });
on("found", (frame) => search.found(frame));
on("thread", (frame) => {
  board.update(frame.room, frame.thread);
  head();
  if (frame.thread.id) tour?.wrote();
});
on("history", (frame) => {
  if (!isOpen(frame)) return;
  feed.history(frame);
  if (frame.latest) for (const waiting of connection.waiting()) if (waiting.type === "message" && isOpen(waiting)) feed.pend(waiting);
});
on("post", (frame) => {
  if (!isOpen(frame)) return;
  if (frame.post.author) write("");
  feed.put(frame.post);
});
on("ack", (frame) => {
  if (isOpen(frame)) {
    feed.put(frame.post);
    feed.unpend(frame.client_id);
  }
  if (frame.notice) toast(frame.notice);
});
on("error", (frame) => {
  const text = trouble(frame);
  const item = frame.final && byId("posts").querySelector(`[data-pending="${CSS.escape(frame.client_id)}"]`);
  for (const busy of byId("posts").querySelectorAll("[aria-busy=true]")) busy.ariaBusy = "false";
  if (!item) { toast(text); return; }
  // A message that will never be taken stays in sight with the reason, until it is put away.
  item.classList.add("failed");
  const away = make("button", "plain", word("dismiss"));
  away.onclick = () => item.remove();
  item.querySelector(".meta").replaceChildren(make("span", "", text), away);
});
on("erased", (frame) => { if (isOpen(frame)) { location.hash = ""; toast(word("erased")); } });

let quiet = 0;
function write(text) {
  clearTimeout(quiet);
  typing.textContent = text;
  typing.classList.toggle("writing", text !== "");
  if (text) quiet = setTimeout(() => write(""), 6000);
}
on("typing", (frame) => { if (isOpen(frame) && frame.name !== me.name) write(word("typing", frame)); });

byId("leave").onclick = async () => {
  await fetch("leave", { method: "POST" });
  location.assign("./");
};
addEventListener("hashchange", follow);
// The link in the log brings the key along; somebody who is in already does not need it.
if (location.hash.startsWith("#key=")) history.replaceState(null, "", location.pathname);
follow();
connection.start();
