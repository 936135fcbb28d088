// The page in a frame of another site: it says how much is unread, and asks to be closed. The policy of this
// page lets only the sites of config.toml show it, and nothing private is ever told to them.

export class Framed {
  #site = ""; #unread = 0;

  // `shown(is)` hears whether the frame is in view.
  constructor(shown) {
    addEventListener("message", (event) => {
      if (event.source !== parent || event.data?.guichet === undefined) return;
      this.#site = event.origin;
      if (event.data.guichet === "opened") { this.#unread = 0; shown(true); }
      if (event.data.guichet === "closed") shown(false);
      this.#tell({ guichet: "unread", count: this.#unread });
    });
  }

  arrived() { this.#unread += 1; this.#tell({ guichet: "unread", count: this.#unread }); }

  close() { this.#tell({ guichet: "close" }); }

  // Only the page that spoke first is answered, and at the origin it spoke from.
  #tell(message) { if (this.#site) parent.postMessage(message, this.#site); }
}
