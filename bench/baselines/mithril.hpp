// Mithril: J. Yang, R. Karimi, T. Saemundsson, A. Wildani and Y. Vigfusson, "MITHRIL: Mining Sporadic
// Associations for Cache Prefetching", SoCC 2017, section 3.
//
// Keys that miss are noted with their times. After `min_support` times a key moves from the recording table
// to the mining table; one with more than `max_support` is frequent and dropped. When the mining table is
// full, keys whose times run side by side, each within `lookahead` accesses, are associated: the earlier one
// then proposes the later. A prefetched object that nobody used is put back once before it is evicted (the
// paper's section 3.4).
#pragma once

#include <cstdint>
#include <vector>

#include "bench/baselines/simulation.hpp"

namespace stoker::baselines {

struct mithril_options {
  unsigned lookahead = 20;   // accesses between two times that belong together
  unsigned min_support = 2;  // REQUIRES: at least 2
  unsigned max_support = 8;
  unsigned confidence = 1;           // by how many times two keys may differ, and how many may lie apart
  unsigned list_size = 2;            // keys that one key proposes
  unsigned mining_threshold = 5120;  // times in the mining table when it is mined
  std::uint64_t recording_rows = 1 << 20;
  std::uint64_t prefetch_rows = 1 << 20;
  unsigned timestamp_bits = 15;  // times wrap around, as in the authors' implementation
};

class mithril final : public prefetcher {
 public:
  mithril(std::uint64_t distinct_keys, const mithril_options& options);

  void accessed(key_id key, bool hit) override;
  void propose(key_id key, std::vector<key_id>& out) override;
  int extra_rounds() const override { return 1; }
  std::uint64_t metadata_bytes() const override;

 private:
  struct row {
    key_id key = 0;
    std::vector<std::int64_t> times;  // empty: the row is free
  };
  enum class table : std::uint8_t { none, recording, mining };
  struct place {
    table where = table::none;
    std::uint32_t index = 0;
  };
  struct prefetch_row {
    key_id key = 0;
    std::vector<key_id> list;  // oldest first
  };

  void record(key_id key);
  void start_row(key_id key);
  void mature(std::uint32_t index);
  void note_again(std::uint32_t index);
  void mine();
  bool associated(const row& earlier, const row& later, bool first) const;
  void associate(key_id earlier, key_id later);
  prefetch_row& row_for(key_id key);
  void forget(row& entry);
  std::int64_t now() const;

  mithril_options options_;
  std::int64_t accesses_ = 0;
  std::vector<place> places_;   // of each key in the first two tables
  std::vector<row> recording_;  // a ring: rows before cursor_ are used, and all once it has wrapped
  std::uint32_t cursor_ = 0;    // the next row to write; free
  std::vector<row> mining_;
  std::vector<prefetch_row> prefetching_;
  std::vector<std::uint32_t> prefetch_index_;  // of each key, plus 1; 0: none
  std::uint64_t oldest_prefetch_row_ = 0;
};

}  // namespace stoker::baselines
