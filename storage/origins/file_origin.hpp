// An origin of files: the key is a path, the value the file's content.
//
// With a root folder, keys are relative to it and a key whose dots lead out of it is refused; symbolic links
// inside the root are followed, for whoever may write there decides what is served. Without a root, keys are
// paths as they are. Only regular files are read: a pipe or device would block. A file that is missing is
// absent; a folder, a file that may not be read or that is larger than `max_bytes` is refused; other errors
// of the system are worth a retry.
//
// Ownership: none kept open between loads. Threads: any. Errors: by outcome, with the path and the system's
// words.
#pragma once

#include <cstdint>
#include <filesystem>

#include "storage/origins/origin.hpp"

namespace stoker {

struct file_origin_config {
  std::filesystem::path root;             // empty: keys are whole paths
  std::uint64_t max_bytes = 64ull << 20;  // larger files are no cache entries
};

class file_origin final : public origin {
 public:
  // Throws stoker::error when max_bytes is 0 or the root is not a folder.
  explicit file_origin(file_origin_config config = {});

  load_result load(std::string_view key, std::chrono::steady_clock::time_point deadline) override;

 private:
  file_origin_config config_;
};

}  // namespace stoker
