"use strict";
// The map of the report form: places as markers, anywhere else a point of one's own.

const BESIDE_THE_BUTTONS = { paddingTopLeft: [60, 28], paddingBottomRight: [28, 28] };

addEventListener("DOMContentLoaded", () => {
  const frame = document.querySelector("[data-place-map]");
  if (!frame || !window.L || !reportPlace) return;
  frame.hidden = false;
  frame.addEventListener("toggle", () => {
    if (frame.open) openMap(frame).catch(() => { frame.hidden = true; });
  }, { once: true });
});

async function openMap(frame) {
  const { map } = await ground(frame.querySelector("[data-ground]"));
  const markers = reportPlace.places.map((place) => placeMarker(place).addTo(map));
  if (markers.length > 1) map.fitBounds(L.featureGroup(markers).getBounds(), BESIDE_THE_BUTTONS);
  const own = ownMarker();
  map.on("click", (event) => reportPlace.setPoint({ lat: event.latlng.lat, lon: event.latlng.lng }));
  frame.querySelector("[data-middle]").addEventListener("click", () => {
    const middle = map.getCenter();
    reportPlace.setPoint({ lat: middle.lat, lon: middle.lng });
  });
  reportPlace.onChange(() => {
    for (const marker of markers) marked(marker, marker.place.id === reportPlace.list.value);
    const point = reportPlace.point;
    if (point) own.setLatLng([point.lat, point.lon]).addTo(map);
    else own.remove();
  });
}

function placeMarker(place) {
  const icon = L.divIcon({ className: "place-marker", iconSize: [24, 24] });
  const marker = L.marker([place.lat, place.lon], { icon, keyboard: true, riseOnHover: true });
  marker.place = place;
  marker.bindTooltip(document.createTextNode(place.name));
  marker.on("add", () => marker.getElement().setAttribute("aria-label", place.name));
  marker.on("click", () => reportPlace.choose(place.id));
  marker.on("keypress", ({ originalEvent }) => {
    if (originalEvent.key === " ") originalEvent.preventDefault();
    if (originalEvent.key === " " || originalEvent.key === "Enter") reportPlace.choose(place.id);
  });
  return marker;
}

function marked(marker, chosen) {
  const element = marker.getElement();
  element.classList.toggle("place-marker-chosen", chosen);
  element.setAttribute("aria-pressed", String(chosen));
}

function ownMarker() {
  const icon = L.divIcon({ className: "own-marker", iconSize: [28, 28] });
  return L.marker([0, 0], { icon, keyboard: false, interactive: false });
}
