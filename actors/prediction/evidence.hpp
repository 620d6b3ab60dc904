// What speaks for a candidate, quantised into cells of the likelihood's tables.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "actors/prediction/key_facts.hpp"
#include "actors/prediction/proposal.hpp"

namespace stoker::learning {

// How well its source knows it. What the fields mean depends on the kind of source; each kind learns apart.
struct track_record {
  static constexpr std::uint32_t most_occurrences = 63;  // that are told apart

  std::uint32_t occurrences = 0;  // of the source
  std::uint32_t count = 0;        // of those, how often the candidate came true
  std::uint32_t history = 0;      // the latest occurrences, a bit each
  std::uint32_t proposed = 0;     // how often it was judged, and how often that was right; at most 15
  std::uint32_t used = 0;
  std::uint32_t rank = 0;  // 0 to 3: how near it was seen to follow
};

// The situation in which a source speaks: the same for all candidates of one access, so it is quantised once.
struct situation {
  std::uint32_t now = 0;
  std::uint32_t delay = 0;     // requests until a prefetch arrives
  access_outcome outcome{};    // of the access that triggers
  std::uint32_t coverage = 0;  // of the stream, see coverage_level()
  std::uint32_t trigger = 0;   // how likely the triggering access was itself thought to be: trigger_level()
  std::uint32_t trigger_gap = 0;  // half-octaves between its last two demands
};

// `share`: of the stream's latest would-misses that had been candidates.
std::uint32_t coverage_level(float share) noexcept;
// `expected`: whether the triggering access was a candidate at all.
std::uint32_t trigger_level(bool expected, float logit) noexcept;

// Other voices for the same candidate that are still open.
struct support {
  std::uint32_t voices = 0;
  float best_logit = 0;
};

struct cell_layout {
  static constexpr std::size_t kinds = static_cast<std::size_t>(candidate_source::count);
  static constexpr std::size_t tables = 12;
  // Cells of each table, and where it begins.
  static constexpr std::array<std::uint16_t, tables> sizes{
      kinds * 256, kinds * 64, kinds * 64, kinds * 256, kinds * 256, 328, 64, 256, 208, 168, 512, kinds * 64};
  static constexpr std::array<std::uint16_t, tables> begins = [] {
    std::array<std::uint16_t, tables> result{};
    for (std::size_t i = 1; i < tables; ++i)
      result[i] = static_cast<std::uint16_t>(result[i - 1] + sizes[i - 1]);
    return result;
  }();
  static constexpr std::size_t cells = begins.back() + sizes.back();
};

using evidence = std::array<std::uint16_t, cell_layout::tables>;  // a cell of each table

evidence quantise(candidate_source kind, const track_record& record, const situation& at,
                  const support& others, const key_facts& source, const key_facts& candidate);

}  // namespace stoker::learning
