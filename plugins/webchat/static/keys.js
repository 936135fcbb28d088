// The keyboard of the rooms, and the list of what it does.

import { make } from "./make.js";
import { word } from "./words.js";

const MAC = /Mac|iP/.test(navigator.platform);
const CTRL = MAC ? "⌘" : "Ctrl";

const LIST = [
  ["key_search", `${CTRL}+K`], ["key_next", "Alt+↓"], ["key_previous", "Alt+↑"], ["key_longest", `${CTRL}+J`],
  ["key_quick", "/"], ["key_note", "//"], ["key_edit", "↑"], ["key_line", `${word("shift")}+↵`], ["key_back", word("escape")], ["key_help", `${CTRL}+/`],
];

// `does`: what each of search, next, previous, longest and back does.
export function listen(dialog, button, does) {
  const list = dialog.querySelector("dl");
  for (const [name, keys] of LIST) {
    const shown = make("dd");
    for (const [index, key] of keys.split("+").entries()) shown.append(...(index ? ["+"] : []), make("kbd", "", key));
    list.append(make("dt", "", word(name)), shown);
  }
  const help = () => { if (dialog.open) dialog.close(); else dialog.showModal(); };
  button.onclick = help;
  addEventListener("keydown", (event) => {
    const is_command = (MAC ? event.metaKey : event.ctrlKey) && !event.altKey && !event.shiftKey;
    const action = is_command ? { k: does.search, j: does.longest, "/": help }[event.key.toLowerCase()]
      : event.altKey && !event.ctrlKey && !event.metaKey ? { ArrowDown: does.next, ArrowUp: does.previous }[event.key]
      : event.key === "Escape" && !dialog.open ? does.back : null;
    if (!action) return;
    event.preventDefault();
    action();
  });
}
