// What crosses to and from the historian: absolute records of keys, and named documents.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/statistics.hpp"

namespace stoker {

// Records to keep. Each replaces what was kept of its key, unless that is of a later version.
struct history_write {
  std::string cache;
  std::uint64_t version = 0;  // rises with every change; a resend carries its first version
  std::vector<key_statistics> keys;
};

// Acknowledges a write: the sender may send the next.
struct history_receipt {
  std::uint64_t version = 0;
};

// Asks for a page of a cache's records, or of one shard of them.
struct history_page_request {
  std::string cache;        // empty: all caches, one after the other
  std::uint32_t shard = 0;  // records whose hash_key(key) % shards == shard
  std::uint32_t shards = 1;
  std::string cursor;  // where the previous page ended; empty: from the start
  std::uint32_t limit = 1000;
};

struct history_page {
  std::string cache;  // all records of a page belong to one cache
  std::vector<key_statistics> keys;
  std::string cursor;  // for the next page
  bool done = false;
};

// A document is a named blob that an actor keeps over restarts: a predictor's model, schedules, journals,
// reports.
enum class document_kind : std::uint8_t { model, schedule, journal, report, snapshot, dependencies };

struct document {
  document_kind kind = document_kind::report;
  std::string name;
  std::string bytes;  // in a format of the owner's, versioned by the owner; empty: no such document
};

struct document_request {
  document_kind kind = document_kind::report;
  std::string name;
};

// Asks the historian to make everything received so far durable before it answers.
struct flush_history {};

// How the history was found at start.
enum class history_state : std::uint8_t { opened, created, set_aside, in_memory };

const char* to_string(history_state state) noexcept;

struct historian_status {
  history_state state = history_state::created;
  std::string folder;
  std::string detail;  // of set_aside: where the unreadable history went, and why
  std::uint64_t records_written = 0;
  std::uint64_t batches_written = 0;
  std::uint64_t records_waiting = 0;  // received, not yet durable
  std::uint64_t write_errors = 0;
  std::string last_error;
  std::uint64_t bytes_on_disk = 0;
  duration loss_window{};     // what a crash may lose
  duration oldest_waiting{};  // age of what was received first and is not durable yet; 0: nothing waits
  time_point last_write{};    // of a batch that became durable; the epoch: none
  std::uint64_t mailbox = 0;  // messages that wait for it
};

template <class Inspector>
auto inspect(Inspector& f, history_write& x) {
  return f(x.cache, x.version, x.keys);
}

template <class Inspector>
auto inspect(Inspector& f, history_receipt& x) {
  return f(x.version);
}

template <class Inspector>
auto inspect(Inspector& f, history_page_request& x) {
  return f(x.cache, x.shard, x.shards, x.cursor, x.limit);
}

template <class Inspector>
auto inspect(Inspector& f, history_page& x) {
  return f(x.cache, x.keys, x.cursor, x.done);
}

template <class Inspector>
auto inspect(Inspector& f, document& x) {
  return f(x.kind, x.name, x.bytes);
}

template <class Inspector>
auto inspect(Inspector& f, document_request& x) {
  return f(x.kind, x.name);
}

template <class Inspector>
auto inspect(Inspector& f, flush_history&) {
  return f();
}

template <class Inspector>
auto inspect(Inspector& f, historian_status& x) {
  return f(x.state, x.folder, x.detail, x.records_written, x.batches_written, x.records_waiting,
           x.write_errors, x.last_error, x.bytes_on_disk, x.loss_window, x.oldest_waiting, x.last_write,
           x.mailbox);
}

}  // namespace stoker
