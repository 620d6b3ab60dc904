#include "actors/tracking/subject_table.hpp"

#include <algorithm>

#include "messages/key.hpp"

namespace stoker {

const std::string& subject_table::identity(std::uint16_t cache, std::string_view subject) const {
  identity_.assign({static_cast<char>(cache >> 8), static_cast<char>(cache & 0xFF)});
  return identity_.append(subject);
}

subject_table::entry& subject_table::touch(std::uint16_t cache, std::string_view subject) {
  // Accesses of one subject often come together.
  if (!entries_.empty() && entries_.front().cache == cache && entries_.front().name == subject)
    return entries_.front();
  auto [found, fresh] = subjects_.try_emplace(identity(cache, subject));
  if (!fresh) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return entries_.front();
  }
  entries_.push_front({cache, std::string{subject}});
  found->second = entries_.begin();
  if (subjects_.size() > max_subjects_) {
    subjects_.erase(identity(entries_.back().cache, entries_.back().name));
    entries_.pop_back();
  }
  return entries_.front();
}

// Where the key stands; as many as there are: nowhere.
std::size_t subject_table::find(const entry& subject, std::uint64_t hash, std::string_view kind,
                                std::string_view key) {
  const auto& hashes = subject.hashes;
  auto at = std::find(hashes.begin(), hashes.end(), hash);
  for (; at != hashes.end(); at = std::find(at + 1, hashes.end(), hash)) {
    const auto place = static_cast<std::size_t>(at - hashes.begin());
    if (subject.keys[place].key == key && subject.keys[place].kind == kind) return place;
  }
  return hashes.size();
}

void subject_table::take_out(entry& subject, std::size_t place) {
  const auto [newer, older] = subject.order[place];
  (newer == nowhere ? subject.newest : subject.order[newer].older) = older;
  (older == nowhere ? subject.oldest : subject.order[older].newer) = newer;
}

void subject_table::put_first(entry& subject, std::size_t place) {
  const auto mine = static_cast<std::uint32_t>(place);
  subject.order[place] = {nowhere, subject.newest};
  (subject.newest == nowhere ? subject.oldest : subject.order[subject.newest].newer) = mine;
  subject.newest = mine;
}

// A place for a key that is new, in no order yet: beyond those that are there, or that of the oldest.
std::size_t subject_table::make_room(entry& subject) const {
  const std::size_t count = subject.keys.size();
  if (count == keys_per_subject_) {
    const std::size_t oldest = subject.oldest;
    take_out(subject, oldest);
    return oldest;
  }
  subject.hashes.emplace_back();
  subject.order.push_back({nowhere, nowhere});
  subject.keys.emplace_back();
  return count;
}

void subject_table::add(std::uint16_t cache, std::string_view subject, std::string_view kind,
                        std::string_view key, std::uint64_t key_hash, time_point at) {
  if (max_subjects_ == 0 || keys_per_subject_ == 0) return;
  auto& mine = touch(cache, subject);
  const auto hash = kind.empty() ? key_hash : key_hash ^ hash_key(kind);
  auto place = find(mine, hash, kind, key);
  if (place == mine.keys.size()) {
    place = make_room(mine);
    mine.hashes[place] = hash;
    mine.keys[place].kind = kind;
    mine.keys[place].key = key;
  } else {
    take_out(mine, place);
  }
  put_first(mine, place);
  mine.keys[place].last_access = at;
}

std::vector<subject_key> subject_table::recent(std::uint16_t cache, std::string_view subject,
                                               const std::vector<std::string>& kinds,
                                               const std::vector<std::string>& without,
                                               std::size_t limit) const {
  std::vector<subject_key> result;
  const auto found = subjects_.find(identity(cache, subject));
  if (found == subjects_.end()) return result;
  const auto among = [](const std::vector<std::string>& list, const std::string& kind) {
    return std::find(list.begin(), list.end(), kind) != list.end();
  };
  const auto& mine = *found->second;
  for (auto place = mine.newest; place != nowhere; place = mine.order[place].older) {
    if (result.size() == limit) break;
    const auto& each = mine.keys[place];
    if ((kinds.empty() || among(kinds, each.kind)) && !among(without, each.kind)) result.push_back(each);
  }
  return result;
}

void subject_table::forget(std::uint16_t cache) {
  for (auto at = entries_.begin(); at != entries_.end();) {
    if (at->cache == cache) {
      subjects_.erase(identity(at->cache, at->name));
      at = entries_.erase(at);
    } else {
      ++at;
    }
  }
}

std::size_t subject_table::memory_bytes() const noexcept {
  constexpr std::size_t list_node_links = 2 * sizeof(void*);
  const auto text_bytes = [](const std::string& text) {
    return text.capacity() > std::string{}.capacity() ? text.capacity() + 1 : 0;
  };
  std::size_t bytes = subjects_.capacity() * (sizeof(*subjects_.begin()) + 1);
  for (const auto& [name, at] : subjects_) bytes += text_bytes(name);
  for (const auto& each : entries_) {
    bytes += sizeof(entry) + list_node_links + text_bytes(each.name) +
             each.keys.capacity() * sizeof(subject_key) + each.hashes.capacity() * sizeof(std::uint64_t) +
             each.order.capacity() * sizeof(neighbours);
    for (const auto& key : each.keys) bytes += text_bytes(key.kind) + text_bytes(key.key);
  }
  return bytes;
}

}  // namespace stoker
