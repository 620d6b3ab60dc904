#include "actors/tracking/subject_table.hpp"

#include <algorithm>

namespace stoker {

std::string subject_table::identity(std::uint16_t cache, std::string_view subject) {
  std::string text{static_cast<char>(cache >> 8), static_cast<char>(cache & 0xFF)};
  return text.append(subject);
}

subject_table::entry& subject_table::touch(std::uint16_t cache, std::string_view subject) {
  auto [found, fresh] = subjects_.try_emplace(identity(cache, subject));
  if (!fresh) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return entries_.front();
  }
  entries_.push_front({cache, std::string{subject}, {}});
  found->second = entries_.begin();
  if (subjects_.size() > max_subjects_) {
    subjects_.erase(identity(entries_.back().cache, entries_.back().name));
    entries_.pop_back();
  }
  return entries_.front();
}

void subject_table::add(std::uint16_t cache, std::string_view subject, std::string_view kind,
                        std::string_view key, time_point at) {
  if (max_subjects_ == 0 || keys_per_subject_ == 0) return;
  auto& keys = touch(cache, subject).keys;
  const auto same = [&](const subject_key& each) { return each.key == key && each.kind == kind; };
  auto place = std::find_if(keys.begin(), keys.end(), same);
  if (place == keys.end()) {
    if (keys.size() < keys_per_subject_) keys.emplace_back();
    place = keys.end() - 1;
    *place = {std::string{kind}, std::string{key}, at};
  }
  place->last_access = at;
  std::rotate(keys.begin(), place, place + 1);
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
  for (const auto& each : found->second->keys) {
    if (result.size() == limit) break;
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
    bytes +=
        sizeof(entry) + list_node_links + text_bytes(each.name) + each.keys.capacity() * sizeof(subject_key);
    for (const auto& key : each.keys) bytes += text_bytes(key.kind) + text_bytes(key.key);
  }
  return bytes;
}

}  // namespace stoker
