// Where the reader is in a list: at its end, which is then followed whatever grows, or further up.

import { make } from "./make.js";
import { word } from "./words.js";

const NEAR = 120;
const STEPS = Array.from({ length: 21 }, (_, step) => step / 20);

// `looked()` hears, soon after a post is added and whenever the view moves, that others may be in view.
export class Follow {
  #list; #top = 0; #jump; #sizes; #views; #inView = new Map();

  constructor(list, looked) {
    this.#list = list;
    this.following = true;
    this.#jump = make("button", "button", word("new_posts"));
    this.#jump.type = "button";
    this.#jump.hidden = true;
    this.#jump.onclick = () => { this.toEnd(); list.focus(); };
    const place = make("div", "jump");
    place.append(this.#jump);
    list.after(place);
    list.addEventListener("scroll", () => this.#scrolled());
    // A picture that loads, a reason that is put under a message: nobody scrolled, so the end is still wanted.
    this.#sizes = new ResizeObserver(() => { if (this.following) this.toEnd(); });
    this.#sizes.observe(list);
    this.#views = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting, intersectionRatio, intersectionRect, rootBounds } of entries) {
        // Half of the post, or half of the screen full of a long one.
        const seen = isIntersecting && (intersectionRatio >= 0.5 || intersectionRect.height >= rootBounds.height / 2);
        if (seen) this.#inView.set(target, target.dataset.id); else this.#inView.delete(target);
      }
      looked();
    }, { root: list, threshold: STEPS });
  }

  // The ids of the posts that stand on the screen now.
  get inView() { return [...this.#inView.values()]; }

  add(item) {
    this.#sizes.observe(item);
    if (item.dataset.id) this.#views.observe(item);
  }

  drop(item) {
    this.#sizes.unobserve(item);
    this.#views.unobserve(item);
    this.#inView.delete(item);
  }

  toEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
    this.#top = this.#list.scrollTop;
    this.following = true;
    this.#jump.hidden = true;
  }

  // Something new stands below what the reader looks at.
  announce() { this.#jump.hidden = false; }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#list;
    // Only a person scrolls up; what grew below since is no reason to stop following.
    if (scrollHeight - scrollTop - clientHeight < NEAR) { this.following = true; this.#jump.hidden = true; }
    else if (scrollTop < this.#top) this.following = false;
    this.#top = scrollTop;
  }
}
