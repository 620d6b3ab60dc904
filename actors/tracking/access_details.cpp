#include "actors/tracking/access_details.hpp"

#include <cstdint>
#include <cstring>

namespace stoker {

namespace {

std::size_t size_of(std::string_view text) {
  return sizeof(std::uint32_t) + text.size();
}

std::size_t size_of(std::span<const std::string> texts) {
  std::size_t size = sizeof(std::uint32_t);
  for (const auto& text : texts) size += size_of(text);
  return size;
}

void put(std::string& to, std::size_t number) {
  const auto narrow = static_cast<std::uint32_t>(number);
  to.append(reinterpret_cast<const char*>(&narrow), sizeof narrow);
}

void put(std::string& to, std::string_view text) {
  put(to, text.size());
  to.append(text);
}

void put(std::string& to, std::span<const std::string> texts) {
  put(to, texts.size());
  for (const auto& text : texts) put(to, std::string_view{text});
}

std::uint32_t take_number(std::string_view& from) {
  std::uint32_t number = 0;
  std::memcpy(&number, from.data(), sizeof number);
  from.remove_prefix(sizeof number);
  return number;
}

std::string take_text(std::string_view& from) {
  const std::size_t size = take_number(from);
  std::string text{from.substr(0, size)};
  from.remove_prefix(size);
  return text;
}

std::vector<std::string> take_texts(std::string_view& from) {
  std::vector<std::string> texts(take_number(from));
  for (auto& text : texts) text = take_text(from);
  return texts;
}

}  // namespace

std::string encode_details(const access_details& details) {
  const bool none =
      details.subject.empty() && details.kind.empty() && details.tags.empty() && details.co_accessed.empty();
  const std::size_t size =
      size_of(details.subject) + size_of(details.kind) + size_of(details.tags) + size_of(details.co_accessed);
  if (none || size > max_details_bytes) return {};
  std::string bytes;
  bytes.reserve(size);
  put(bytes, details.subject);
  put(bytes, details.kind);
  put(bytes, details.tags);
  put(bytes, details.co_accessed);
  return bytes;
}

access_note decode_details(std::string_view bytes) {
  access_note note;
  note.subject = take_text(bytes);
  note.kind = take_text(bytes);
  note.tags = take_texts(bytes);
  note.co_accessed = take_texts(bytes);
  return note;
}

}  // namespace stoker
