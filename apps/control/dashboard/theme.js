// Runs before the first paint, so that a chosen theme does not flash: "light", "dark", or none for the system's own.
(function () {
  try {
    const chosen = localStorage.getItem("stoker-theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage may be forbidden; the system's theme holds then.
  }
})();
