// The words of the page, which came with it in its own language.

const place = document.getElementById("words");
const words = JSON.parse(place.textContent);

export const language = document.documentElement.lang;

export function word(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// What went wrong, in the page's language when it knows the code, else as the server put it.
export function trouble({ code, text }, values) {
  return `error_${code}` in words ? word(`error_${code}`, values) : text;
}
