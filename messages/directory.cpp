#include "messages/directory.hpp"

namespace stoker {

void directory::clear() {
  std::lock_guard guard{mutex_};
  for (auto& slot : trackers_) slot = nullptr;
  historian_ = nullptr;
  memory_monitor_ = nullptr;
  arbiter_ = nullptr;
  scheduler_ = nullptr;
  engine_ = nullptr;
  collectors_.clear();
  predictors_.clear();
  warmers_.clear();
  origins_.clear();
  outside_.clear();
}

}  // namespace stoker
