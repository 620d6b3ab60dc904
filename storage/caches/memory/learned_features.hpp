// What the learned eviction looks at, and the cells of its tables that this selects.
//
// Times are in accesses of the cache, on a logarithmic scale of eighths of an octave. Ages and gaps are
// scaled by the residence time, so that what is learned holds while the cache grows and traffic changes.
// Everything is inline: an eviction quantises a dozen entries.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace stoker {

// Eight times log2 of `x`, rounded down, linear between powers of two; 0 for 0. At most 255.
constexpr std::uint8_t log2_eighths(std::uint32_t x) noexcept {
  if (x == 0) return 0;
  const auto exponent = static_cast<unsigned>(std::bit_width(x)) - 1;
  const auto fraction = static_cast<std::uint32_t>((std::uint64_t{x} << 3) >> exponent) & 7U;
  return static_cast<std::uint8_t>(exponent * 8 + fraction);
}

// What is known of a key when it is judged; times as log2_eighths.
struct reuse_facts {
  static constexpr std::uint8_t never =
      255;  // no such event in memory; no other time takes this value in practice

  std::uint8_t age = 0;               // since the last demand, or since the prefetch of a key never demanded
  std::uint8_t last_gap = never;      // between the last two demands
  std::uint8_t previous_gap = never;  // between the two demands before
  std::uint8_t since_prefetch = never;  // of an unused entry
  std::uint8_t frequency = 0;           // demands remembered, across residences; saturates
  std::uint8_t hits = 0;                // demands since it became resident; saturates
  std::uint8_t promise = 0;             // of an unused entry: eighths of the probability it came with
  bool unused = false;                  // prefetched and not demanded since
  bool foreseen = false;                // the last demand was the first use of a prefetch
};

// The times of reuse_facts as buckets, for one residence time: worked out once, since an eviction judges a
// dozen entries, and the residence time seldom changes.
class residence_scale {
 public:
  static constexpr int ages = 32;  // quarter octaves from residence / 64 to 4 residences
  static constexpr int gaps = 16;  // half octaves from residence / 32 up; the last one: none known
  static constexpr int waits = 8;  // octaves since the prefetch; the first: it is in use

  // `residence`: log2_eighths of the residence time.
  explicit residence_scale(int residence) {
    for (int t = 0; t < 256; ++t) {
      const auto at = static_cast<std::size_t>(t);
      ages_[at] = bucket((t - residence) / 2 + 24, ages - 1);
      gaps_[at] = bucket((t - residence) / 4 + 10, gaps - 2);
      waits_[at] = static_cast<std::uint8_t>(1 + bucket((t - residence) / 8 + 6, waits - 2));
    }
    gaps_[reuse_facts::never] = gaps - 1;
    waits_[reuse_facts::never] = 0;
  }

  int age(std::uint8_t time) const noexcept { return ages_[time]; }
  int gap(std::uint8_t time) const noexcept { return gaps_[time]; }
  int wait(std::uint8_t time) const noexcept { return waits_[time]; }

 private:
  static std::uint8_t bucket(int number, int last) {
    return static_cast<std::uint8_t>(std::clamp(number, 0, last));
  }

  std::array<std::uint8_t, 256> ages_{};
  std::array<std::uint8_t, 256> gaps_{};
  std::array<std::uint8_t, 256> waits_{};
};

class reuse_features {
 public:
  static constexpr std::size_t tables = 5;
  using cells = std::array<std::uint16_t, tables>;  // one cell of each table

  static constexpr int ages = residence_scale::ages;
  static constexpr int gaps = residence_scale::gaps;
  static constexpr int waits = residence_scale::waits;
  static constexpr int promises = 8;
  static constexpr int phases = 32;  // age / last gap, eighths of an octave around 1; the first: none known
  static constexpr int frequencies = 8;  // the first few demands tell most: see frequency_buckets
  static constexpr int kinds = 4;        // demanded, unused, foreseen; one free
  static constexpr int stays = 5;        // 0, 1, 2 to 3, 4 and more hits; unused

  static constexpr int age_gap_begin = 0;
  static constexpr int age_frequency_begin = age_gap_begin + ages * gaps;
  static constexpr int phase_begin = age_frequency_begin + ages * frequencies * kinds;
  static constexpr int stay_begin = phase_begin + phases * gaps;
  static constexpr int promise_begin = stay_begin + stays * waits * (ages / 2);
  static constexpr int end = promise_begin + promises * waits;

  // Calls visit(cell) for the cell of each table. A judgement only sums over them: it writes no list.
  template <class Visit>
  static void each_cell(const reuse_facts& facts, const residence_scale& scale, Visit visit) noexcept {
    const int age = scale.age(facts.age);
    const int last = scale.gap(facts.last_gap);
    const int previous = scale.gap(facts.previous_gap);
    const int wait = scale.wait(facts.since_prefetch);
    const int kind = facts.unused ? 1 : facts.foreseen ? 2 : 0;
    const int stay = facts.unused ? 4 : stay_buckets[std::min<std::uint8_t>(facts.hits, 4)];
    visit(age_gap_begin + age * gaps + last);
    visit(age_frequency_begin + (age * frequencies + frequency_buckets[facts.frequency]) * kinds + kind);
    visit(phase_begin + phase_bucket(facts) * gaps + previous);
    visit(stay_begin + (stay * waits + wait) * (ages / 2) + age / 2);
    visit(promise_begin + facts.promise * waits + wait);
  }

  static cells quantise(const reuse_facts& facts, const residence_scale& scale) noexcept {
    cells result{};
    auto* next = result.data();
    each_cell(facts, scale, [&](int cell) { *next++ = static_cast<std::uint16_t>(cell); });
    return result;
  }

 private:
  static constexpr std::array<std::uint8_t, 5> stay_buckets = {0, 1, 2, 2, 3};

  // 0, 1, 2, 3 to 4, 5 to 8, 9 to 16, 17 to 39, 40 and more.
  static constexpr std::array<std::uint8_t, 256> frequency_buckets = [] {
    std::array<std::uint8_t, 256> bucket_of{};
    for (std::size_t n = 0; n < bucket_of.size(); ++n)
      for (const std::size_t from : {1, 2, 3, 5, 9, 17, 40})
        if (n >= from) ++bucket_of[n];
    return bucket_of;
  }();

  static int phase_bucket(const reuse_facts& facts) {
    if (facts.last_gap == reuse_facts::never) return 0;
    return std::clamp(facts.age - facts.last_gap + 17, 1, phases - 1);
  }
};

}  // namespace stoker
