// A short sound when something comes, off until somebody turns it on here.

import { keep, label, recall } from "./notify.js";
import { word } from "./words.js";

const KEY = "guichet:sound";

export class Sound {
  #button; #is_on = recall(KEY); #audio = null;

  constructor(button) {
    this.#button = button;
    button.hidden = false;
    button.onclick = () => {
      this.#is_on = !this.#is_on;
      keep(KEY, this.#is_on);
      this.#show();
      this.ring();
    };
    this.#show();
  }

  ring() {
    if (!this.#is_on) return;
    this.#audio ??= new AudioContext();
    const tone = this.#audio.createOscillator(), volume = this.#audio.createGain(), now = this.#audio.currentTime;
    tone.frequency.setValueAtTime(660, now);
    tone.frequency.setValueAtTime(880, now + 0.09);
    volume.gain.setValueAtTime(0.08, now);
    volume.gain.exponentialRampToValueAtTime(0.0001, now + 0.35);
    tone.connect(volume).connect(this.#audio.destination);
    tone.start(now);
    tone.stop(now + 0.35);
  }

  #show() { label(this.#button, this.#is_on, word(this.#is_on ? "sound_off" : "sound_on")); }
}
