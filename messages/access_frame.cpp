#include "messages/access_frame.hpp"

#include <algorithm>
#include <msgpack.hpp>

#include "messages/key.hpp"

namespace stoker {

namespace {

// The shape of a body, level by level: where the visitor stands.
enum class level : std::uint8_t { outside, body, accesses, access };

constexpr std::uint32_t most_fields = 6;

class body_visitor : public msgpack::null_visitor {
 public:
  explicit body_visitor(frame_content& into) : into_(into) {}

  std::string problem;
  bool whole = false;  // an array of the right shape was read to its end
  std::string_view subject;

  bool start_array(std::uint32_t size) {
    switch (level_) {
      case level::outside:
        if (size < 2 || size > 3) return fail("expected [version, accesses] or [version, accesses, subject]");
        return enter(level::body);
      case level::body:
        if (index_[depth(level::body)] != 1) return fail("expected the accesses at the second place");
        if (size > max_frame_accesses) return fail("more accesses than a frame may hold");
        into_.accesses.reserve(size);
        return enter(level::accesses);
      case level::accesses:
        if (size < 1 || size > most_fields) return fail("expected 1 to 6 fields in an access");
        into_.accesses.emplace_back();
        unknown_ = true;
        return enter(level::access);
      case level::access:
        break;
    }
    return fail("an array where none belongs");
  }
  bool end_array_item() {
    ++index_[depth(level_)];
    return true;
  }
  bool end_array() {
    if (level_ == level::access && unknown_) note_unknown();
    whole = level_ == level::body;
    level_ = static_cast<level>(depth(level_) - 1);
    return true;
  }

  bool visit_str(const char* text, std::uint32_t size) { return bytes({text, size}); }
  bool visit_bin(const char* text, std::uint32_t size) { return bytes({text, size}); }
  bool visit_nil() {
    if (level_ == level::access && field() > 0) return true;
    return level_ == level::body && field() == 2 ? true : fail("nil where something is needed");
  }
  bool visit_boolean(bool hit) {
    if (level_ != level::access || field() != 1) return fail("a boolean where none belongs");
    into_.accesses.back().outcome = hit ? access_outcome::hit : access_outcome::miss;
    unknown_ = false;
    return true;
  }
  bool visit_positive_integer(std::uint64_t number) {
    if (level_ == level::body && field() == 0)
      return number == frame_version || fail("version " + std::to_string(number) + " of the format");
    if (level_ != level::access || (field() != 2 && field() != 3)) return fail("a number where none belongs");
    const auto narrow = static_cast<std::uint32_t>(std::min<std::uint64_t>(number, UINT32_MAX));
    auto& one = into_.accesses.back();
    (field() == 2 ? one.bytes : one.cost_us) = narrow;
    return true;
  }
  bool visit_negative_integer(std::int64_t) { return fail("a negative number"); }
  bool visit_float32(float) { return fail("a number that is not whole"); }
  bool visit_float64(double) { return fail("a number that is not whole"); }
  bool visit_ext(const char*, std::uint32_t) { return fail("a type of msgpack that is not used here"); }
  bool start_map(std::uint32_t) { return fail("a map where none belongs"); }
  void parse_error(std::size_t, std::size_t at) { fail("no msgpack at byte " + std::to_string(at)); }
  void insufficient_bytes(std::size_t, std::size_t) { fail("the body ends too early"); }

 private:
  static constexpr std::size_t depth(level at) { return static_cast<std::size_t>(at); }
  std::uint32_t field() const { return index_[depth(level_)]; }

  bool enter(level next) {
    level_ = next;
    index_[depth(next)] = 0;
    return true;
  }
  bool fail(std::string text) {
    if (problem.empty()) problem = std::move(text);
    return false;
  }
  void note_unknown() {
    into_.outcome_unknown.push_back(static_cast<std::uint32_t>(into_.accesses.size() - 1));
  }

