#include "storage/caches/memcached/meta_wire.hpp"

#include <algorithm>
#include <charconv>

namespace stoker {

namespace {

constexpr std::size_t longest_word = 250;  // of the protocol, a key
constexpr std::size_t longest_line = 2048;
constexpr std::string_view own_mark_reply = "HD Oown";
constexpr std::size_t longest_data = 1u << 30;

bool is_word(std::string_view key) {
  constexpr unsigned char blank = 32;
  constexpr unsigned char rubout = 127;
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > blank && byte != rubout;
  });
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t at) -> unsigned {
      return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
    };
    const unsigned three = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    out += digits[three >> 18 & 63];
    out += digits[three >> 12 & 63];
    out += i + 1 < bytes.size() ? digits[three >> 6 & 63] : '=';
    out += i + 2 < bytes.size() ? digits[three & 63] : '=';
  }
  return out;
}

template <class Number>
std::optional<Number> number_at(std::string_view text) {
  Number number{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{}) return std::nullopt;
  return number;
}

}  // namespace

void append_own_mark(std::string& out) {
  out.append("mg ").append(own_mark_key).append(" q Oown\r\n");
}

std::optional<meta_key> encode_meta_key(std::string key) {
  if (key.empty()) return std::nullopt;
  const bool word = is_word(key);
  meta_key encoded{word ? std::move(key) : base64(key), word ? "" : " b"};
  if (encoded.text.size() > longest_word) return std::nullopt;
  return encoded;
}

std::optional<std::int64_t> meta_reply::flag(char name) const {
  for (std::size_t at = line.find(' '); at != std::string_view::npos; at = line.find(' ', at + 1))
    if (at + 1 < line.size() && line[at + 1] == name) return number_at<std::int64_t>(line.substr(at + 2));
  return std::nullopt;
}

trouble trouble_of(const meta_reply& reply) {
  const auto says = [&](std::string_view words) { return reply.line.find(words) != std::string_view::npos; };
  if (says("SERVER_ERROR")) return says("out of memory") ? trouble::no_memory : trouble::rejected;
  if (says("CLIENT_ERROR")) return says("authentic") ? trouble::denied : trouble::garbled;
  return reply.line.size() >= 5 && says("ERROR") ? trouble::garbled : trouble::none;
}

meta_reader::meta_reader(std::size_t expected, reply_function on_reply)
    : expected_(expected), on_reply_(std::move(on_reply)) {}

progress meta_reader::feed(std::string_view bytes) {
  buffer_.append(bytes);
  for (;;) {
    const auto one = parse_one();
    if (one == parsed::end) return at_ == buffer_.size() ? progress::done : progress::garbled;
    if (one == parsed::garbled) return progress::garbled;
    if (one == parsed::incomplete) break;
  }
  buffer_.erase(0, at_);
  at_ = 0;
  return seen_ == expected_ ? progress::done : progress::more;
}

meta_reader::parsed meta_reader::parse_one() {
  const auto end = buffer_.find("\r\n", at_);
  if (end == std::string::npos)
    return buffer_.size() - at_ > longest_line ? parsed::garbled : parsed::incomplete;
  meta_reply reply{std::string_view{buffer_}.substr(at_, end - at_), {}};
  if (reply.line == own_mark_reply) {
    at_ = end + 2;
    return parsed::reply;
  }
  if (expected_ == until_end && reply.line == "END") {
    at_ = end + 2;
    return parsed::end;
  }
  if (seen_ == expected_) return parsed::garbled;
  auto next = end + 2;
  if (reply.code() == "VA") {
    const auto size = number_at<std::size_t>(reply.line.substr(std::min<std::size_t>(3, reply.line.size())));
    if (!size || *size > longest_data) return parsed::garbled;
    if (buffer_.size() < next + *size + 2) return parsed::incomplete;
    reply.data = std::string_view{buffer_}.substr(next, *size);
    next += *size + 2;
  }
  at_ = next;
  on_reply_(seen_++, reply);
  return parsed::reply;
}

}  // namespace stoker
