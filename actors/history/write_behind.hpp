// Write-behind: decides which writes are admitted, when the store's batch is committed, and whom to answer
// afterwards.
//
// Pure bookkeeping: the records themselves stand in the store's batch. Threads: one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace stoker {

struct write_behind_limits {
  // A batch of this many bytes is committed at once: a long flush runs at the speed of the disk, not of the
  // tick. One sync in a MiB costs less than writing it.
  std::size_t commit_bytes = 1024 * 1024;
  // While the store fails, writes are refused beyond this many waiting records: some 50 MB. The senders keep
  // theirs.
  std::size_t max_waiting_records = 200'000;
};

// A write that was admitted, and is answered when its batch is committed.
struct admitted_write {
  std::uint64_t ticket = 0;
  std::uint64_t version = 0;  // the writer's; 0 of a document
};

class write_behind {
 public:
  explicit write_behind(write_behind_limits limits = {}) : limits_(limits) {}

  // Whether a write of so many records may wait. One that comes alone always may: else a large one never
  // could.
  bool has_room(std::size_t records) const noexcept;
  // A write was put into the batch; returns its ticket. REQUIRES: has_room(records).
  std::uint64_t admit(std::size_t records, std::uint64_t version);
  // Whether the batch, of so many bytes, is to be committed before the next tick.
  bool commit_now(std::size_t batch_bytes) const noexcept;

  // The batch was committed, or failed with this error: returns the writes to be answered. Nothing waits
  // afterwards.
  std::vector<admitted_write> committed();
  std::vector<admitted_write> failed(const std::string& error);
  // Something else than a commit failed, or was found to be damaged.
  void note_error(const std::string& error);

  bool empty() const noexcept { return waiting_.empty(); }
  bool failing() const noexcept { return failing_; }
  std::uint64_t records_waiting() const noexcept { return records_waiting_; }
  std::uint64_t records_written() const noexcept { return records_written_; }
  std::uint64_t batches_written() const noexcept { return batches_written_; }
  std::uint64_t write_errors() const noexcept { return write_errors_; }
  const std::string& last_error() const noexcept { return last_error_; }

 private:
  std::vector<admitted_write> take();

  write_behind_limits limits_;
  std::vector<admitted_write> waiting_;  // in the order of their tickets
  std::uint64_t next_ticket_ = 1;
  std::uint64_t records_waiting_ = 0;  // of all in waiting_
  std::uint64_t records_written_ = 0;
  std::uint64_t batches_written_ = 0;
  std::uint64_t write_errors_ = 0;
  std::string last_error_;
  bool failing_ = false;  // the last commit failed
};

}  // namespace stoker
