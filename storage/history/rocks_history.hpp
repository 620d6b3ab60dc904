// A history on disk, in RocksDB. The key space is written down in KEYS.md.
//
// A commit is one write batch, synced to the write-ahead log: kill -9 and power failure lose none of it, and
// no part of a batch is ever seen without the rest.
#pragma once

#include <memory>

#include "storage/history/history_store.hpp"

namespace rocksdb {
class DB;
class WriteBatch;
}  // namespace rocksdb

namespace stoker {

class rocks_history final : public history_store {
 public:
  // Why a folder could not be opened.
  enum class failure {
    none,
    unreadable,   // damaged, or a format that this Stoker does not know
    locked,       // in use by another process, or by another engine of this one
    foreign,      // a sound database, but not a history of Stoker
    unavailable,  // the disk is full or the folder can't be written: nothing is wrong with the history
  };

  struct open_result {
    std::unique_ptr<rocks_history> store;  // null when there is a failure
    bool created = false;
    failure why = failure::none;
    std::string reason;  // of a failure, for people
  };

  // Opens the history in an existing folder, or creates one there when the folder holds no database.
  // Histories of up to `verify_up_to_bytes` are read as a whole to check their checksums.
  static open_result open(const std::string& folder, std::uint64_t verify_up_to_bytes);

  ~rocks_history() override;

  void put(std::string_view cache, std::uint64_t version, const key_statistics& record,
           time_point now) override;
  void put(const document& kept) override;
  std::size_t batch_bytes() const noexcept override;
  void commit() override;
  void discard() noexcept override;
  history_page page(const history_page_request& request) const override;
  document find(document_kind kind, std::string_view name) const override;
  void forget(std::string_view cache) override;
  age_out_step age_out(time_point older_than, std::size_t limit) override;
  std::uint64_t unreadable_records() const noexcept override { return unreadable_; }
  std::uint64_t bytes_on_disk() const override;

 private:
  rocks_history(std::string folder, std::unique_ptr<rocksdb::DB> db);

  void write(rocksdb::WriteBatch& batch, bool sync, const char* what);

  std::string folder_;
  std::unique_ptr<rocksdb::DB> db_;
  std::unique_ptr<rocksdb::WriteBatch> batch_;
  std::string sweep_from_;  // where the next step of age_out starts; empty: at the first record
  mutable std::uint64_t unreadable_ = 0;
};

}  // namespace stoker
