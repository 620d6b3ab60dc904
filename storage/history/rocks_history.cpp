#include "storage/history/rocks_history.hpp"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <filesystem>

#include "messages/error.hpp"
#include "storage/history/history_keys.hpp"
#include "storage/history/page_reader.hpp"
#include "storage/history/record_codec.hpp"
#include "storage/history/rocks_options.hpp"

namespace stoker {

namespace {

using failure = rocks_history::failure;

std::string_view view(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

rocksdb::Slice slice(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

void check(const rocksdb::Status& status, const char* what) {
  if (!status.ok())
    throw error{errc::history_failed, std::string{"history: "} + what + ": " + status.ToString()};
}

// RocksDB tells a lock from other I/O errors by its text alone.
bool tells_of_a_lock(const std::string& text) {
  return text.find("lock hold by current process") != std::string::npos ||
         text.find("While lock file") != std::string::npos;
}

bool tells_of_missing_means(const rocksdb::Status& status) {
  auto text = status.ToString();
  return status.IsNoSpace() || status.IsMemoryLimit() || status.IsBusy() || status.IsTryAgain() ||
         text.find("Permission denied") != std::string::npos || text.find("Read-only") != std::string::npos ||
         text.find("Too many open files") != std::string::npos;
}

failure classify(const rocksdb::Status& status) {
  if (tells_of_a_lock(status.ToString())) return failure::locked;
  return tells_of_missing_means(status) ? failure::unavailable : failure::unreadable;
}

rocks_history::open_result failed(failure why, std::string reason) {
  rocks_history::open_result result;
  result.why = why;
  result.reason = std::move(reason);
  return result;
}

bool is_empty(rocksdb::DB& db) {
  std::unique_ptr<rocksdb::Iterator> at{db.NewIterator({})};
  at->SeekToFirst();
  return !at->Valid() && at->status().ok();
}

// Reads the format record; writes it when the database is new. Tells what is wrong, if anything is.
std::pair<failure, std::string> check_format(rocksdb::DB& db, bool& created) {
  std::string value;
  auto status = db.Get({}, slice(format_key), &value);
  if (status.IsNotFound() && is_empty(db)) {
    created = true;
    rocksdb::WriteOptions durable;
    durable.sync = true;
    status = db.Put(durable, slice(format_key), encode_format());
    return {status.ok() ? failure::none : classify(status), status.ToString()};
  }
  if (status.IsNotFound()) return {failure::foreign, "the folder holds a RocksDB database of something else"};
  if (!status.ok()) return {classify(status), status.ToString()};
  auto version = decode_format(value);
  if (!version) return {failure::unreadable, "the format record is damaged"};
  if (*version != history_format_version)
    return {failure::unreadable, "it has format version " + std::to_string(*version) +
                                     ", this Stoker knows version " + std::to_string(history_format_version)};
  return {failure::none, ""};
}

std::uint64_t bytes_in(const std::string& folder) {
  std::uint64_t sum = 0;
  std::error_code problem;
  for (std::filesystem::directory_iterator at{folder, problem}, end; !problem && at != end;
       at.increment(problem)) {
    std::error_code gone;  // a file that was compacted away meanwhile
    auto size = at->file_size(gone);
    if (!gone) sum += size;
  }
  return sum;
}

// What page_reader reads through.
class cursor {
 public:
  explicit cursor(rocksdb::DB& db) : at_(db.NewIterator(options())) {}

  void seek(const std::string& key) { at_->Seek(key); }
  void next() { at_->Next(); }
  bool valid() const { return at_->Valid(); }
  std::string_view key() const { return view(at_->key()); }
  std::string_view value() const { return view(at_->value()); }
  rocksdb::Status status() const { return at_->status(); }

 private:
  static rocksdb::ReadOptions options() {
    rocksdb::ReadOptions once;
    once.fill_cache = false;
    return once;
  }

  std::unique_ptr<rocksdb::Iterator> at_;
};

}  // namespace

rocks_history::open_result rocks_history::open(const std::string& folder, std::uint64_t verify_up_to_bytes) {
  rocksdb::DB* raw = nullptr;
  auto status = rocksdb::DB::Open(rocks_options(), folder, &raw);
  std::unique_ptr<rocksdb::DB> db{raw};
  if (!status.ok()) return failed(classify(status), status.ToString());
  open_result result;
  auto [why, reason] = check_format(*db, result.created);
  if (why != failure::none) return failed(why, reason);
  if (!result.created && bytes_in(folder) <= verify_up_to_bytes) status = db->VerifyChecksum();
  if (!status.ok()) return failed(classify(status), status.ToString());
  result.store.reset(new rocks_history{folder, std::move(db)});
  return result;
}

rocks_history::rocks_history(std::string folder, std::unique_ptr<rocksdb::DB> db)
    : folder_(std::move(folder)), db_(std::move(db)), batch_(std::make_unique<rocksdb::WriteBatch>()) {}

rocks_history::~rocks_history() = default;

void rocks_history::put(std::string_view cache, std::uint64_t version, const key_statistics& record,
                        time_point now) {
  std::string value;
  encode_record({version, now}, record, value);
  check(batch_->Merge(record_key(cache, record.key), value), "gathering a record");
}

void rocks_history::put(const document& kept) {
  auto key = document_key(kept.kind, kept.name);
  check(kept.bytes.empty() ? batch_->Delete(key) : batch_->Put(key, kept.bytes), "gathering a document");
}

std::size_t rocks_history::batch_bytes() const noexcept {
  return batch_->GetDataSize();
}

void rocks_history::commit() {
  if (batch_->Count() == 0) return;
  rocksdb::WriteBatch gathered;
  std::swap(gathered, *batch_);
  write(gathered, true, "writing a batch");
}

void rocks_history::discard() noexcept {
  batch_->Clear();
}

void rocks_history::write(rocksdb::WriteBatch& batch, bool sync, const char* what) {
  rocksdb::WriteOptions options;
  options.sync = sync;
  auto status = db_->Write(options, &batch);
  // After an I/O error RocksDB refuses every write until it is told to go on: the next one may succeed.
  if (!status.ok()) db_->Resume().PermitUncheckedError();
  check(status, what);
}

history_page rocks_history::page(const history_page_request& request) const {
  check_page_request(request);
  cursor at{*db_};
  page_reader reader{at, request};
  auto result = reader.read();
  check(at.status(), "reading a page");
  unreadable_ += reader.unreadable();
  return result;
}

document rocks_history::find(document_kind kind, std::string_view name) const {
  document result{kind, std::string{name}, ""};
  auto status = db_->Get({}, document_key(kind, name), &result.bytes);
  if (!status.IsNotFound()) check(status, "reading a document");
  return result;
}

void rocks_history::forget(std::string_view cache) {
  auto first = cache_prefix(cache);
  rocksdb::WriteBatch batch;
  check(batch.DeleteRange(first, after_prefix(first)), "forgetting a cache");
  write(batch, true, "forgetting a cache");
}

age_out_step rocks_history::age_out(time_point older_than, std::size_t limit) {
  cursor at{*db_};
  at.seek(sweep_from_.empty() ? records_prefix() : sweep_from_);
  age_out_step step;
  rocksdb::WriteBatch batch;
  for (; at.valid() && parse_record_key(at.key()) && limit > 0; at.next(), --limit) {
    record_header header;
    if (!decode_header(at.value(), header) || header.written_at >= older_than) continue;
    check(batch.Delete(slice(at.key())), "ageing out");
    ++step.removed;
  }
  check(at.status(), "ageing out");
  step.finished = !at.valid() || !parse_record_key(at.key());
  sweep_from_ = step.finished ? std::string{} : std::string{at.key()};
  // No sync: what a crash brings back ages out in the next round.
  if (step.removed > 0) write(batch, false, "ageing out");
  return step;
}

std::uint64_t rocks_history::bytes_on_disk() const {
  return bytes_in(folder_);
}

}  // namespace stoker
