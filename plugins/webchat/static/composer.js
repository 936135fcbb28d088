// The field that people write in: text, files, an answer to a post, a change to one.

import { newId } from "./connection.js";
import { make } from "./make.js";
import { toast } from "./toast.js";
import { sizeOf, trouble, word } from "./words.js";

// The form holds a textarea, a file input and a bar. `deliver(frame)` sends for certain, `pend(frame, state)`
// shows what is on its way, `unpend(id)` takes that away, `upload()` gives the address files go to, and
// `place()` what every frame carries.
export class Composer {
  #form; #field; #files; #bar; #options; #reply = null; #edited = null;

  constructor(form, options) {
    this.#form = form;
    this.#options = options;
    this.#field = form.querySelector("textarea");
    this.#files = form.querySelector("input[type=file]");
    this.#bar = form.querySelector(".bar");
    form.addEventListener("submit", (event) => { event.preventDefault(); this.#submit(); });
    form.querySelector(".attach").onclick = () => this.#files.click();
    this.#field.addEventListener("input", () => this.#fit());
    this.#field.addEventListener("keydown", (event) => {
      // While an input method composes a word, Enter belongs to it.
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.#submit(); }
      if (event.key === "Escape" && (this.#reply || this.#edited)) { event.stopPropagation(); this.cancel(); }
    });
    this.#field.addEventListener("paste", (event) => {
      if (event.clipboardData.files.length) { event.preventDefault(); this.#sendFiles(event.clipboardData.files); }
    });
    this.#files.onchange = () => { this.#sendFiles(this.#files.files); this.#files.value = ""; };
    addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("dropping"); });
    addEventListener("dragleave", (event) => event.relatedTarget || form.classList.remove("dropping"));
    addEventListener("drop", (event) => {
      event.preventDefault();
      form.classList.remove("dropping");
      if (!form.hidden) this.#sendFiles(event.dataTransfer.files);
    });
    this.#fit();
  }

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
    if (this.#edited) this.draft = "";
    this.#reply = this.#edited = null;
    this.#bar.hidden = true;
  }

  #show(title, text) {
    const close = make("button", "plain", "✕");
    close.type = "button";
    close.setAttribute("aria-label", word("cancel"));
    close.onclick = () => { this.cancel(); this.focus(); };
    const words = make("div");
    words.append(make("b", "", title), make("span", "", text));
    this.#bar.replaceChildren(words, close);
    this.#bar.hidden = false;
    this.focus();
  }

  #fit() {
    this.#field.style.height = "auto";
    this.#field.style.height = `${Math.min(this.#field.scrollHeight, innerHeight * 0.4)}px`;
    this.#form.classList.toggle("ready", this.#field.value.trim() !== "");
  }

  #submit() {
    const text = this.#field.value.trim();
    if (!text) return;
    const frame = { ...this.#options.place(), client_id: newId(), text };
    if (this.#edited) this.#options.deliver({ ...frame, type: "edit", message_id: this.#edited.id });
    else this.#options.deliver({ ...frame, type: "message", reply_to: this.#reply?.id ?? "" });
    this.#edited = null;
    this.cancel();
    this.draft = "";
    this.focus();
  }

  #sendFiles(files) {
    for (const file of files) this.#sendFile(file, { ...this.#options.place(), type: "message", client_id: newId(), reply_to: this.#reply?.id ?? "" });
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
