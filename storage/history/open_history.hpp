// Opens the history, whatever state it is in, so that the engine starts anyway.
#pragma once

#include <memory>
#include <string>

#include "storage/history/history_store.hpp"

namespace stoker {

struct history_config {
  std::string folder;  // of the store's own; made when it isn't there. Empty: the history is kept in memory
};

// A store, and how it was found. Copies share the store: the engine keeps one, to hand it to a restarted
// historian.
struct opened_history {
  std::shared_ptr<history_store> store;  // never null
  history_state state = history_state::in_memory;
  std::string folder;  // empty: none was configured
  std::string detail;  // of set_aside: where the unreadable history went, and why; of in_memory: why,
                       // and empty when no folder was configured
};

// What it finds, and what it does:
// - no folder is configured: in_memory;
// - no history in the folder yet: created;
// - a history that can be read: opened;
// - a history that can't be read (damaged, a format of a later Stoker, a file where the folder should be):
//   set_aside; it is moved to "<folder>.unreadable-<n>", with the first n that is free, and a new one is
//   created;
// - the folder can't be written (permission, read-only, disk full): in_memory; what is there stays as it is.
// Throws stoker::error when going on would do harm: errc::busy when another engine has the history open,
// errc::invalid_argument when the folder holds something that is not a history of Stoker.
// Blocks: it reads up to verified_history_bytes from disk to know that the history is sound.
opened_history open_history(const history_config& config);

// A history up to this size is read once at start to check its checksums: about a second on a slow disk. Of
// larger ones only the structure is checked, and damage shows when a page is read.
inline constexpr std::uint64_t verified_history_bytes = 512ull * 1024 * 1024;

}  // namespace stoker
