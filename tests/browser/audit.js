// Looks at a page as its least lucky visitors would: gives, in words, what they could not use.
() => {
  const found = [];
  const visible = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  const told = (element) => `${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ""}.${element.className} "${(element.textContent ?? "").trim().slice(0, 30)}"`;

  // Names, for those who do not see.
  const named = (element) => element.getAttribute("aria-label")?.trim()
    || (element.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent).join("").trim()
    || element.alt?.trim() || [...element.querySelectorAll("img")].map((image) => image.alt).join("").trim() || [...(element.labels ?? [])].map((label) => label.textContent).join("").trim()
    || (!["INPUT", "TEXTAREA", "IFRAME"].includes(element.tagName) && element.textContent.trim()) || (element.tagName === "IFRAME" && element.title.trim());
  for (const element of document.querySelectorAll("button, a[href], input, textarea, img, iframe, audio, video, nav, dialog, [role=listbox], [role=log], [role=option]")) {
    if (visible(element) && !named(element)) found.push(`no name: ${told(element)}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of new Set(ids)) if (ids.filter((each) => each === id).length > 1) found.push(`the id ${id} is there twice`);
  for (const element of document.querySelectorAll("[aria-controls], [aria-labelledby], [aria-describedby], [aria-activedescendant]")) {
    for (const name of ["aria-controls", "aria-labelledby", "aria-describedby", "aria-activedescendant"]) {
      for (const id of (element.getAttribute(name) ?? "").split(" ").filter(Boolean)) if (!document.getElementById(id)) found.push(`${name} of ${told(element)} leads nowhere`);
    }
  }
  if (!document.documentElement.lang) found.push("the page has no language");
  if (document.querySelectorAll("main").length !== 1) found.push("the page has not one main part");
  if (![...document.querySelectorAll("h1, h2")].some(visible)) found.push("the page has no heading");

  // Contrast, for those who see little: 4.5 to 1, and 3 to 1 for large letters.
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const colour = (text) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const over = (top, bottom) => [0, 1, 2].map((index) => top[index] * top[3] + bottom[index] * (1 - top[3])).concat(1);
  const light = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => { const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b); return (bright + 0.05) / (dark + 0.05); };
  const parts = /(?:rgba?|hsla?|color|oklab|oklch)\([^()]*\)/g;

  // Every colour that may lie behind an element: a gradient has several.
  function grounds(element) {
    if (!element) return [colour(matchMedia("(prefers-color-scheme: dark)").matches ? "#000" : "#fff")];
    const style = getComputedStyle(element);
    const own = style.backgroundImage.includes("gradient") ? style.backgroundImage.match(parts).map(colour) : [colour(style.backgroundColor)];
    if (own.every((each) => each[3] === 1)) return own;
    return grounds(element.parentElement).flatMap((below) => own.map((each) => over(each, below)));
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || seen.has(element) || !visible(element) || element.closest("script, .spoken, .tour-contact h2")) continue;
    seen.add(element);
    const style = getComputedStyle(element), size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.6 && Number(style.fontWeight) >= 600) ? 3 : 4.5;
    let opacity = 1;
    for (let each = element; each; each = each.parentElement) opacity *= Number(getComputedStyle(each).opacity);
    if (opacity === 0) continue;
    const ink = colour(style.color);
    ink[3] *= opacity;
    const worst = Math.min(...grounds(element).map((ground) => ratio(over(ink, ground), ground)));
    if (worst < needed) found.push(`contrast ${worst.toFixed(2)} of ${needed}: ${told(element)}`);
  }
  for (const field of document.querySelectorAll("[placeholder]")) {
    if (!visible(field)) continue;
    const worst = Math.min(...grounds(field).map((ground) => ratio(over(colour(getComputedStyle(field, "::placeholder").color), ground), ground)));
    if (worst < 4.5) found.push(`contrast ${worst.toFixed(2)} of the placeholder of ${told(field)}`);
  }

  // Room for fingers, and nothing wider than the screen.
  for (const element of document.querySelectorAll("button, nav a, input:not([type=file])")) {
    const { width, height } = element.getBoundingClientRect();
    if (visible(element) && !element.closest(".actions, .quote, .more, .tour-tabs") && Math.min(width, height) < 24) found.push(`too small to touch: ${told(element)}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push("the page is wider than the screen");
  return found;
}
