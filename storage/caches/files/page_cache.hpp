// The page cache of this machine as a cache that Stoker keeps warm: keys are paths, and a fill reads what is
// cold of a file, so that the application's own reads find it there.
//
// The kernel keeps pages and files in step, so nothing that is here is ever stale: sets and deletes need no
// fence, and there is nothing to refresh (`unsupported`, like put and read). Entries have no TTL. What fills
// brought in is remembered, and undone by remove_unused() and clear(): those pages and no others are dropped,
// and the kernel keeps what a process has mapped or made dirty. Whether anybody read a page since, nobody can
// tell. invalidate() drops whole files, whoever read them in.
//
// Files are read by several threads at once, and large ones in pieces. A file counts as present when every
// page of it is resident.
//
// Memory: as the kernel sees the whole machine; the limit of a cgroup is not looked at. Emptied: nearly
// all of what fills brought in is gone.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>

#include "storage/caches/files/residency.hpp"
#include "storage/caches/remote/outcome_counts.hpp"
#include "storage/caches/remote_cache.hpp"

namespace stoker {

struct page_cache_config {
  std::filesystem::path root;  // keys are paths below it, and lead nowhere else; empty: keys are any paths
  unsigned readers = 8;        // threads of a fill: reads wait for the device, not for this machine
  std::size_t remembered_files = 1'000'000;  // whose pages can be dropped again
  count_resident count = resident_pages;
};

class page_cache final : public remote_cache {
 public:
  // Throws stoker::error when the configuration can't work.
  explicit page_cache(page_cache_config config);

  std::vector<remote_look> contains(keys asked, steady_deadline deadline) override;
  std::vector<remote_value> read(keys asked, steady_deadline deadline) override;
  std::vector<remote_outcome> put(std::span<const remote_entry> entries, steady_deadline deadline) override;
  remote_token begin_fill(std::string_view key) override;
  std::vector<remote_outcome> fill(std::span<const remote_entry> entries, steady_deadline deadline) override;
  std::vector<remote_token> begin_refresh(keys asked, steady_deadline deadline) override;
  std::vector<remote_outcome> refresh(std::span<const remote_entry> entries,
                                      steady_deadline deadline) override;
  removed_keys invalidate(keys gone, steady_deadline deadline) override;
  removed_keys remove_unused(std::span<const filled_entry> filled, steady_deadline deadline) override;
  trouble clear(steady_deadline deadline) override;
  remote_stats stats(steady_deadline deadline) override;
  remote_memory memory(steady_deadline deadline) override;
  remote_condition condition(steady_deadline deadline) override;
  remote_capabilities capabilities() const override;
  std::string last_error() const override;

 private:
  struct brought_in {
    std::vector<byte_range> ranges;  // that held nothing before
    std::uint64_t bytes = 0;
  };

  void remember(std::string_view key, const std::vector<cold_part>& parts);
  bool undo(const std::string& key, const brought_in& what);

  const page_cache_config config_;
  mutable std::mutex lock_;
  std::map<std::string, brought_in, std::less<>> loaded_;
  outcome_counts counts_;
  std::uint64_t bytes_ = 0;  // brought in and not undone
  std::uint64_t incarnation_ = 1;
  std::string error_;
};

}  // namespace stoker
