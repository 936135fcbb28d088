// The contact's page.

import { Composer } from "./composer.js";
import { Connection, newId } from "./connection.js";
import { Feed } from "./feed.js";
import { Framed } from "./framed.js";
import { make } from "./make.js";
import { Notifier } from "./notify.js";
import { toast } from "./toast.js";
import { trouble, word } from "./words.js";

const byId = (id) => document.getElementById(id);
const { business, framed } = document.body.dataset;
const connection = new Connection("socket", "chat");
const state = byId("state"), nameForm = byId("name"), who = byId("who"), typing = byId("typing");
const notifier = new Notifier(byId("bell"));
let is_shown = !framed; // a closed frame is looked at by nobody

const feed = new Feed(byId("posts"), {
  names: false,
  receipt: "sent",
  is_command: () => false,
  looked: tellSeen,
  is_mine: (post) => post.side === "page",
  address: (post) => `media/${encodeURIComponent(post.id)}`,
  older: (before) => connection.send({ type: "older", before }),
  act,
});

const composer = new Composer(byId("composer"), {
  place: () => ({}),
  upload: () => "upload",
  deliver,
  pend: (frame, text) => { greet(false); return feed.pend(frame, text); },
  unpend: (id) => feed.unpend(id),
  typed: () => connection.send({ type: "typing" }),
  last: () => feed.lastOfMine,
});

const frame = framed ? new Framed((is) => { is_shown = is; if (is) { composer.focus(); tellSeen(); } }) : null;
if (frame) {
  byId("close").hidden = false;
  byId("bell").hidden = true; // browsers let nobody ask for notifications from a frame of another site
  byId("close").onclick = leave;
  addEventListener("keydown", (event) => { if (event.key === "Escape") leave(); });
}
function leave() { is_shown = false; frame.close(); }

function greet(is) { byId("greeting").hidden = !is; }

function deliver(frame) {
  greet(false);
  if (frame.type === "message") feed.pend(frame);
  connection.deliver(frame);
}

function act(what, post, choice) {
  if (what === "press") connection.deliver({ type: "press", client_id: newId(), message_id: post.id, choice_id: choice.id });
  if (what === "reply") composer.reply(post);
  if (what === "edit") composer.edit(post);
  if (what === "remove" && confirm(word("remove_sure"))) connection.deliver({ type: "delete", client_id: newId(), message_id: post.id });
}

// The business learns that its words arrived, and which of them stood on a screen somebody looks at.
const told = new Map(), viewed = new Set();
const looksOn = () => !document.hidden && is_shown;
function tellSeen() {
  if (looksOn()) for (const id of feed.inView) viewed.add(id);
  const unread = feed.posts.filter((post) => post.side === "bot" && post.seen !== "read" && told.get(post.id) !== "read");
  tell("read", unread.filter((post) => viewed.has(post.id)));
  tell("delivered", unread.filter((post) => !viewed.has(post.id) && !post.seen && !told.has(post.id)));
}
// A page that is looked at hears by itself which posts came into view; a hidden one never does.
function tellUnlooked() { if (!looksOn()) tellSeen(); }
function tell(state, posts) {
  for (let start = 0; start < posts.length; start += 100) {
    const message_ids = posts.slice(start, start + 100).map((post) => post.id);
    if (connection.send({ type: "seen", message_ids, state })) for (const id of message_ids) told.set(id, state);
  }
}
let missed = 0;
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) { missed = 0; document.title = business; }
  tellSeen();
});

const on = (type, hear) => connection.addEventListener(type, (event) => hear(event.detail));

on("state", (now) => {
  state.textContent = word(now);
  document.body.dataset.state = now;
  if (now !== "online") told.clear();
});
on("locked", ({ code }) => {
  if (code !== "no_session") { location.reload(); return; }
  // The browser kept no cookie: in a frame of another site it may refuse to, anywhere else it can be allowed.
  byId("blocked").hidden = !frame;
  byId("composer").hidden = byId("posts").hidden = Boolean(frame);
  greet(false);
  if (frame) connection.stop(); else toast(word("no_cookie"));
});
on("hello", ({ name }) => showName(name));
on("name", ({ name }) => showName(name));
on("history", (history) => {
  feed.history(history);
  if (history.latest) for (const waiting of connection.waiting()) if (waiting.type === "message") feed.pend(waiting);
  greet(feed.is_empty);
  if (feed.is_empty && !who.dataset.name) nameForm.hidden = false;
  tellUnlooked();
});
on("post", ({ post }) => {
  greet(false);
  const is_new = post.side === "bot" && !feed.posts.some((known) => known.id === post.id);
  feed.put(post);
  if (is_new) {
    write("");
    if (!is_shown) frame.arrived();
    notifier.tell(business, post.text ?? post.media?.name ?? "", "guichet");
    if (document.hidden) document.title = `(${++missed}) ${business}`;
  }
  tellUnlooked();
});
on("ack", ({ post, notice, client_id }) => {
  feed.put(post);
  feed.unpend(client_id);
  if (!who.dataset.name) nameForm.hidden = true;
  showName(who.dataset.name ?? "");
  if (notice) toast(notice);
});
on("error", (frame) => {
  const text = trouble(frame);
  for (const busy of byId("posts").querySelectorAll("[aria-busy=true]")) busy.ariaBusy = "false";
  if (!refuse(frame, text)) toast(text);
});
on("erased", () => { feed.clear(); told.clear(); viewed.clear(); greet(true); toast(word("erased")); });

let quiet = 0;
function write(text) {
  clearTimeout(quiet);
  typing.textContent = text;
  typing.classList.toggle("writing", text !== "");
  if (text) quiet = setTimeout(() => write(""), 6000);
}
on("typing", () => write(word("typing_one")));

// A message that will never be taken stays in sight with the reason, until it is put away.
function refuse(frame, text) {
  const item = frame.final && byId("posts").querySelector(`[data-pending="${CSS.escape(frame.client_id)}"]`);
  if (!item) return false;
  item.classList.add("failed");
  const away = make("button", "plain", word("dismiss"));
  away.onclick = () => item.remove();
  item.querySelector(".meta").replaceChildren(make("span", "", text), away);
  return true;
}

// Before the first words the name is asked for in a line of its own, later only from the button.
function showName(name) {
  who.dataset.name = name;
  who.hidden = !nameForm.hidden && !name;
  who.ariaLabel = who.title = name ? `${word("you_are", { name })} · ${word("change_name")}` : word("say_name");
  if (name) nameForm.hidden = true;
  nameForm.name.value = name;
}
who.onclick = () => { nameForm.hidden = !nameForm.hidden; if (!nameForm.hidden) nameForm.name.focus(); };
nameForm.onsubmit = (event) => {
  event.preventDefault();
  const name = nameForm.name.value.trim();
  if (connection.send({ type: "name", name })) { nameForm.hidden = true; showName(name); composer.focus(); }
};

connection.start();
if (!framed && matchMedia("(pointer: fine)").matches) composer.focus();
