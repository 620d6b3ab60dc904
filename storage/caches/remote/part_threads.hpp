// Does the same for several parts at once, so that one that does not answer keeps none of the others waiting.
//
// Bounded: a thread for each part, started when it is first needed; what is asked of a part waits for what
// was asked of it before. Ownership: owns its threads. Threads: run() from any number. Errors: what `work`
// throws is thrown by run(), once all of its parts are done.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace stoker {

class part_threads {
 public:
  explicit part_threads(std::size_t parts);
  ~part_threads();
  part_threads(const part_threads&) = delete;
  part_threads& operator=(const part_threads&) = delete;

  // Calls `work` with each of these parts, the first of them in the calling thread; returns when all are
  // done.
  void run(std::span<const std::size_t> parts, const std::function<void(std::size_t part)>& work);

 private:
  struct lane;
  struct round;

  std::vector<std::unique_ptr<lane>> lanes_;
};

}  // namespace stoker
