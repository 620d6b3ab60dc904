// Gathers accesses whose texts do not last, and writes them many at a time.
//
// Threads: the feed's own. Bounded: a batch is written when it is full; the feed flushes what is left.
#pragma once

#include <string>
#include <vector>

#include "apps/feeds/access_writer.hpp"

namespace stoker::feeds {

class access_batch_writer {
 public:
  access_batch_writer(access_sink sink, tally& counts, duration patience)
      : writer_(std::move(sink), counts, patience) {}

  // Copies key and subject.
  void add(const reported_access& access, const stop_signal& stop) {
    auto& one = batch_.emplace_back(access);
    texts_.append(access.key).append(access.subject);
    one.key = {};
    one.subject = {};
    sizes_.push_back({access.key.size(), access.subject.size()});
    if (batch_.size() == most_at_once || texts_.size() >= most_bytes_at_once) flush(stop);
  }

  void flush(const stop_signal& stop) {
    std::string_view left{texts_};
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      batch_[i].key = left.substr(0, sizes_[i].key);
      batch_[i].subject = left.substr(sizes_[i].key, sizes_[i].subject);
      left.remove_prefix(sizes_[i].key + sizes_[i].subject);
    }
    if (!batch_.empty()) writer_.write(batch_, stop);
    batch_.clear();
    texts_.clear();
    sizes_.clear();
  }

 private:
  static constexpr std::size_t most_at_once = 512;  // a small part of a recorder's ring
  static constexpr std::size_t most_bytes_at_once = 64 * 1024;

  struct text_sizes {
    std::size_t key;
    std::size_t subject;
  };

  access_writer writer_;
  std::vector<reported_access> batch_;
  std::string texts_;  // keys and subjects of the batch
  std::vector<text_sizes> sizes_;
};

}  // namespace stoker::feeds
