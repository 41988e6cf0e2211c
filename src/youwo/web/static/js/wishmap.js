// The map of wishes: outlines of the counties, tiles if the installation has them, and the points.
(async () => {
  const place = document.getElementById("wish-map");
  if (!place || !window.L) return;
  const { points, outlines, tiles, credit, detail } = place.dataset;
  const map = L.map(place, { zoomSnap: 0.5, zoomControl: false, attributionControl: Boolean(credit) });
  L.control.zoom({ zoomInTitle: place.dataset.closer, zoomOutTitle: place.dataset.farther }).addTo(map);
  if (credit) map.attributionControl.setPrefix("").addAttribution(credit);
  if (tiles) L.tileLayer(tiles, { maxZoom: 18 }).addTo(map);
  const ink = getComputedStyle(place);
  const [shapes, found] = await Promise.all([outlines, points].map((url) => fetch(url).then((answer) => answer.json())));
  const ground = L.geoJSON(shapes, { style: { color: ink.getPropertyValue("--line-2"), weight: 1, fillColor: ink.getPropertyValue("--card"), fillOpacity: tiles ? 0 : 1 },
    onEachFeature: (shape, layer) => {
      if (!tiles) layer.bindTooltip(shape.properties.name, { permanent: true, direction: "center", className: "county" });
    } }).addTo(map);
  const marks = L.featureGroup(found.wishes.map((wish) => {
    const link = document.createElement("a");
    link.href = `${detail}${wish.reference}/`;
    link.textContent = wish.title;
    return L.circleMarker([wish.point[1], wish.point[0]], {
      radius: 9, weight: 2, color: ink.getPropertyValue("--card"), fillColor: ink.getPropertyValue("--cinnabar-fill"), fillOpacity: 0.95,
    }).bindPopup(link);
  })).addTo(map);
  const bounds = found.wishes.length ? marks.getBounds() : ground.getBounds();
  if (bounds.isValid()) map.fitBounds(bounds.pad(0.2), { maxZoom: tiles ? 15 : 12 });
})();
