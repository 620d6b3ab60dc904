// A history in memory: for engines without a folder. It outlives a restarted actor, not the process.
//
// Keeps the same bytes under the same keys as the history on disk, so that both decode, page and age out
// alike.
#pragma once

#include <list>
#include <map>
#include <vector>

#include "storage/history/history_store.hpp"

namespace stoker {

// Beyond this many bytes the records that were written longest ago are dropped: it must not outgrow what it
// serves.
inline constexpr std::size_t default_memory_history_bytes = 256 * 1024 * 1024;

class memory_history final : public history_store {
 public:
  explicit memory_history(std::size_t capacity_bytes = default_memory_history_bytes)
      : capacity_(capacity_bytes) {}

  void put(std::string_view cache, std::uint64_t version, const key_statistics& record,
           time_point now) override;
  void put(const document& kept) override;
  std::size_t batch_bytes() const noexcept override { return batch_bytes_; }
  void commit() override;
  void discard() noexcept override;
  history_page page(const history_page_request& request) const override;
  document find(document_kind kind, std::string_view name) const override;
  void forget(std::string_view cache) override;
  age_out_step age_out(time_point older_than, std::size_t limit) override;
  std::uint64_t unreadable_records() const noexcept override { return unreadable_; }
  std::uint64_t bytes_on_disk() const override { return 0; }

  // Keys and values of records, without the nodes around them.
  std::size_t record_bytes() const noexcept { return record_bytes_; }

 private:
  struct entry {
    std::string value;
    std::list<const std::string*>::iterator place;  // in by_age_
  };
  using record_map = std::map<std::string, entry, std::less<>>;
  class cursor;

  void keep(const std::string& key, std::string value);
  void erase(record_map::iterator record);

  std::size_t capacity_;
  record_map records_;
  std::list<const std::string*> by_age_;  // keys in records_, each once, written longest ago first
  std::map<std::string, std::string, std::less<>> documents_;
  std::vector<std::pair<std::string, std::string>> batch_;  // key -> value, in the order of put()
  std::size_t batch_bytes_ = 0;
  std::size_t record_bytes_ = 0;
  mutable std::uint64_t unreadable_ = 0;
};

}  // namespace stoker
