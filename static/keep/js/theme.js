// Read before the first paint, so that a chosen theme does not flash. Everything works without it.
try {
  const theme = localStorage.getItem("keep-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* storage may be closed to us: the system's theme then holds */ }
