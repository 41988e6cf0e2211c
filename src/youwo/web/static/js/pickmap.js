// "Choose on the map": the map is fetched when it is opened, and one tap notes the place.
document.querySelectorAll("[data-pick]").forEach((box) => {
  const place = box.querySelector(".wish-map");
  const form = box.closest("form");
  const load = (tag, given) => new Promise((done, failed) => {
    document.head.append(Object.assign(document.createElement(tag), given, { onload: done, onerror: failed }));
  });
  const make = async () => {
    await Promise.all([
      load("link", { rel: "stylesheet", href: box.dataset.style }),
      load("script", { src: box.dataset.leaflet }),
      load("script", { src: box.dataset.ground }),
    ]);
    const { longitude, latitude, community } = form.elements;
    const { map, read, ink, show } = await window.youwoGround(place);
    const { places } = await read(`${place.dataset.places}?area=${encodeURIComponent(community ? community.value : "")}`);
    const dots = L.featureGroup(places.map((one) => L.circleMarker([one.point[1], one.point[0]], {
      radius: 5, weight: 2, color: ink("--ink-2"), fillColor: ink("--card"), fillOpacity: 1, interactive: false,
    }).bindTooltip(one.name, { permanent: places.length < 30, direction: "top", className: "county" }))).addTo(map);
    show(dots, 16);
    const mark = L.circleMarker([0, 0], { radius: 10, weight: 3, color: ink("--card"), fillColor: ink("--cinnabar-fill"), fillOpacity: 1 });
    const set = ({ lat, lng }) => {
      latitude.value = lat.toFixed(6);
      longitude.value = lng.toFixed(6);
      mark.setLatLng([lat, lng]).addTo(map);
      box.classList.add("picked");
    };
    map.on("click", (tap) => set(tap.latlng));
    if (latitude.value && longitude.value) set({ lat: Number(latitude.value), lng: Number(longitude.value) });
    box.querySelector("[data-forget]").addEventListener("click", () => {
      latitude.value = longitude.value = "";
      mark.remove();
      box.classList.remove("picked");
    });
  };
  let made;
  box.hidden = false;
  box.addEventListener("toggle", () => {
    if (box.open && !made) made = make().catch(() => { made = undefined; box.open = false; });
  });
});
