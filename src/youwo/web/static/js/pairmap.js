// The map of pairs: outlines of the counties, tiles if there are any, a dot for each place.
(async () => {
  const place = document.getElementById("pair-map");
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
  const marks = L.featureGroup(found.places.map((one) => {
    const link = document.createElement("a");
    link.href = `${one.paired ? detail : place.dataset.new}${one.code}`;
    link.textContent = `${one.name} · ${one.paired ? place.dataset.paired : place.dataset.unpaired}`;
    return L.circleMarker([one.point[1], one.point[0]], {
      radius: 7, weight: 3, color: ink.getPropertyValue(one.paired ? "--pine" : "--cinnabar-fill"),
      fillColor: ink.getPropertyValue(one.paired ? "--pine" : "--card"), fillOpacity: 1,
    }).bindPopup(link);
  })).addTo(map);
  const bounds = found.places.length ? marks.getBounds() : ground.getBounds();
  if (bounds.isValid()) map.fitBounds(bounds.pad(0.2), { maxZoom: tiles ? 15 : 14 });
})();
