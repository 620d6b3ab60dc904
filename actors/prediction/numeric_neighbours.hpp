// Order among keys that are numbers: which distances between keys are usual, and which keys lie at them.
//
// Nothing is assumed: that keys end in numbers is seen by parsing them, and distances (1 for sequences,
// others for strides) are found by counting those between a would-miss and the ones shortly before it, by the
// space-saving algorithm (Metwally, Agrawal & El Abbadi, ICDT 2005). A usual distance proposes the key at
// that distance; the judge learns how good such proposals are, by how usual the distance is and how long the
// run on it is already. Bounds: `distances` counters and `remembered` recent numbers. Ownership: owns
// everything. Threads: none of its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "actors/prediction/evidence.hpp"
#include "actors/prediction/key_names.hpp"

namespace stoker::learning {

class numeric_neighbours {
 public:
  struct candidate {
    std::int64_t number = 0;
    track_record record{};
  };

  // A demand of the key `prefix` + `number`; would-misses teach. Returns neighbours to consider; the list is
  // valid until the next call.
  const std::vector<candidate>& demanded(const numbered_key& key, bool would_miss);

  // No distance is usual: demanded() would propose nothing.
  bool silent() const noexcept;
  std::size_t memory_bytes() const noexcept;

 private:
  struct usual_distance {
    std::int64_t distance = 0;
    float seen = 0;  // decayed
  };
  struct remembered_number {
    std::uint64_t prefix = 0;  // hash
    std::int64_t number = 0;
    std::uint32_t at = 0;  // would-misses of numbered keys until then
    bool used = false;
  };

  static constexpr std::size_t distances = 32;
  static constexpr std::size_t remembered = 1024;
  static constexpr std::size_t shortly_before = 16;

  void learn(std::uint64_t prefix, std::int64_t number);
  void count(std::int64_t distance);
  void note(usual_distance& d);
  bool recent(std::uint64_t prefix, std::int64_t number) const;
  float memory() const noexcept;
  void propose(std::uint64_t prefix, std::int64_t number);
  static std::size_t place(std::uint64_t prefix, std::int64_t number);

  std::array<usual_distance, distances> distances_{};
  std::vector<remembered_number> recent_ =
      std::vector<remembered_number>(remembered);           // by hash of the number
  std::array<remembered_number, shortly_before> before_{};  // a ring
  float most_seen_ = 0;  // of any distance; a little late when its place is taken
  std::uint32_t would_misses_ = 0;
  std::vector<candidate> found_;
};

}  // namespace stoker::learning
