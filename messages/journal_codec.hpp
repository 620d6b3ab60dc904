// The journal of a run on disk: the plan, written once when the run starts, and which of its items are
// settled, written again and again while it goes on. Both are absolute: a later one replaces an earlier one.
//
// Format, msgpack. The plan: an array [version, run, reason, until, policy, budget_bytes, items]; `until` in
// nanoseconds since the epoch; items as in candidate_codec.hpp. What is settled: an array [version, run,
// bits], bit i % 8 of byte i / 8 for item i.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/warming.hpp"

namespace stoker {

struct journal_plan {
  std::uint64_t run = 0;
  std::string reason;
  time_point until{};  // when the run must be over
  memory_policy policy = memory_policy::balanced;
  std::uint64_t budget_bytes = 0;  // explicit budget of its request
  std::vector<planned_phase> phases;
};

struct journal_progress {
  std::uint64_t run = 0;
  std::string settled;  // a bit an item, in order of the phases

  bool is_settled(std::size_t item) const {
    const auto byte = item / 8;
    return byte < settled.size() && (static_cast<unsigned char>(settled[byte]) >> (item % 8) & 1) != 0;
  }
};

std::string encode_journal(const journal_plan& plan);
std::string encode_journal(const journal_progress& progress);

// Empty when the bytes are none, damaged, or of a version not known here.
std::optional<journal_plan> decode_journal_plan(std::string_view bytes);
std::optional<journal_progress> decode_journal_progress(std::string_view bytes);

}  // namespace stoker
