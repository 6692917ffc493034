// Proposes the browser's time zone where a form still says UTC.
document.addEventListener("DOMContentLoaded", () => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  document.querySelectorAll("select[data-guess-time-zone]").forEach((select) => {
    const known = [...select.options].some((option) => option.value === zone);
    if (known && select.value === "UTC" && !select.closest("form").querySelector(".errorlist")) {
      select.value = zone;
    }
  });
});
