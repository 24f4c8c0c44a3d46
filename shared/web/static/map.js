"use strict";
// Turns the drawn map into one that can be moved about, when Leaflet is there.
addEventListener("DOMContentLoaded", () => {
  if (!window.L) return;
  for (const place of document.querySelectorAll("[data-map]")) show(place).catch(() => {});
});

async function show(place) {
  const points = JSON.parse(place.dataset.points);
  const { map, colours } = await ground(place);
  const most = Math.max(1, ...points.map((point) => point.number ?? 0));
  for (const point of points) addPoint(map, point, most, colours);
}

// The district's outline as a map that can be moved about.
async function ground(place) {
  const answer = await fetch(place.dataset.outline);
  if (!answer.ok) throw new Error(String(answer.status));
  const outline = await answer.json();
  const colours = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  place.replaceChildren();
  place.classList.add("map-live");
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", place.dataset.label);
  const map = L.map(place, {
    scrollWheelZoom: false,
    zoomSnap: 0.25,
    attributionControl: Boolean(place.dataset.tiles),
  });
  if (place.dataset.tiles) L.tileLayer(place.dataset.tiles).addTo(map);
  const land = { color: colours("--edge"), weight: 1.5, fillColor: colours("--land"), fillOpacity: place.dataset.tiles ? 0 : 1 };
  const shore = L.geoJSON(outline, {
    filter: (feature) => feature.properties.kind === "island",
    style: () => land,
    interactive: false,
  }).addTo(map);
  L.geoJSON(outline, {
    filter: (feature) => feature.properties.kind === "district_land",
    style: () => ({ color: colours("--line"), weight: 1, fill: false }),
    interactive: false,
  }).addTo(map);
  map.fitBounds(shore.getBounds(), { padding: [12, 12] });
  return { map, colours };
}

function addPoint(map, point, most, colours) {
  const radius = 7 + 14 * Math.sqrt((point.number ?? 0) / most);
  const told = point.number === null ? point.words : `${point.words}: ${point.number}`;
  const words = document.createElement(point.href ? "a" : "span");
  words.textContent = told;
  if (point.href) words.href = point.href;
  L.circleMarker([point.lat, point.lon], { radius, color: colours("--paper"), weight: 2, fillColor: colours("--data"), fillOpacity: 0.9 })
    .bindTooltip(document.createTextNode(told))
    .bindPopup(words)
    .addTo(map);
}