  bool bytes(std::string_view text) {
    if (level_ == level::accesses) {
      into_.accesses.emplace_back().key = text;
      note_unknown();
      return check_key(text);
    }
    if (level_ == level::body && field() == 2) {
      subject = text;
      return check_name(text);
    }
    if (level_ != level::access) return fail("a text where none belongs");
    auto& one = into_.accesses.back();
    switch (field()) {
      case 0:
        one.key = text;
        return check_key(text);
      case 4:
        one.subject = text;
        return check_name(text);
      case 5:
        one.kind = text;
        return check_name(text);
      default:
        return fail("a text where a number or a boolean belongs");
    }
  }
  bool check_key(std::string_view key) {
    return (!key.empty() && key.size() <= max_key_bytes) ||
           fail("a key of " + std::to_string(key.size()) + " bytes");
  }
  bool check_name(std::string_view name) {
    return name.size() <= max_frame_name_bytes ||
           fail("a subject or kind of " + std::to_string(name.size()) + " bytes");
  }

  frame_content& into_;
  level level_ = level::outside;
  std::uint32_t index_[4] = {};  // of the item that is being read, by level
  bool unknown_ = false;         // this access has not said whether it was a hit
};

std::string framed(const msgpack::sbuffer& body) {
  std::string frame;
  const auto size = static_cast<std::uint32_t>(body.size());
  for (int shift = 24; shift >= 0; shift -= 8) frame += static_cast<char>(size >> shift & 0xff);
  return frame.append(body.data(), body.size());
}

template <class Packer>
void pack_access(Packer& pack, const reported_access& one) {
  pack.pack_array(one.kind.empty() ? (one.subject.empty() ? 4 : 5) : 6);
  pack.pack(one.key);
  pack.pack(one.outcome == access_outcome::hit || one.outcome == access_outcome::first_use);
  pack.pack(one.bytes);
  pack.pack(one.cost_us);
  if (!one.subject.empty() || !one.kind.empty()) pack.pack(one.subject);
  if (!one.kind.empty()) pack.pack(one.kind);
}

}  // namespace

std::optional<std::string> decode_frame_body(std::string_view body, frame_content& into) {
  into.accesses.clear();
  into.outcome_unknown.clear();
  body_visitor visitor{into};
  std::size_t end = 0;
  const bool parsed = msgpack::parse(body.data(), body.size(), end, visitor);
  if (!visitor.problem.empty()) return visitor.problem;
  if (!parsed || !visitor.whole) return "expected [version, accesses], found something else";
  if (end != body.size()) return "bytes after the end of the body";
  if (!visitor.subject.empty())
    for (auto& one : into.accesses)
      if (one.subject.empty()) one.subject = visitor.subject;
  return std::nullopt;
}

std::string encode_frame(const std::vector<reported_access>& accesses, std::string_view subject) {
  msgpack::sbuffer body;
  msgpack::packer pack{body};
  pack.pack_array(subject.empty() ? 2 : 3);
  pack.pack(frame_version);
  pack.pack_array(static_cast<std::uint32_t>(accesses.size()));
  for (const auto& one : accesses) pack_access(pack, one);
  if (!subject.empty()) pack.pack(subject);
  return framed(body);
}

std::string encode_frame_error(std::string_view reason) {
  msgpack::sbuffer body;
  msgpack::packer pack{body};
  pack.pack_array(2);
  pack.pack("error");
  pack.pack(reason);
  return framed(body);
}

std::string encode_frame_counts(std::uint64_t recorded, std::uint64_t dropped) {
  msgpack::sbuffer body;
  msgpack::packer pack{body};
  pack.pack_array(3);
  pack.pack("counts");
  pack.pack(recorded);
  pack.pack(dropped);
  return framed(body);
}

std::uint32_t frame_body_bytes(std::string_view header) noexcept {
  std::uint32_t size = 0;
  for (std::size_t i = 0; i < frame_header_bytes; ++i)
    size = size << 8 | static_cast<unsigned char>(header[i]);
  return size;
}

}  // namespace stoker
