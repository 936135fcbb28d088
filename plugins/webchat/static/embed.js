// A button in the corner of any page, which opens the chat of this server in a frame. One line puts it there:
// <script src="https://…/chat/embed.js" async></script>; data-side="left" moves it to the other corner.
(() => {
  const words = {/*words*/};
  const script = document.currentScript, home = new URL("./", script.src), OPENED = "guichet:opened";
  if (document.getElementById("guichet-chat")) return; // the line stands in the page twice
  const say = (key, values) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const style = `
    :host { all: initial; }
    button { all: unset; box-sizing: border-box; position: fixed; z-index: 2147483000; bottom: 20px; SIDE: 20px; width: 60px; height: 60px; border-radius: 50%; display: grid; place-items: center; cursor: pointer; background: #12705f; color: #fff; box-shadow: 0 6px 24px #0004; transition: transform .15s; }
    button:hover { transform: scale(1.05); }
    button:focus-visible { outline: 3px solid #12705f; outline-offset: 3px; }
    svg { width: 28px; height: 28px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
    .open .talk, .cross { display: none; } .open .cross { display: block; }
    i { all: unset; position: absolute; top: -3px; right: -3px; min-width: 22px; box-sizing: border-box; padding: 0 6px; border-radius: 99px; background: #b3261e; color: #fff; font: 600 13px/22px system-ui, sans-serif; text-align: center; }
    iframe { position: fixed; z-index: 2147483000; bottom: 92px; SIDE: 20px; width: min(400px, calc(100vw - 40px)); height: min(640px, calc(100dvh - 112px)); border: 0; border-radius: 18px; box-shadow: 0 12px 48px #0005; background: #f3f2ee; color-scheme: light dark; }
    [hidden] { display: none; }
    @media (max-width: 480px) { iframe { inset: 0; width: 100%; height: 100dvh; border-radius: 0; } .open { display: none; } }
    @media (prefers-reduced-motion: reduce) { button { transition: none; } }
  `.replaceAll("SIDE", script.dataset.side === "left" ? "left" : "right");

  const host = document.createElement("div"), root = host.attachShadow({ mode: "open" });
  host.id = "guichet-chat";
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];
  const button = document.createElement("button"), count = document.createElement("i");
  button.type = "button";
  button.append(drawn("talk", "M4 6.500A2.500 2.500 0 0 1 6.500 4h11A2.500 2.500 0 0 1 20 6.500v7a2.500 2.500 0 0 1-2.500 2.500H12l-5 4v-4h-.5A2.500 2.500 0 0 1 4 13.500z"), drawn("cross", "M6 6l12 12M18 6 6 18"), count);
  root.append(button);
  let frame = null, is_open = false, unread = 0;

  function drawn(name, path) {
    const [svg, line] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("class", name);
    svg.setAttribute("aria-hidden", "true");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  }

  function show() {
    button.className = is_open ? "open" : "";
    button.ariaExpanded = String(is_open);
    button.ariaLabel = is_open ? words.close : unread ? `${words.open}. ${say("unread", { count: unread })}` : words.open;
    button.title = is_open ? words.close : words.open;
    count.textContent = unread > 9 ? "9+" : String(unread);
    count.hidden = is_open || !unread;
    if (frame) frame.hidden = !is_open;
  }

  const tell = (what) => frame.contentWindow?.postMessage({ guichet: what }, home.origin);

  function load() {
    frame = document.createElement("iframe");
    frame.src = new URL("?framed", home);
    frame.title = words.open;
    frame.allow = "clipboard-write";
    frame.onload = () => tell(is_open ? "opened" : "hello");
    root.append(frame);
  }

  function toggle(is) {
    is_open = is;
    if (is && !frame) load();
    else tell(is ? "opened" : "closed");
    if (is) unread = 0;
    show();
    if (is) frame.focus(); else button.focus();
    try { localStorage.setItem(OPENED, "yes"); } catch { /* the next page begins without the frame */ }
  }

  button.onclick = () => toggle(!is_open);
  addEventListener("message", (event) => {
    if (event.origin !== home.origin || event.source !== frame?.contentWindow) return;
    if (event.data?.guichet === "close") toggle(false);
    if (event.data?.guichet === "unread" && Number.isInteger(event.data.count)) { unread = event.data.count; show(); }
  });

  function begin() {
    document.body.append(host);
    // Who has written before hears of an answer on every page, without opening the chat.
    try { if (localStorage.getItem(OPENED)) load(); } catch { /* storage is forbidden */ }
    show();
  }
  if (document.body) begin(); else addEventListener("DOMContentLoaded", begin);
})();
