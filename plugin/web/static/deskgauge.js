// Draws charts as wide as there is room for them, keeps the wall fresh, and sends a form when its choice changes.
"use strict";

(() => {
  document.documentElement.classList.add("scripted");

  // -- charts

  const STEP = 20;
  const NARROWEST = 280;
  const WIDEST = 1600;
  let drawings = 0;

  const widthOf = (place) => {
    const room = Math.floor(place.clientWidth / STEP) * STEP;
    return Math.max(NARROWEST, Math.min(WIDEST, room));
  };

  // Several drawings in one page must not share the names of their clipping paths.
  const own = (svg) => {
    drawings += 1;
    const prefix = `d${drawings}-`;
    for (const named of svg.querySelectorAll("[id]")) named.id = prefix + named.id;
    for (const clipped of svg.querySelectorAll("[clip-path]")) {
      clipped.setAttribute("clip-path", clipped.getAttribute("clip-path").replace("#", `#${prefix}`));
    }
    return svg;
  };

  const draw = async (place) => {
    const width = widthOf(place);
    if (place.dataset.width === String(width)) return;
    place.dataset.width = String(width);
    const address = new URL(place.dataset.chart, location.href);
    address.searchParams.set("width", String(width));
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok) return;
    const parsed = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
    if (parsed.documentElement.nodeName !== "svg") return;
    place.replaceChildren(own(document.importNode(parsed.documentElement, true)));
    place.classList.add("drawn");
  };

  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (entry.isIntersecting) draw(entry.target).catch(() => {});
      }
    },
    { rootMargin: "400px" },
  );
  const places = document.querySelectorAll("[data-chart]");
  for (const place of places) seen.observe(place);

  let resizing = 0;
  addEventListener("resize", () => {
    clearTimeout(resizing);
    resizing = setTimeout(() => {
      for (const place of places) {
        if (place.classList.contains("drawn")) draw(place).catch(() => {});
      }
    }, 200);
  });

  // -- forms that are sent by choosing

  for (const choice of document.querySelectorAll("[data-submit]")) {
    choice.addEventListener("change", () => choice.form.requestSubmit());
  }

  // -- the wall

  const panel = document.querySelector("[data-poll]");
  if (!panel) return;
  const lost = document.getElementById("lost");
  const checked = document.getElementById("checked");
  let tag = "";
  let failedSince = null;
  const clock = (moment) =>
    moment.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });

  const refresh = async () => {
    try {
      const headers = tag ? { "If-None-Match": tag } : {};
      const answer = await fetch(panel.dataset.poll, { headers, cache: "no-store", credentials: "same-origin" });
      if (answer.redirected) return location.reload();
      if (answer.status !== 304) {
        if (!answer.ok) throw new Error(String(answer.status));
        panel.innerHTML = await answer.text();
        tag = answer.headers.get("ETag") || "";
      }
      failedSince = null;
      lost.textContent = "";
      checked.textContent = checked.dataset.text.replace("§", clock(new Date()));
    } catch {
      failedSince = failedSince || new Date();
      lost.textContent = panel.dataset.lost.replace("§", clock(failedSince));
    }
    panel.classList.toggle("stale", failedSince !== null);
    return undefined;
  };
  setInterval(refresh, Number(panel.dataset.every) * 1000);
  refresh();
  // A television that wakes up, or finds its network again, does not wait for the next turn.
  for (const [target, event] of [[document, "visibilitychange"], [window, "online"]]) target.addEventListener(event, refresh);

  const full = document.querySelector("[data-full]");
  full.addEventListener("click", () => document.documentElement.requestFullscreen().catch(() => {}));
})();
