// The menu of ready replies and commands, above the field: it opens with a slash or with its button.

import { make } from "./make.js";
import { word } from "./words.js";

const bare = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

export class Quick {
  #menu; #button; #field; #values; #pick; #canned = []; #commands = []; #items = []; #at = 0;

  // `values()` gives what fills the placeholders of a ready reply, and `pick(text)` puts a text in the field.
  constructor(menu, button, field, { values, pick }) {
    this.#menu = menu;
    this.#button = button;
    this.#field = field;
    this.#values = values;
    this.#pick = pick;
    button.onclick = () => { if (this.is_open) this.close(); else { this.#open(""); field.focus(); } };
    addEventListener("pointerdown", (event) => {
      if (this.is_open && !menu.contains(event.target) && !button.contains(event.target)) this.close();
    });
  }

  get is_open() { return !this.#menu.hidden; }

  take({ canned = [], commands = [] }) { this.#canned = canned; this.#commands = commands; }

  // A word behind a slash, at the beginning of the field, is looked for here.
  follow(text) {
    const found = /^\/(c\s+)?([^\s/]*)$/i.exec(text);
    if (found) this.#open(found[2], Boolean(found[1]));
    else if (this.is_open && text) this.close();
  }

  close() {
    this.#menu.hidden = true;
    this.#button.ariaExpanded = "false";
    this.#field.removeAttribute("aria-activedescendant");
  }

  // Whether a key was meant for the menu.
  keyed(event) {
    if (!this.is_open) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.#items.length) this.#mark((this.#at + step + this.#items.length) % this.#items.length);
    else if (event.key === "Escape") { event.stopPropagation(); this.close(); }
    else if ((event.key === "Enter" || event.key === "Tab") && this.#items.length && !this.#isWhole) this.#choose(this.#items[this.#at]);
    else { if (event.key === "Enter") this.close(); return false; }
    event.preventDefault();
    return true;
  }

  // A command that is written out is sent, not chosen again.
  get #isWhole() { return this.#commands.some(({ name }) => `/${name}` === this.#field.value.trim().toLowerCase()); }

  #open(query, is_canned = false) {
    const wanted = bare(query);
    const canned = this.#canned.filter(({ name, text }) => bare(name).includes(wanted) || (wanted.length > 2 && bare(text).includes(wanted)));
    const commands = is_canned ? [] : this.#commands.filter(({ name }) => bare(name).startsWith(wanted));
    this.#items = [];
    this.#menu.replaceChildren(...this.#group("canned", canned), ...this.#group("commands", commands));
    if (!this.#items.length) this.#menu.append(make("p", "empty", word("quick_none")));
    this.#menu.hidden = false;
    this.#button.ariaExpanded = "true";
    if (this.#items.length) this.#mark(0);
  }

  #group(kind, entries) {
    if (!entries.length) return [];
    const group = make("div"), title = make("p", "over-title", word(kind));
    group.role = "group";
    title.id = `quick-${kind}`;
    group.setAttribute("aria-labelledby", title.id);
    group.append(title);
    for (const entry of entries) {
      const item = make("div", "quick-item");
      item.role = "option";
      item.id = `quick-item-${this.#items.length}`;
      item.append(make("b", "", kind === "commands" ? `/${entry.name}` : entry.name), make("span", "", kind === "commands" ? entry.text : this.#filled(entry.text)));
      const chosen = { kind, entry, item };
      item.onpointerdown = (event) => event.preventDefault(); // the field keeps the focus
      item.onclick = () => this.#choose(chosen);
      this.#items.push(chosen);
      group.append(item);
    }
    return [group];
  }

  #mark(at) {
    this.#at = at;
    for (const [index, { item }] of this.#items.entries()) item.ariaSelected = String(index === at);
    this.#items[at].item.scrollIntoView({ block: "nearest" });
    this.#field.setAttribute("aria-activedescendant", this.#items[at].item.id);
  }

  #choose({ kind, entry }) {
    this.close();
    const text = kind === "commands" ? `/${entry.name} ` : this.#filled(entry.text);
    // What this page cannot fill the bot can, when it is sent by its name.
    this.#pick(kind === "canned" && /\{\w+\}/.test(text) ? `/c ${entry.name}` : text);
    this.close();
  }

  #filled(text) {
    const values = this.#values();
    return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] || whole);
  }
}
