// The team rooms.

import { Board, keyOf } from "./board.js";
import { Composer } from "./composer.js";
import { Connection, newId } from "./connection.js";
import { Feed } from "./feed.js";
import { make } from "./make.js";
import { toast } from "./toast.js";
import { translate, trouble, word } from "./words.js";

translate();
const byId = (id) => document.getElementById(id);
const connection = new Connection("socket", "desk");
const business = document.body.dataset.business;
const typing = byId("typing");
const drafts = new Map();
let me = "", open = null;

const board = new Board(byId("rooms"), (count) => { document.title = count ? `(${count}) ${business}` : business; });

const feed = new Feed(byId("posts"), {
  names: true,
  receipt: "",
  // As the bot reads it: a note has its own look, and every other slash is a word to the bot.
  is_command: (text) => /^\s*\/(?!\/|note(\s|$))/i.test(text),
  looked: () => {},
  is_mine: (post) => post.side === "page" && post.by === me,
  address: (post) => `media/?${new URLSearchParams({ ...open, id: post.id })}`,
  older: (before) => connection.send({ type: "older", before, ...open }),
  act,
});

const composer = new Composer(byId("composer"), {
  place: () => ({ ...open }),
  upload: (frame) => `upload?${new URLSearchParams({ room: frame.room, thread: frame.thread })}`,
  deliver,
  pend: (frame, text) => feed.pend(frame, text),
  unpend: (id) => feed.unpend(id),
});

function deliver(frame) {
  if (frame.type === "message" && isOpen(frame)) feed.pend(frame);
  connection.deliver(frame);
}

function act(what, post, choice) {
  const frame = { client_id: newId(), message_id: post.id, ...open };
  if (what === "press") connection.deliver({ ...frame, type: "press", choice_id: choice.id });
  if (what === "reply") composer.reply(post);
  if (what === "edit") composer.edit(post);
  if (what === "remove" && confirm(word("remove_sure"))) connection.deliver({ ...frame, type: "delete" });
}

const isOpen = (frame) => open !== null && keyOf(frame.room, frame.thread) === keyOf(open.room, open.thread);

// What stands in an address; a broken one names nothing.
function decoded(part) {
  try { return decodeURIComponent(part); } catch { return ""; }
}

// The address names what is open: #room or #room/thread, so that links, the back button and a reload work.
function follow() {
  const [room, thread = ""] = location.hash.slice(1).split("/").map(decoded);
  if (open) drafts.set(keyOf(open.room, open.thread), composer.draft);
  open = room && !room.startsWith("key=") ? { room, thread } : null;
  document.body.dataset.view = open ? "thread" : "rooms";
  byId("nothing").hidden = Boolean(open);
  byId("open").hidden = !open;
  board.open(open?.room ?? null, thread);
  hint(thread ? "write_reply" : "write_general");
  typing.textContent = "";
  if (!open) return;
  feed.clear();
  composer.cancel();
  composer.draft = drafts.get(keyOf(room, thread)) ?? "";
  title();
  connection.send({ type: "watch", ...open });
  if (matchMedia("(pointer: fine)").matches) composer.focus();
  else byId("thread-title").focus();
}

function title() {
  if (!open) return;
  const thread = board.find(open.room, open.thread);
  byId("thread-title").textContent = open.thread ? thread?.title ?? "" : word("general");
  byId("thread-room").textContent = board.title(open.room);
  byId("thread-state").hidden = !thread?.closed;
}

function hint(key) {
  const field = byId("composer").querySelector("textarea");
  field.placeholder = field.title = word(key);
  field.setAttribute("aria-label", word(key));
}

const on = (type, hear) => connection.addEventListener(type, (event) => hear(event.detail));

on("state", (now) => {
  byId("state").textContent = word(now);
  document.body.dataset.state = now;
});
on("locked", () => location.reload());
on("hello", (frame) => {
  me = frame.id;
  byId("state").textContent = frame.name;
  byId("state").title = word("online");
  if (open) connection.send({ type: "watch", ...open });
});
on("rooms", (frame) => { board.show(frame.rooms); title(); });
on("thread", (frame) => { board.update(frame.room, frame.thread); title(); });
on("history", (frame) => {
  if (!isOpen(frame)) return;
  feed.history(frame);
  if (frame.latest) for (const waiting of connection.waiting()) if (waiting.type === "message" && isOpen(waiting)) feed.pend(waiting);
});
on("post", (frame) => {
  if (!isOpen(frame)) return;
  if (frame.post.side === "bot") typing.textContent = "";
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
  for (const busy of byId("posts").querySelectorAll("[aria-busy=true]")) busy.removeAttribute("aria-busy");
  if (!item) { toast(text); return; }
  // A message that will never be taken stays in sight with the reason, until it is put away.
  item.classList.add("failed");
  const away = make("button", "plain", word("dismiss"));
  away.onclick = () => item.remove();
  item.querySelector(".meta").replaceChildren(make("span", "", text), away);
});
on("erased", (frame) => { if (isOpen(frame)) { location.hash = ""; toast(word("erased")); } });

let quiet = 0;
on("typing", (frame) => {
  if (!isOpen(frame)) return;
  typing.textContent = word("typing_one");
  clearTimeout(quiet);
  quiet = setTimeout(() => { typing.textContent = ""; }, 6000);
});

byId("leave").onclick = async () => {
  await fetch("leave", { method: "POST" });
  location.assign(location.pathname);
};
addEventListener("hashchange", follow);
addEventListener("keydown", (event) => { if (event.key === "Escape" && open) location.hash = ""; });
// The link in the log brings the key along; somebody who is in already does not need it.
if (location.hash.startsWith("#key=")) history.replaceState(null, "", location.pathname);
follow();
connection.start();
