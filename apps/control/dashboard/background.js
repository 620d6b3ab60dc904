// Background warming: started and stopped from wherever it is shown.

import * as api from "./api.js";
import { confirm, perform } from "./dialogs.js";
import { badge, button } from "./parts.js";

async function start(context) {
  await perform(
    () => api.post("/warming/start", {}),
    (status) => ["Started", `${status.schedules.length} schedules are kept from now on.`],
  );
  context.refresh();
}

async function stop(context) {
  const sure = await confirm(
    "Stop background warming?",
    "No more runs begin until it is started again. Runs that are under way finish.",
    "Stop",
  );
  if (!sure) return;
  await perform(
    () => api.post("/warming/stop", {}),
    () => ["Stopped", "No more runs begin."],
  );
  context.refresh();
}

export function start_or_stop(context) {
  const running = context.live.status.started;
  return [
    badge(running ? "Background warming on" : "Background warming off", running ? "good" : ""),
    running
      ? button("Stop", () => stop(context), { symbol: "stop" })
      : button("Start", () => start(context), { symbol: "play", primary: true }),
  ];
}
