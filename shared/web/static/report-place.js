"use strict";
// Where something was: the list, filtered while one types; a point instead of a place.

const POINT = "POINT";
const FAR_METRES = 2000;
let reportPlace = null;

addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("form");
  const tools = document.querySelector("[data-place-tools]");
  if (!form || !tools) return;
  reportPlace = new ReportPlace(form, tools);
});

class ReportPlace {
  constructor(form, tools) {
    this.form = form;
    this.list = form.elements.place_id;
    this.tools = tools;
    this.places = JSON.parse(tools.dataset.places);
    this.told = tools.querySelector("[data-place-told]");
    this.remove = tools.querySelector("[data-unpoint]");
    this.listeners = [];
    tools.hidden = false;
    this.remove.addEventListener("click", () => {
      this.choose("");
      this.list.focus();
    });
    this.list.addEventListener("change", () => {
      if (this.list.value !== POINT) this.forgetPoint();
      this.changed();
    });
    this.search();
    this.position();
    this.restored();
  }

  // Whoever draws the choice is told of every change.
  onChange(listener) {
    this.listeners.push(listener);
    listener();
  }

  changed() {
    for (const listener of this.listeners) listener();
  }

  get point() {
    const { lat, lon } = this.form.elements;
    return lat.value && lon.value ? { lat: Number(lat.value), lon: Number(lon.value) } : null;
  }

  // The list says what the hidden fields hold, after a draft or the server filled them.
  restored() {
    const point = this.point;
    if (point) this.showPoint(point, "");
    else this.forgetPoint();
    this.changed();
  }

  choose(id) {
    this.forgetPoint();
    if (id && ![...this.list.options].some((option) => option.value === id)) this.fill("");
    this.list.value = id;
    const place = this.places.find((one) => one.id === id);
    this.told.textContent = place ? `Vald plats / chosen: ${place.name}.` : "";
    this.entered();
  }

  setPoint(point, how = "") {
    this.form.elements.lat.value = point.lat.toFixed(5);
    this.form.elements.lon.value = point.lon.toFixed(5);
    this.showPoint(point, how);
    this.entered();
  }

  showPoint(point, how) {
    this.offerPoint();
    this.list.value = POINT;
    this.remove.hidden = false;
    this.told.textContent = `Vald punkt${how}${this.nearest(point)}. / Your point is chosen.`;
  }

  // As if somebody had filled in the list: a draft is saved, the map redrawn.
  entered() {
    this.list.dispatchEvent(new Event("input", { bubbles: true }));
    this.changed();
  }

  forgetPoint() {
    this.form.elements.lat.value = "";
    this.form.elements.lon.value = "";
    this.list.querySelector(`option[value=${POINT}]`)?.remove();
    if (!this.remove.hidden) this.told.textContent = "";
    this.remove.hidden = true;
  }

  offerPoint() {
    if (this.list.querySelector(`option[value=${POINT}]`)) return;
    this.list.add(new Option("Punkten du valde / your point", POINT), 1);
  }

  nearest(point) {
    const near = this.places
      .map((place) => ({ name: place.name, metres: metresBetween(place, point) }))
      .sort((a, b) => a.metres - b.metres)[0];
    if (!near || near.metres > FAR_METRES) return "";
    return `, ${Math.round(near.metres / 10) * 10} meter från ${near.name}`;
  }

  search() {
    const box = this.form.elements.q;
    const found = document.getElementById("q-found");
    this.form.elements.find?.remove();
    box.addEventListener("input", () => {
      found.textContent = words(this.fill(box.value), box.value);
    });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const [first] = this.sought(box.value);
      if (box.value.trim() && first) this.choose(first.id);
    });
  }

  sought(text) {
    const parts = folded(text).split(/\s+/).filter(Boolean);
    return this.places.filter((place) => {
      const names = folded(`${place.name} ${place.part}`);
      return parts.every((part) => names.includes(part));
    });
  }

  // The list with what answers to the search, and with what is chosen; all when nothing does.
  fill(text) {
    const found = this.sought(text);
    const shown = found.length ? found : this.places;
    const chosen = this.list.value;
    for (const option of [...this.list.options]) {
      if (this.places.some((place) => place.id === option.value)) option.remove();
    }
    const last = this.list.querySelector("option[value=UNKNOWN]");
    for (const place of this.places) {
      if (shown.includes(place) || place.id === chosen) last.before(new Option(place.name, place.id));
    }
    this.list.value = chosen;
    return found.length;
  }

  position() {
    const button = this.tools.querySelector("[data-locate]");
    if (!("geolocation" in navigator) || !isSecureContext) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      this.told.textContent = "Hämtar din plats … / Reading your position …";
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          const how = ` på ungefär ${Math.round(coords.accuracy)} meter när`;
          this.setPoint({ lat: coords.latitude, lon: coords.longitude }, how);
        },
        (error) => { this.told.textContent = whyNot(error); },
        { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
      );
    });
  }
}

function whyNot(error) {
  if (error.code === error.PERMISSION_DENIED) return "Webbläsaren fick inte lämna ut din plats. Välj i listan i stället. / Please choose from the list.";
  return "Din plats gick inte att hämta. Välj i listan i stället. / Please choose from the list.";
}

function words(count, text) {
  if (!text.trim()) return "";
  if (!count) return "Ingen plats heter så. Hela listan visas. / No such place: the whole list is shown.";
  return count === 1 ? "En plats passar. / One place fits." : `${count} platser passar. / ${count} places fit.`;
}

function folded(text) {
  return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
}

function metresBetween(a, b) {
  const north = (b.lat - a.lat) * 111195;
  const east = (b.lon - a.lon) * 111195 * Math.cos((a.lat * Math.PI) / 180);
  return Math.hypot(north, east);
}
