// The first page of a newcomer: a contact's page beside the rooms, and three steps that tick themselves off.

import { make } from "./make.js";
import { word } from "./words.js";

const STEPS = ["tour_write", "tour_open", "tour_answer"];

export class Tour {
  #place; #done = new Set();

  // `chat`: the address of the contact's page.
  constructor(place, chat) {
    this.#place = place;
    const head = make("div", "tour-head"), frame = make("iframe"), side = make("section", "tour-contact"), tabs = make("div", "tour-tabs");
    frame.src = chat;
    frame.title = word("tour_contact");
    side.append(make("h2", "", word("tour_contact")), frame);
    head.append(make("h1", "", word("tour_title")), make("ol", "steps"), tabs);
    head.querySelector("ol").append(...STEPS.map((step) => make("li", "", word(step))));
    tabs.role = "group";
    for (const [name, text] of [["contact", word("tour_contact")], ["team", word("tour_team")]]) {
      const tab = make("button", "", text);
      tab.type = "button";
      tab.onclick = () => this.#turn(name);
      tab.dataset.side = name;
      tabs.append(tab);
    }
    place.append(head, side);
    place.hidden = false;
    document.body.classList.add("touring");
    this.#turn("contact");
    this.#show();
  }

  // On a narrow screen one side is seen at a time.
  #turn(name) {
    document.body.dataset.side = name;
    for (const tab of this.#place.querySelectorAll(".tour-tabs button")) tab.ariaPressed = String(tab.dataset.side === name);
  }

  // A thread appeared, was opened, or was answered.
  wrote() { this.#tick(0); }
  opened() { if (this.#done.has(0)) this.#tick(1); }
  answered() { if (this.#done.has(1)) this.#tick(2); }

  #tick(step) {
    if (this.#done.has(step)) return;
    this.#done.add(step);
    this.#show();
  }

  #show() {
    const steps = [...this.#place.querySelectorAll(".steps li")], next = steps.findIndex((_, index) => !this.#done.has(index));
    for (const [index, step] of steps.entries()) {
      step.classList.toggle("done", this.#done.has(index));
      if (index === next) step.ariaCurrent = "step"; else step.ariaCurrent = null;
    }
    if (next < 0) this.#place.querySelector(".steps").replaceChildren(make("li", "done", word("tour_done")));
  }
}
