// The map of pairs: a dot for each place, by whether somebody is paired with it.
(async () => {
  const place = document.getElementById("pair-map");
  if (!place || !window.L) return;
  const { map, read, ink, show } = await window.youwoGround(place);
  const { places } = await read(place.dataset.points);
  show(L.featureGroup(places.map((one) => {
    const link = document.createElement("a");
    link.href = `${one.paired ? place.dataset.detail : place.dataset.new}${one.code}`;
    link.textContent = `${one.name} · ${one.paired ? place.dataset.paired : place.dataset.unpaired}`;
    return L.circleMarker([one.point[1], one.point[0]], {
      radius: 7, weight: 3, color: ink(one.paired ? "--pine" : "--cinnabar-fill"),
      fillColor: ink(one.paired ? "--pine" : "--card"), fillOpacity: 1,
    }).bindPopup(link);
  })).addTo(map), 14);
})();
