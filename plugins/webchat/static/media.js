// Files in place: pictures, sound and films are shown where they stand, all else is offered to be saved.

import { make } from "./make.js";
import { language, word } from "./words.js";

const AUDIO = new Set(["audio", "voice"]);
const VIDEO = new Set(["video", "video_note"]);
const PICTURE = new Set(["photo", "animation", "sticker"]);
const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  reply: "M9 7 4 12l5 5M4 12h9a7 7 0 0 1 7 7",
  edit: "M4 20h4L19 9l-4-4L4 16z",
  remove: "M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12",
  file: "M7 3h7l5 5v13H7zM14 3v5h5",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg"), path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function file({ kind, name, size }, url) {
  if (PICTURE.has(kind)) {
    const link = make("a", `picture ${kind}`), image = make("img");
    link.href = image.src = url;
    link.target = "_blank";
    image.alt = name;
    image.loading = "lazy";
    link.append(image);
    return link;
  }
  if (AUDIO.has(kind) || VIDEO.has(kind)) {
    const player = make(AUDIO.has(kind) ? "audio" : "video");
    player.src = url;
    player.controls = true;
    player.preload = "metadata";
    player.setAttribute("aria-label", name);
    return player;
  }
  const link = make("a", "file"), label = make("span", "file-name", name);
  link.href = url;
  link.download = name;
  label.dir = "auto";
  label.append(make("small", "", sizeOf(size)));
  link.append(icon("file"), label);
  return link;
}

export function sizeOf(bytes) {
  if (bytes < 1e6) return word("kilobytes", { count: Math.max(1, Math.round(bytes / 1024)) });
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  return word("megabytes", { count: number.format(bytes / 1048576) });
}
