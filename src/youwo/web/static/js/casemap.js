// A map of cases: a dot for each wish or problem, with its title and the way to it.
(async () => {
  const place = document.getElementById("case-map");
  if (!place || !window.L) return;
  const { map, read, ink, show } = await window.youwoGround(place);
  // Many cases, each with the way to it; or the one whose page this is.
  const { points, longitude, latitude } = place.dataset;
  const { cases } = points ? await read(points) : { cases: [{ point: [Number(longitude), Number(latitude)] }] };
  show(L.featureGroup(cases.map((one) => {
    const dot = L.circleMarker([one.point[1], one.point[0]], {
      radius: 9, weight: 2, color: ink("--card"), fillColor: ink("--cinnabar-fill"), fillOpacity: 0.95,
    });
    if (!one.reference) return dot;
    const link = document.createElement("a");
    link.href = `${place.dataset.detail}${one.reference}/`;
    link.textContent = one.title;
    return dot.bindPopup(link);
  })).addTo(map), 12);
})();
