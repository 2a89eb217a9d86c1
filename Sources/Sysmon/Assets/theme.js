// Before the first paint: a page that is to be dark must not flash. Everything else about themes is in shell.js.
try {
  const theme = localStorage.getItem("roost.theme");
  if (theme === "light" || theme === "dark") document.documentElement.setAttribute("data-theme", theme);
} catch { /* no storage: the system's theme */ }
