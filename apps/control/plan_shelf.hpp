// Plans that are kept to be run later: in a folder, a file each, or in memory.
//
// Bounded: the oldest goes when there are too many. A file that can't be read is no plan. Threads: any.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "messages/warming.hpp"

namespace stoker::control {

inline constexpr std::size_t most_kept_plans = 64;

class plan_shelf {
 public:
  // Throws stoker::error(errc::invalid_argument) for a folder that can't be made; empty: in memory.
  explicit plan_shelf(std::string folder = {});

  // Its id. Throws stoker::error(errc::history_failed) when it can't be written.
  std::string keep(const warm_plan& plan);
  std::optional<warm_plan> find(const std::string& id) const;
  bool remove(const std::string& id);
  // Latest first.
  std::vector<std::pair<std::string, warm_plan>> all() const;

 private:
  void read_folder();

  std::string folder_;
  mutable std::mutex mutex_;
  std::vector<std::pair<std::string, std::string>> kept_;  // (id, bytes), oldest first
};

}  // namespace stoker::control
