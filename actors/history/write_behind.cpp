#include "actors/history/write_behind.hpp"

#include <cassert>
#include <utility>

namespace stoker {

bool write_behind::has_room(std::size_t records) const noexcept {
  return waiting_.empty() || records_waiting_ + records <= limits_.max_waiting_records;
}

std::uint64_t write_behind::admit(std::size_t records, std::uint64_t version) {
  assert(has_room(records));
  waiting_.push_back({next_ticket_, version});
  records_waiting_ += records;
  return next_ticket_++;
}

bool write_behind::commit_now(std::size_t batch_bytes) const noexcept {
  // A store that fails is tried again at the tick only: each try may block for long.
  return !failing_ && batch_bytes >= limits_.commit_bytes;
}

std::vector<admitted_write> write_behind::committed() {
  failing_ = false;
  records_written_ += records_waiting_;
  ++batches_written_;
  return take();
}

std::vector<admitted_write> write_behind::failed(const std::string& error) {
  failing_ = true;
  note_error(error);
  return take();
}

void write_behind::note_error(const std::string& error) {
  ++write_errors_;
  last_error_ = error;
}

std::vector<admitted_write> write_behind::take() {
  records_waiting_ = 0;
  return std::exchange(waiting_, {});
}

}  // namespace stoker
