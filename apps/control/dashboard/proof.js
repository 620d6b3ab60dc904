// Proof over several strategies: their trials taken together.

// Warmed and control groups are sums over strategies and caches; the interval is that of a difference of two shares
// (Agresti and Caffo's, which holds for small groups and for shares near 0 or 1).
export function total(warmers) {
  const sums = {
    warmed: 0,
    used: 0,
    wasted: 0,
    measured: 0,
    measured_hits: 0,
    controls: 0,
    control_hits: 0,
    spent: 0,
    saved: 0,
  };
  for (const { proof } of warmers.flatMap((warmer) => warmer.strategies)) {
    for (const name of ["warmed", "used", "wasted", "measured", "measured_hits", "controls", "control_hits"])
      sums[name] += proof[name];
    sums.spent += proof.origin_calls;
    sums.saved += proof.origin_calls_saved;
  }
  return { ...sums, ...lift(sums) };
}

const least_controls = 20; // below, a difference says nothing

function lift({ measured, measured_hits, controls, control_hits }) {
  if (measured === 0 || controls < least_controls) return { known: false, lift: 0, low: -1, high: 1 };
  const a = (measured_hits + 1) / (measured + 2);
  const b = (control_hits + 1) / (controls + 2);
  const spread = 1.96 * Math.sqrt((a * (1 - a)) / (measured + 2) + (b * (1 - b)) / (controls + 2));
  return {
    known: true,
    lift: measured_hits / measured - control_hits / controls,
    low: Math.max(-1, a - b - spread),
    high: Math.min(1, a - b + spread),
  };
}
