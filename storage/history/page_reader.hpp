// Reads pages of records through a cursor of any store, so that all stores page alike.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "messages/error.hpp"
#include "messages/key.hpp"
#include "storage/history/history_keys.hpp"
#include "storage/history/history_store.hpp"
#include "storage/history/record_codec.hpp"

namespace stoker {

// Throws stoker::error(errc::invalid_argument) for a request that no page answers.
inline void check_page_request(const history_page_request& request) {
  if (request.shards == 0 || request.shard >= request.shards)
    throw error{errc::invalid_argument, "history: a page is asked for a shard that is not there"};
  if (!request.cursor.empty() && !parse_record_key(request.cursor))
    throw error{errc::invalid_argument, "history: a page is asked for with a cursor that no page returned"};
}

// Cursor: seek(key) goes to the first key not below it, valid(), key(), value(), next().
template <class Cursor>
class page_reader {
 public:
  page_reader(Cursor& cursor, const history_page_request& request)
      : cursor_(cursor),
        request_(request),
        range_(buckets_of_shard(request.shard, request.shards)),
        limit_(std::clamp<std::uint32_t>(request.limit, 1, max_history_page_records)) {
    page_.cache = request.cache;
    page_.cursor = request.cursor;
  }

  history_page read() {
    seek_start();
    while (step()) {
    }
    return std::move(page_);
  }

  std::uint64_t unreadable() const noexcept { return unreadable_; }

 private:
  void seek_start() {
    if (!page_.cursor.empty())
      cursor_.seek(page_.cursor + '\0');
    else if (request_.cache.empty())
      cursor_.seek(records_prefix());
    else
      cursor_.seek(cache_prefix(request_.cache) + static_cast<char>(range_.first));
  }

  // Looks at one key; false when the page ends.
  bool step() {
    auto parts = cursor_.valid() ? parse_record_key(cursor_.key()) : std::nullopt;
    page_.done = !parts || (!request_.cache.empty() && parts->cache != request_.cache);
    if (page_.done) return false;
    if (!page_.keys.empty() && parts->cache != page_.cache) return false;
    if (parts->bucket < range_.first)
      return seek(cache_prefix(parts->cache) + static_cast<char>(range_.first));
    if (parts->bucket > range_.last) return seek(after_prefix(cache_prefix(parts->cache)));
    page_.cursor = cursor_.key();
    if (hash_key(parts->key) % request_.shards == request_.shard) take(*parts);
    cursor_.next();
    return page_.keys.size() < limit_ && bytes_ < max_history_page_bytes;
  }

  bool seek(const std::string& key) {
    cursor_.seek(key);
    return true;
  }

  void take(const record_key_parts& parts) {
    key_statistics record;
    if (!decode_record(cursor_.value(), record)) {
      ++unreadable_;
      return;
    }
    record.key = parts.key;
    page_.cache = parts.cache;
    page_.keys.push_back(std::move(record));
    bytes_ += cursor_.key().size() + cursor_.value().size();
  }

  Cursor& cursor_;
  const history_page_request& request_;
  bucket_range range_;
  std::size_t limit_;
  history_page page_;
  std::size_t bytes_ = 0;
  std::uint64_t unreadable_ = 0;
};

}  // namespace stoker
