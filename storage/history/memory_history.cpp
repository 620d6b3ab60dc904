#include "storage/history/memory_history.hpp"

#include "storage/history/history_keys.hpp"
#include "storage/history/page_reader.hpp"
#include "storage/history/record_codec.hpp"

namespace stoker {

namespace {

record_header header_of(std::string_view value) {
  record_header header;
  decode_header(value, header);
  return header;
}

}  // namespace

// What page_reader reads through.
class memory_history::cursor {
 public:
  explicit cursor(const record_map& records) : records_(records), at_(records.end()) {}

  void seek(const std::string& key) { at_ = records_.lower_bound(key); }
  void next() { ++at_; }
  bool valid() const { return at_ != records_.end(); }
  std::string_view key() const { return at_->first; }
  std::string_view value() const { return at_->second.value; }

 private:
  const record_map& records_;
  record_map::const_iterator at_;
};

void memory_history::put(std::string_view cache, std::uint64_t version, const key_statistics& record,
                         time_point now) {
  std::string value;
  encode_record({version, now}, record, value);
  batch_bytes_ += record.key.size() + value.size();
  batch_.emplace_back(record_key(cache, record.key), std::move(value));
}

void memory_history::put(const document& kept) {
  batch_bytes_ += kept.name.size() + kept.bytes.size();
  batch_.emplace_back(document_key(kept.kind, kept.name), kept.bytes);
}

void memory_history::commit() {
  for (auto& [key, value] : batch_) {
    if (parse_record_key(key))
      keep(key, std::move(value));
    else if (value.empty())
      documents_.erase(key);
    else
      documents_[key] = std::move(value);
  }
  discard();
  while (record_bytes_ > capacity_ && !by_age_.empty()) erase(records_.find(*by_age_.front()));
}

void memory_history::keep(const std::string& key, std::string value) {
  auto found = records_.find(key);
  if (found != records_.end()) {
    if (header_of(found->second.value).version > header_of(value).version) return;
    erase(found);
  }
  record_bytes_ += key.size() + value.size();
  auto inserted = records_.emplace(key, entry{std::move(value), {}}).first;
  inserted->second.place = by_age_.insert(by_age_.end(), &inserted->first);
}

void memory_history::erase(record_map::iterator record) {
  record_bytes_ -= record->first.size() + record->second.value.size();
  by_age_.erase(record->second.place);
  records_.erase(record);
}

void memory_history::discard() noexcept {
  batch_.clear();
  batch_bytes_ = 0;
}

history_page memory_history::page(const history_page_request& request) const {
  check_page_request(request);
  cursor at{records_};
  page_reader reader{at, request};
  auto result = reader.read();
  unreadable_ += reader.unreadable();
  return result;
}

document memory_history::find(document_kind kind, std::string_view name) const {
  auto found = documents_.find(document_key(kind, name));
  return {kind, std::string{name}, found == documents_.end() ? std::string{} : found->second};
}

void memory_history::forget(std::string_view cache) {
  auto prefix = cache_prefix(cache);
  auto last = records_.lower_bound(after_prefix(prefix));
  for (auto at = records_.lower_bound(prefix); at != last;) erase(at++);
}

// By age, not by key: the oldest are in front, so that a round is one step unless there is much to remove.
age_out_step memory_history::age_out(time_point older_than, std::size_t limit) {
  age_out_step step;
  while (!by_age_.empty() && step.removed < limit) {
    auto oldest = records_.find(*by_age_.front());
    if (header_of(oldest->second.value).written_at >= older_than) break;
    erase(oldest);
    ++step.removed;
  }
  step.finished = step.removed < limit;
  return step;
}

}  // namespace stoker
