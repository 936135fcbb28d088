// The search over all rooms, while somebody types.

import { word } from "./words.js";

const PAUSE = 200;

export class Search {
  #field; #ask; #changed; #said; #timer = 0; #hits = null;

  // `ask(query)` sends what is looked for, `changed()` hears that there is another list to show, `said` is
  // the line that tells how many were found.
  constructor(field, said, { ask, changed }) {
    this.#field = field;
    this.#said = said;
    this.#ask = ask;
    this.#changed = changed;
    field.addEventListener("input", () => {
      clearTimeout(this.#timer);
      if (this.#query) this.#timer = setTimeout(() => this.#ask(this.#query), PAUSE);
      else this.clear();
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { event.stopPropagation(); this.clear(); }
    });
  }

  // What was found, or null: nothing is looked for.
  get hits() { return this.#hits; }

  get #query() { return this.#field.value.trim().slice(0, 100); }

  focus() { this.#field.focus(); this.#field.select(); }

  clear() {
    clearTimeout(this.#timer);
    this.#field.value = "";
    this.#hits = null;
    this.#said.textContent = "";
    this.#changed();
  }

  found({ query, hits, more }) {
    if (query !== this.#query) return; // the answer to what was typed before
    this.#hits = hits;
    this.#said.textContent = hits.length ? `${word("found", { count: hits.length })}${more ? ` ${word("found_more")}` : ""}` : word("found_none");
    this.#said.classList.toggle("spoken", !more);
    this.#changed();
  }

  // A connection that is new has not heard the question.
  again() { if (this.#query) this.#ask(this.#query); }
}
