// Says the rule in words and shows its next dates while it is typed; offers the usual rules.
document.addEventListener("DOMContentLoaded", () => {
  const rules = ["FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", "FREQ=WEEKLY;INTERVAL=4;BYDAY=FR", "FREQ=MONTHLY;BYDAY=1WE", "FREQ=MONTHLY;BYMONTHDAY=15", "FREQ=DAILY"];
  const list = document.createElement("datalist");
  list.id = "cadence-rules";
  rules.forEach((rule) => list.append(new Option(rule)));
  document.body.append(list);

  const fields = ["rrule", "starts_on", "release_time", "time_zone", "ends_on"];
  let waiting;

  const show = async (row) => {
    const box = row.querySelector("[data-cadence-preview]");
    const query = new URLSearchParams();
    for (const name of fields) {
      query.set(name, row.querySelector(`[name$="-${name}"]`)?.value ?? "");
    }
    const answer = await fetch(`${box.dataset.url}?${query}`, { headers: { "X-Requested-With": "fetch" } });
    if (answer.ok) box.innerHTML = await answer.text();
  };

  document.addEventListener("input", (event) => {
    const row = event.target.closest?.("[id^=cadences-]");
    if (!row || !row.querySelector("[data-cadence-preview]") || !fields.some((name) => event.target.name?.endsWith(`-${name}`))) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => show(row), 300);
  });
});
