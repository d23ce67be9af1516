// Keys, player and transcript. Pages work without it; nothing is evaluated, stored or sent elsewhere.
(() => {
  "use strict";
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const remembered = {
    get(name) { try { return localStorage.getItem(name); } catch { return null; } },
    set(name, value) { try { localStorage.setItem(name, value); } catch { /* storage is off */ } },
  };
  const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;

  function say(text, warn = false) {
    const status = one("#status");
    if (!status) return;
    status.textContent = text;
    status.classList.toggle("warn", warn);
    status.classList.add("shown");
    clearTimeout(say.timer);
    say.timer = setTimeout(() => status.classList.remove("shown"), 6000);
  }

  // --- light or dark, and the list of keys
  one("#theme")?.addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    remembered.set("theme", root.dataset.theme);
  });
  const keys = one("#keys");
  const keysOn = one("#keys-on");
  if (keysOn) {
    keysOn.checked = remembered.get("keys") !== "off";
    keysOn.addEventListener("change", () => remembered.set("keys", keysOn.checked ? "on" : "off"));
  }
  one("#help")?.addEventListener("click", () => keys.showModal());
  const filters = one("#filters-box");
  function showFilters(shown) {
    filters.classList.toggle("shown", shown);
    one("#filters-toggle").setAttribute("aria-expanded", String(shown));
  }
  one("#filters-toggle")?.addEventListener("click", () => showFilters(!filters.classList.contains("shown")));

  // --- player
  const player = one("#player");
  const audio = one("#audio");
  const duration = player ? Number(player.dataset.duration) : 0;
  let stopAt = null;
  let from = null;
  let finding = "";

  function draw() {
    const t = audio.currentTime;
    one("#now").textContent = clock(t);
    for (const svg of all("#waves svg")) {
      const x = duration ? (t / duration) * svg.viewBox.baseVal.width : 0;
      const head = one(".head", svg);
      head.setAttribute("x1", x);
      head.setAttribute("x2", x);
    }
    let current = null;
    for (const turn of all(".turn")) {
      const now = Number(turn.dataset.from) <= t && t < Number(turn.dataset.to);
      turn.classList.toggle("now", now);
      if (now) current = turn;
    }
    if (current && !audio.paused && one("#follow")?.checked) {
      const list = one("#transcript");
      const top = current.offsetTop - list.offsetTop;
      if (top < list.scrollTop || top + current.offsetHeight > list.scrollTop + list.clientHeight) {
        list.scrollTop = top - list.clientHeight / 3;
      }
    }
    if (stopAt !== null && t >= stopAt) {
      stopAt = null;
      audio.pause();
    }
  }

  function report() {
    if (from === null || audio.currentTime <= from) return;
    const form = new FormData();
    form.set("csrf", player.dataset.csrf);
    form.set("start_s", from.toFixed(1));
    form.set("end_s", audio.currentTime.toFixed(1));
    form.set("finding", finding);
    form.set("masked", player.dataset.masked);
    from = null;
    fetch(`/calls/${player.dataset.key}/played`, { method: "POST", body: new URLSearchParams(form), keepalive: true });
  }

  function playFrom(start, stop, about = "") {
    if (!audio) return;
    audio.pause();
    report();
    finding = about;
    stopAt = stop;
    audio.currentTime = start;
    audio.play().catch(() => say("The recording cannot be played.", true));
  }

  function toggle() {
    if (audio.paused) { stopAt = null; finding = ""; audio.play().catch(() => say("The recording cannot be played.", true)); }
    else audio.pause();
  }

  if (audio) {
    const button = one("#play");
    let frame = 0;
    const tick = () => { draw(); frame = audio.paused ? 0 : requestAnimationFrame(tick); };
    audio.addEventListener("play", () => {
      from = audio.currentTime;
      button.textContent = "❚❚";
      button.setAttribute("aria-label", "Pause");
      if (!frame) tick();
    });
    audio.addEventListener("pause", () => {
      button.textContent = "▶";
      button.setAttribute("aria-label", "Play");
      report();
      draw();
    });
    audio.addEventListener("seeked", draw);
    audio.addEventListener("error", () => say("The recording cannot be played.", true));
    addEventListener("pagehide", report);
    button.addEventListener("click", toggle);
    one("#speed").addEventListener("change", (event) => { audio.playbackRate = Number(event.target.value); });
    one("#waves").addEventListener("click", (event) => {
      const svg = event.target.closest("svg");
      if (!svg) return;
      const box = svg.getBoundingClientRect();
      audio.currentTime = ((event.clientX - box.left) / box.width) * duration;
      draw();
    });
    document.addEventListener("click", (event) => {
      const seek = event.target.closest("[data-seek]");
      if (seek) {
        playFrom(Number(seek.dataset.from), seek.dataset.to ? Number(seek.dataset.to) : null);
        return;
      }
      const play = event.target.closest("[data-play]");
      if (play) {
        const card = play.closest(".finding");
        choose(card, false);
        playFrom(Number(card.dataset.from), Number(card.dataset.to), card.dataset.finding);
      }
    });
    all(".turn").forEach((turn) => turn.addEventListener("dblclick", () => {
      const line = one("#teach-turn");
      if (line) { line.value = turn.dataset.turn; one("#teach").open = true; }
    }));
  }

  // --- lines of the queue and findings of a call: one of them is chosen
  const chosen = () => one(".chosen");
  const choosable = () => all(one(".finding") ? ".finding" : ".line");

  function choose(element, focus = true) {
    if (!element) return;
    chosen()?.classList.remove("chosen");
    element.classList.add("chosen");
    const target = one("a.open", element) ?? element;
    if (focus) {
      target.focus({ preventScroll: true });
      element.scrollIntoView({ block: "nearest" });
    }
  }

  function step(by) {
    const items = choosable();
    if (!items.length) return;
    const at = items.indexOf(chosen());
    choose(items[at < 0 ? 0 : Math.min(items.length - 1, Math.max(0, at + by))]);
  }
  const firstOpen = all(".finding").find((f) => one(".decision.open", f)) ?? one(".finding");
  if (firstOpen) choose(firstOpen, false);
  document.addEventListener("focusin", (event) => {
    const element = event.target.closest(".finding, .line");
    if (element) choose(element, false);
  });

  // after a decision the next open finding is chosen
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const path = event.detail.pathInfo?.requestPath ?? "";
    if (!/\/(decide|undo)$/.test(path)) return;
    if (!event.detail.successful) { say("That was not kept. Reload the page and try again.", true); return; }
    const card = chosen();
    const note = card && one("input[name=note]", card);
    if (note) note.value = "";
    if (event.detail.xhr.responseText.includes('id="status"')) { say(one("#status").textContent, true); return; }
    if (path.endsWith("/decide") && card && !one(".decision.open", card)) {
      const items = choosable();
      const at = items.indexOf(card);
      const waits = (f) => one(".decision.open", f) && !f.classList.contains("observation");
      const next = [...items.slice(at + 1), ...items.slice(0, at)].find(waits);
      if (next) choose(next);
      else say("All findings of this call are decided. Press n for the next call.");
    }
  });
  document.body.addEventListener("htmx:responseError", (event) => {
    if (event.detail.target?.id === "waves") {
      const text = event.detail.xhr.status === 409 ? one("main p", new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html"))?.textContent : null;
      const line = document.createElement("p");
      line.className = "faint waiting";
      line.textContent = text ?? "The recording cannot be read.";
      event.detail.target.replaceChildren(line);
    }
  });

  // --- keys
  const press = (selector) => { const element = one(selector); if (element) element.click(); };
  const actions = {
    j: () => step(1), k: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1),
    n: () => press("#next-call, a[rel=next]"), p: () => press("#previous-call, a[rel=prev]"), q: () => press("#to-queue"),
    e: () => chosen() && press(".chosen [data-play]"),
    "/": () => { if (filters) { showFilters(true); one("select, input:not([type=hidden])", filters).focus(); } },
    "?": () => keys.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || keys?.open || !keysOn?.checked) return;
    const target = event.target;
    if (target.matches("input:not([type=checkbox]), textarea, select")) {
      if (event.key === "Escape") target.blur();
      return;
    }
    if (event.key === "Enter" && target.matches(".finding")) { event.preventDefault(); actions.e(); return; }
    if (audio && event.key === " " && !target.matches("button, a, summary, input")) { event.preventDefault(); toggle(); return; }
    if (audio && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      audio.currentTime = Math.max(0, audio.currentTime + (event.key === "ArrowLeft" ? -5 : 5));
      draw();
      return;
    }
    if ("cflxu".includes(event.key) && chosen()?.matches(".finding")) {
      const button = one(`[data-key="${event.key}"]`, chosen());
      if (button) { event.preventDefault(); button.click(); }
      return;
    }
    if (event.key.startsWith("Arrow") && target.matches("#transcript")) return;
    const action = actions[event.key];
    if (action) { event.preventDefault(); action(); }
  });
})();
