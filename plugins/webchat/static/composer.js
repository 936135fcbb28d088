// The field that people write in: text, files, an answer to a post, a change to one.

import { newId } from "./connection.js";
import { make } from "./make.js";
import { sizeOf } from "./media.js";
import { toast } from "./toast.js";
import { language, trouble, word } from "./words.js";

const LIMIT = 10_000;
const TYPING_PAUSE = 3000;

// The form holds a textarea, a file input, a bar and a line for what is too much. `deliver(frame)` sends for
// certain, `pend(frame, state)` shows what is on its way, `unpend(id)` takes that away, `upload()` gives the
// address files go to, `place()` what every frame carries. May be left out: `typed(text)` hears that
// somebody writes, and not again for a while when it says that it told so, `changed(text, edited)` hears every
// change, `keyed(event)` may take a key, `sent(text, edited)` may put another text in the place of the one that is
// sent, `captioned(name)` gives the text beside a file, and `last()` gives what arrow-up changes. `edited` is the
// post that is changed, or null.
export class Composer {
  #form; #field; #files; #bar; #over; #options; #reply = null; #edited = null; #typed = 0;

  constructor(form, options) {
    this.#form = form;
    this.#options = { typed() {}, changed() {}, keyed: () => false, sent: (text) => text, captioned: () => "", last() {}, ...options };
    this.#field = form.querySelector("textarea");
    this.#files = form.querySelector("input[type=file]");
    this.#bar = form.querySelector(".bar");
    this.#over = form.querySelector(".over");
    form.querySelector(".submit").disabled = false; // before, the browser itself would have sent the form away
    form.addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    form.querySelector(".attach").onclick = () => this.#files.click();
    this.#field.addEventListener("input", () => this.#changed());
    this.#field.addEventListener("keydown", (event) => this.#keyed(event));
    this.#field.addEventListener("paste", (event) => {
      if (event.clipboardData.files.length) { event.preventDefault(); this.#sendFiles(event.clipboardData.files); }
    });
    this.#files.onchange = () => { this.#sendFiles(this.#files.files); this.#files.value = ""; };
    const dropping = (is) => document.body.classList.toggle("dropping", is && !form.hidden);
    addEventListener("dragover", (event) => { event.preventDefault(); dropping(event.dataTransfer.types.includes("Files")); });
    addEventListener("dragleave", (event) => event.relatedTarget || dropping(false));
    addEventListener("drop", (event) => {
      event.preventDefault();
      dropping(false);
      if (!form.hidden) this.#sendFiles(event.dataTransfer.files);
    });
    this.#fit();
  }

  get edited() { return this.#edited; }

  get draft() { return this.#field.value; }

  set draft(text) { this.#field.value = text; this.#fit(); }

  focus() { this.#field.focus(); }

  reply(post) {
    this.cancel();
    this.#reply = post;
    this.#show(word("replying", { name: post.author || word("message") }), post.text || post.media?.name || "");
  }

  edit(post) {
    this.#reply = null;
    this.#edited = post;
    this.draft = post.text;
    this.#show(word("editing"), post.text);
  }

  cancel() {
    const was = this.#edited;
    this.#reply = this.#edited = null;
    this.#bar.hidden = true;
    if (was) this.draft = "";
  }

  #show(title, text) {
    const close = make("button", "plain", "✕");
    close.type = "button";
    close.setAttribute("aria-label", word("cancel"));
    close.onclick = () => { this.cancel(); this.focus(); };
    const words = make("div");
    words.append(make("b", "", title), make("span", "", text));
    words.dir = "auto";
    this.#bar.replaceChildren(words, close);
    this.#bar.hidden = false;
    this.focus();
  }

  #keyed(event) {
    if (event.isComposing || this.#options.keyed(event)) return; // while an input method composes a word, keys belong to it
    if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); this.submit(); }
    if (event.key === "Escape" && (this.#reply || this.#edited)) { event.stopPropagation(); this.cancel(); }
    if (event.key === "ArrowUp" && !this.draft && !event.altKey) {
      const post = this.#options.last();
      if (post) { event.preventDefault(); this.edit(post); }
    }
  }

  #changed() {
    this.#fit();
    if (Date.now() - this.#typed < TYPING_PAUSE || !this.draft.trim()) return;
    if (this.#options.typed(this.draft)) this.#typed = Date.now();
  }

  #fit() {
    const text = this.draft.trim(), over = text.length - LIMIT;
    this.#form.classList.toggle("ready", text !== "" && over <= 0);
    this.#over.textContent = over > 0 ? word("too_long", { count: over.toLocaleString(language) }) : "";
    this.#options.changed(this.draft, this.#edited); // before the field is measured: what it is for stands in it
    this.#field.style.height = "auto";
    this.#field.style.height = `${Math.min(this.#field.scrollHeight, innerHeight * 0.4)}px`;
  }

  submit() {
    const text = this.#options.sent(this.draft.trim(), this.#edited);
    if (!this.draft.trim() || text.length > LIMIT) return; // too long a text stays where it can be shortened
    const frame = { ...this.#options.place(), client_id: newId(), text };
    if (this.#edited) this.#options.deliver({ ...frame, type: "edit", message_id: this.#edited.id });
    else this.#options.deliver({ ...frame, type: "message", reply_to: this.#reply?.id ?? "" });
    this.#edited = null;
    this.cancel();
    this.draft = "";
    this.#typed = 0;
    this.focus();
  }

  #sendFiles(files) {
    for (const file of files) this.#sendFile(file, { ...this.#options.place(), type: "message", client_id: newId(), reply_to: this.#reply?.id ?? "", text: this.#options.captioned(file.name) });
    this.cancel();
  }

  async #sendFile(file, frame) {
    const limit = Number(document.body.dataset.uploadLimit);
    const { meta, item } = this.#options.pend({ ...frame, file_name: file.name }, word("sending_file"));
    try {
      if (file.size === 0) throw new Refused({ code: "file_empty" });
      if (file.size > limit) throw new Refused({ code: "file_too_large" });
      const url = new URL(this.#options.upload(frame), location.href);
      url.searchParams.set("name", file.name);
      const answer = await fetch(url, { method: "POST", body: file, headers: { "Content-Type": file.type || "application/octet-stream" } });
      const body = await answer.json().catch(() => ({}));
      if (!answer.ok) throw new Refused(body);
      this.#options.deliver({ ...frame, upload: body.upload });
    } catch (error) {
      const why = error instanceof Refused ? error.body : { code: "offline" };
      item.classList.add("failed");
      meta.replaceChildren(make("span", "", trouble(why, { limit: sizeOf(limit) })));
      const again = make("button", "plain", word("retry")), away = make("button", "plain", word("dismiss"));
      again.onclick = () => this.#sendFile(file, frame);
      away.onclick = () => this.#options.unpend(frame.client_id);
      if (!item.isConnected) toast(trouble(why)); // another thread is open by now
      if (!["file_too_large", "file_empty"].includes(why.code)) meta.append(again);
      meta.append(away);
    }
  }
}

class Refused extends Error {
  constructor(body) { super(); this.body = body; }
}
