// Notifications of the desktop, only after somebody asked for them here.

import { toast } from "./toast.js";
import { word } from "./words.js";

export function recall(key) { try { return localStorage.getItem(key) === "on"; } catch { return false; } }
export function keep(key, is) { try { localStorage.setItem(key, is ? "on" : "off"); } catch { /* until the page ends */ } }

export function label(button, is_on, text) {
  button.ariaPressed = String(is_on);
  button.ariaLabel = button.title = text;
}

export class Notifier {
  #button; #is_on;

  constructor(button) {
    this.#button = button;
    button.hidden = !("Notification" in window && isSecureContext);
    this.#is_on = !button.hidden && Notification.permission === "granted" && recall("guichet:notify");
    button.onclick = () => this.#toggle();
    this.#show();
  }

  // Something came; whoever looks at the page needs no telling.
  tell(title, body, tag, follow = () => {}) {
    if (!this.#is_on || document.hasFocus()) return;
    try {
      const shown = new Notification(title, { body, tag, icon: document.querySelector("link[rel=icon]").href });
      shown.onclick = () => { window.focus(); follow(); shown.close(); };
    } catch { this.#button.hidden = true; } // phones have them for installed apps only
  }

  async #toggle() {
    if (!this.#is_on && await Notification.requestPermission() !== "granted") { toast(word("notify_denied")); return; }
    this.#is_on = !this.#is_on;
    keep("guichet:notify", this.#is_on);
    this.#show();
    if (this.#is_on) toast(word("notify_kept"));
  }

  #show() { label(this.#button, this.#is_on, word(this.#is_on ? "notify_off" : "notify_on")); }
}
