// The history store seam: records of keys and named documents, kept over restarts. One test suite runs over
// all stores.
//
// Writing is in batches: put() gathers, commit() makes everything gathered durable in one atomic step.
// Nothing that was put shows in reads before it is committed. Ownership: the historian is its only user.
// Threads: one at a time. Time: `now` is an argument. Errors: every method but discard() may throw
// stoker::error, with errc::history_failed when the storage below failed and errc::invalid_argument when the
// caller asked for nonsense; the store stays usable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "messages/history.hpp"
#include "messages/time.hpp"

namespace stoker {

// Longest name of a cache: its length is a 16-bit number in the key (KEYS.md).
inline constexpr std::size_t max_history_cache_name_bytes = 0xffff;
// Most records of a page, whatever is asked for: about 5 MB of ordinary records.
inline constexpr std::uint32_t max_history_page_records = 10'000;
// A page ends early at this many bytes of stored records: keys may be 64 KiB each.
inline constexpr std::size_t max_history_page_bytes = 8 * 1024 * 1024;

// What one step of ageing out did.
struct age_out_step {
  std::uint64_t removed = 0;
  bool finished = false;  // the end was reached; the next step starts from the beginning
};

class history_store {
 public:
  virtual ~history_store() = default;

  // Adds a record to the batch. At commit it replaces what is kept of its key, unless that is of a later
  // version.
  virtual void put(std::string_view cache, std::uint64_t version, const key_statistics& record,
                   time_point now) = 0;
  // Adds a document to the batch: replaces the one of its kind and name; empty bytes remove it.
  virtual void put(const document& kept) = 0;
  // What the batch holds, in bytes.
  virtual std::size_t batch_bytes() const noexcept = 0;
  // Makes the batch durable, all or nothing: after it returns, kill -9 and power failure lose none of it. The
  // batch is empty afterwards, also when commit() throws: whoever wrote it has to write it again.
  virtual void commit() = 0;
  // Forgets the batch.
  virtual void discard() noexcept = 0;

  // Records of one cache, or of one after the other, in an order of the store's own that stays the same; see
  // history_page_request. Records that can't be decoded are skipped and counted.
  // REQUIRES: shard < shards; a cursor is one that an earlier page returned.
  virtual history_page page(const history_page_request& request) const = 0;
  // The document; its bytes are empty when there is none.
  virtual document find(document_kind kind, std::string_view name) const = 0;

  // Drops all committed records of a cache, durably. Documents stay.
  virtual void forget(std::string_view cache) = 0;
  // Looks at up to `limit` records, from where the step before ended, and removes those written before
  // `older_than`.
  virtual age_out_step age_out(time_point older_than, std::size_t limit) = 0;

  // Records that reads came across and could not decode, since the store was opened.
  virtual std::uint64_t unreadable_records() const noexcept = 0;
  // Bytes on disk; 0 of a store in memory.
  virtual std::uint64_t bytes_on_disk() const = 0;
};

}  // namespace stoker
