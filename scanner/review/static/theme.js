// Light or dark before the first paint, so that nothing flashes. Nothing of a call is ever kept in the browser.
(() => {
  "use strict";
  try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch { /* storage is off: the system's choice holds */ }
})();
