#include "actors/prediction/evidence.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "actors/prediction/quantise.hpp"

namespace stoker::learning {

namespace {

// Logits fall into 12 buckets from -5.3 to 2.
std::uint32_t logit_bucket(float logit) {
  return bucket(logit * 1.5F + 8, 11);
}

std::uint32_t occurrence_bucket(std::uint32_t n) {
  static constexpr std::array<std::uint8_t, 24> small{0, 0, 1, 2, 3, 4, 5, 5, 6, 6, 6, 7,
                                                      7, 7, 7, 8, 8, 8, 8, 8, 8, 8, 9, 9};
  if (n < small.size()) return small[n];
  return n < 40 ? 10 : n < 50 ? 11 : 12;
}

// Exact for few occurrences; else the share on a scale that resolves small shares.
std::uint32_t share_bucket(std::uint32_t count, std::uint32_t occurrences) {
  if (occurrences <= 5) return std::min(count * 2, 15U);
  return bucket(16 * std::sqrt(static_cast<float>(count) / (static_cast<float>(occurrences) + 0.5F)), 15);
}

std::uint32_t usefulness_bucket(std::uint32_t proposed, std::uint32_t used) {
  const std::uint32_t row = proposed < 4 ? proposed : proposed < 7 ? 4 : proposed < 11 ? 5 : 6;
  return row * 8 + (proposed == 0 ? 0 : (used * 7 + proposed / 2) / proposed);
}

std::uint32_t coverage_bucket(float coverage) {
  return bucket(coverage * 16, 15);
}

std::uint32_t age_bucket(const key_facts& candidate, std::uint32_t now) {
  return candidate.demands == 0 ? 40 : std::min(half_octave(now - candidate.last_demand), 39U);
}

// Where the candidate stands in its own rhythm: its age against its last gap.
std::uint32_t rhythm_bucket(const key_facts& candidate, const situation& at) {
  if (candidate.demands < 2) return 0;
  const auto age = static_cast<int>(half_octave(at.now - candidate.last_demand + at.delay));
  return static_cast<std::uint32_t>(std::clamp(age - candidate.last_gap + 12, 0, 24)) + 1;
}

std::uint32_t trigger_bucket(const situation& at) {
  return at.trigger_expected ? 1 + logit_bucket(at.trigger_logit) : 0;
}

}  // namespace

evidence quantise(candidate_source kind, const track_record& record, const situation& at,
                  const support& others, const key_facts& source, const key_facts& candidate) {
  const auto k = static_cast<std::uint32_t>(kind);
  const auto n = occurrence_bucket(record.occurrences);
  const auto outcome = std::min(static_cast<std::uint32_t>(at.outcome), 3U);
  const auto coverage = coverage_bucket(at.coverage);
  const auto familiar = std::min(octave(candidate.demands), 7U);
  const auto voices = std::min(others.voices, 3U);
  const std::array<std::uint32_t, cell_layout::tables> cells{
      k * 256 + n * 16 + share_bucket(std::min(record.count, record.occurrences), record.occurrences),
      k * 64 + usefulness_bucket(record.proposed, record.used),
      k * 64 + outcome * 16 + coverage,
      k * 256 + (record.history & 255),
      k * 256 + coverage * 16 + n,
      age_bucket(candidate, at.now) * 8 + familiar,
      voices * 12 + (voices > 0 ? logit_bucket(others.best_logit) : 0),
      std::min(octave(source.demands), 15U) * 16 + std::min(octave(candidate.demands), 15U),
      rhythm_bucket(candidate, at) * 8 + familiar,
      std::min(at.trigger_gap / 2, 20U) * 8 + std::min(n / 2, 7U),
      trigger_bucket(at) * 32 + outcome * 8 + std::min(n, 7U),
      k * 64 + record.rank * 16 + n,
  };
  evidence result;
  for (std::size_t i = 0; i < result.size(); ++i)
    result[i] = static_cast<std::uint16_t>(cell_layout::begins[i] + cells[i]);
  return result;
}

}  // namespace stoker::learning
