// The door of the team rooms: the key and a name, once.

import { trouble } from "./words.js";

const form = document.getElementById("door");
const place = document.getElementById("trouble");

// The link in the log carries the key behind the #, which browsers send to no server; it is taken out
// of the address at once.
function takeKey() {
  const given = /^#key=(.+)$/.exec(location.hash);
  if (!given) return;
  try { form.key.value = decodeURIComponent(given[1]); } catch { form.key.value = given[1]; }
  history.replaceState(null, "", location.pathname);
}
takeKey();
addEventListener("hashchange", takeKey); // the link was followed with the door open already
try { form.name.value = localStorage.getItem("guichet:name") ?? ""; } catch { /* storage is forbidden */ }
([form.name, form.key].find((field) => !field.value) ?? form.name).focus();

form.onsubmit = async (event) => {
  event.preventDefault();
  place.textContent = "";
  try {
    const answer = await fetch("enter", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ key: form.key.value, name: form.name.value }),
    });
    if (answer.ok) {
      try { localStorage.setItem("guichet:name", form.name.value.trim()); } catch { /* asked again next time */ }
      location.reload();
      return;
    }
    place.textContent = trouble(await answer.json());
    form.key.select();
  } catch {
    place.textContent = trouble({ code: "offline" });
  }
};
