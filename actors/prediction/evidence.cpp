#include "actors/prediction/evidence.hpp"

#include <algorithm>

#include "actors/prediction/quantise.hpp"

namespace stoker::learning {

namespace {

// Logits fall into 12 buckets from -5.3 to 2.
std::uint32_t logit_bucket(float logit) {
  return bucket(logit * 1.5F + 8, 11);
}

constexpr auto occurrence_buckets = [] {
  constexpr std::array<std::uint8_t, 13> from{0, 2, 3, 4, 5, 6, 8, 11, 15, 22, 24, 40, 50};
  std::array<std::uint8_t, track_record::most_occurrences + 1> result{};
  for (std::size_t n = 0; n < result.size(); ++n)
    for (std::uint8_t i = 1; i < from.size(); ++i)
      if (n >= from[i]) result[n] = i;
  return result;
}();

// The largest whole number up to 15 that is not above 16 times the root of count / (occurrences + 1/2).
constexpr std::uint32_t share_root(std::uint32_t count, std::uint32_t occurrences) {
  std::uint32_t root = 0;
  while (root < 15 && (root + 1) * (root + 1) * (2 * occurrences + 1) <= 512 * count) ++root;
  return root;
}

// By occurrences and count. Exact for few occurrences; else the share on a scale that resolves small shares.
constexpr auto share_buckets = [] {
  constexpr auto most = track_record::most_occurrences;
  std::array<std::array<std::uint8_t, most + 1>, most + 1> result{};
  for (std::uint32_t n = 0; n <= most; ++n)
    for (std::uint32_t count = 0; count <= n; ++count)
      result[n][count] = static_cast<std::uint8_t>(n <= 5 ? std::min(count * 2, 15U) : share_root(count, n));
  return result;
}();

std::uint32_t share_bucket(std::uint32_t count, std::uint32_t occurrences) {
  const auto n = std::min(occurrences, track_record::most_occurrences);
  return share_buckets[n][std::min(count, n)];
}

// By how often it was proposed, and how often used.
constexpr auto usefulness_buckets = [] {
  std::array<std::array<std::uint8_t, 16>, 16> result{};
  for (std::uint32_t proposed = 1; proposed < 16; ++proposed)
    for (std::uint32_t used = 0; used < 16; ++used) {
      const std::uint32_t row = proposed < 4 ? proposed : proposed < 7 ? 4 : proposed < 11 ? 5 : 6;
      result[proposed][used] = static_cast<std::uint8_t>(row * 8 + (used * 7 + proposed / 2) / proposed);
    }
  return result;
}();

std::uint32_t age_bucket(const key_facts& candidate, std::uint32_t now) {
  return candidate.demands == 0 ? 40 : std::min(half_octave(now - candidate.last_demand), 39U);
}

// Where the candidate stands in its own rhythm: its age against its last gap.
std::uint32_t rhythm_bucket(const key_facts& candidate, const situation& at) {
  if (candidate.demands < 2) return 0;
  const auto age = static_cast<int>(half_octave(at.now - candidate.last_demand + at.delay));
  return static_cast<std::uint32_t>(std::clamp(age - candidate.last_gap + 12, 0, 24)) + 1;
}

// The cell of a table as all tables count them.
template <std::size_t Table>
constexpr std::uint16_t cell(std::uint32_t in_table) {
  return static_cast<std::uint16_t>(cell_layout::begins[Table] + in_table);
}

}  // namespace

std::uint32_t coverage_level(float share) noexcept {
  return bucket(share * 16, 15);
}

std::uint32_t trigger_level(bool expected, float logit) noexcept {
  return expected ? 1 + logit_bucket(logit) : 0;
}

evidence quantise(candidate_source kind, const track_record& record, const situation& at,
                  const support& others, const key_facts& source, const key_facts& candidate) {
  const auto k = static_cast<std::uint32_t>(kind);
  const std::uint32_t n = occurrence_buckets[std::min(record.occurrences, track_record::most_occurrences)];
  const auto outcome = std::min(static_cast<std::uint32_t>(at.outcome), 3U);
  const auto familiar = octave(candidate.demands);
  const auto voices = std::min(others.voices, 3U);
  return {cell<0>(k * 256 + n * 16 + share_bucket(record.count, record.occurrences)),
          cell<1>(k * 64 + usefulness_buckets[record.proposed & 15][record.used & 15]),
          cell<2>(k * 64 + outcome * 16 + at.coverage),
          cell<3>(k * 256 + (record.history & 255)),
          cell<4>(k * 256 + at.coverage * 16 + n),
          cell<5>(age_bucket(candidate, at.now) * 8 + std::min(familiar, 7U)),
          cell<6>(voices * 12 + (voices > 0 ? logit_bucket(others.best_logit) : 0)),
          cell<7>(octave(source.demands) * 16 + familiar),
          cell<8>(rhythm_bucket(candidate, at) * 8 + std::min(familiar, 7U)),
          cell<9>(std::min(at.trigger_gap / 2, 20U) * 8 + std::min(n / 2, 7U)),
          cell<10>(at.trigger * 32 + outcome * 8 + std::min(n, 7U)),
          cell<11>(k * 64 + record.rank * 16 + n)};
}

}  // namespace stoker::learning
