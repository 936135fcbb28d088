// The contact's page.

import { Composer } from "./composer.js";
import { Connection, newId } from "./connection.js";
import { Feed } from "./feed.js";
import { make } from "./make.js";
import { toast } from "./toast.js";
import { translate, trouble, word } from "./words.js";

translate();
const byId = (id) => document.getElementById(id);
const connection = new Connection("socket", "chat");
const state = byId("state"), nameForm = byId("name"), who = byId("who"), typing = byId("typing");

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
  pend: (frame, text) => { byId("greeting").hidden = true; return feed.pend(frame, text); },
  unpend: (id) => feed.unpend(id),
});

function deliver(frame) {
  byId("greeting").hidden = true;
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
function tellSeen() {
  if (!document.hidden) for (const id of feed.inView) viewed.add(id);
  const unread = feed.posts.filter((post) => post.side === "bot" && post.seen !== "read" && told.get(post.id) !== "read");
  tell("read", unread.filter((post) => viewed.has(post.id)));
  tell("delivered", unread.filter((post) => !viewed.has(post.id) && !post.seen && !told.has(post.id)));
}
// A page that is looked at hears by itself which posts came into view; a hidden one never does.
function tellUnlooked() { if (document.hidden) tellSeen(); }
function tell(state, posts) {
  for (let start = 0; start < posts.length; start += 100) {
    const message_ids = posts.slice(start, start + 100).map((post) => post.id);
    if (connection.send({ type: "seen", message_ids, state })) for (const id of message_ids) told.set(id, state);
  }
}
document.addEventListener("visibilitychange", tellSeen);

const on = (type, hear) => connection.addEventListener(type, (event) => hear(event.detail));

on("state", (now) => {
  state.textContent = word(now);
  document.body.dataset.state = now;
  if (now !== "online") told.clear();
});
on("locked", () => location.reload());
on("hello", (frame) => showName(frame.name));
on("name", (frame) => showName(frame.name));
on("history", (frame) => {
  feed.history(frame);
  if (frame.latest) for (const waiting of connection.waiting()) if (waiting.type === "message") feed.pend(waiting);
  byId("greeting").hidden = !feed.is_empty;
  tellUnlooked();
});
on("post", ({ post }) => {
  if (post.side === "bot") typing.textContent = "";
  byId("greeting").hidden = true;
  feed.put(post);
  tellUnlooked();
});
on("ack", ({ post, notice, client_id }) => {
  feed.put(post);
  feed.unpend(client_id);
  if (notice) toast(notice);
});
on("error", (frame) => {
  const text = trouble(frame);
  if (!refuse(frame, text)) toast(text);
});
on("erased", () => { feed.clear(); told.clear(); viewed.clear(); byId("greeting").hidden = false; toast(word("erased")); });

let quiet = 0;
on("typing", () => {
  typing.textContent = word("typing_one");
  clearTimeout(quiet);
  quiet = setTimeout(() => { typing.textContent = ""; }, 6000);
});

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

function showName(name) {
  who.hidden = !name;
  who.textContent = word("you_are", { name });
  who.title = word("change_name");
  nameForm.hidden = Boolean(name);
  nameForm.name.value = name;
}
who.onclick = () => { nameForm.hidden = false; who.hidden = true; nameForm.name.focus(); };
nameForm.onsubmit = (event) => {
  event.preventDefault();
  const name = nameForm.name.value.trim();
  if (connection.send({ type: "name", name })) { nameForm.hidden = true; composer.focus(); }
};

if (!navigator.cookieEnabled) toast(word("no_cookie"));
connection.start();
if (matchMedia("(pointer: fine)").matches) composer.focus();
