// The ground of every map: the outlines of the counties, and tiles if the installation has them.
window.youwoGround = async (place) => {
  const { outlines, tiles, credit } = place.dataset;
  const map = L.map(place, { zoomSnap: 0.5, zoomControl: false, attributionControl: Boolean(credit) });
  L.control.zoom({ zoomInTitle: place.dataset.closer, zoomOutTitle: place.dataset.farther }).addTo(map);
  if (credit) map.attributionControl.setPrefix("").addAttribution(credit);
  if (tiles) L.tileLayer(tiles, { maxZoom: 18 }).addTo(map);
  const read = (url) => fetch(url).then((answer) => answer.json());
  const ink = (name) => getComputedStyle(place).getPropertyValue(name);
  const shapes = L.geoJSON(await read(outlines), {
    interactive: false,
    style: { color: ink("--line-2"), weight: 1, fillColor: ink("--card"), fillOpacity: tiles ? 0 : 1 },
    onEachFeature: (shape, layer) => {
      if (!tiles) layer.bindTooltip(shape.properties.name, { permanent: true, direction: "center", className: "county" });
    },
  }).addTo(map);
  const show = (marks, zoom) => {
    const bounds = marks.getLayers().length ? marks.getBounds() : shapes.getBounds();
    if (bounds.isValid()) map.fitBounds(bounds.pad(0.2), { maxZoom: tiles ? 15 : zoom });
  };
  return { map, read, ink, show };
};
