// The meta protocol of memcached: commands as lines, one reply a command, in order.
//
// A key that is no word of the protocol (blanks, control characters, not a byte) travels in base64 and stands
// at the server as it is. Threads: one at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "storage/caches/remote/socket_stream.hpp"

namespace stoker {

// As a command names it; `flag` is " b" when it is encoded. The empty optional: too long for the protocol.
struct meta_key {
  std::string text;
  std::string_view flag;
};
std::optional<meta_key> encode_meta_key(std::string key);

// Whoever watches what is fetched at the server knows by a look at this key that what else comes over the
// same connection is Stoker's own, until the connection is closed. Goes ahead of each batch, and is not
// answered: should somebody have set the key, the reader passes over the reply.
inline constexpr std::string_view own_mark_key = "stoker:own-connection";
void append_own_mark(std::string& out);

struct meta_reply {
  std::string_view line;  // without its end
  std::string_view data;  // of a VA

  std::string_view code() const { return line.substr(0, line.find(' ')); }
  // The number after a flag, as in "t30"; empty: it is not there.
  std::optional<std::int64_t> flag(char name) const;
};

// What went wrong, as an error reply tells it.
trouble trouble_of(const meta_reply& reply);

// Takes bytes, and hands on replies one by one: `expected` of them, or those up to the line END.
class meta_reader {
 public:
  using reply_function = std::function<void(std::size_t number, const meta_reply& reply)>;
  static constexpr std::size_t until_end = SIZE_MAX;

  meta_reader(std::size_t expected, reply_function on_reply);
  progress feed(std::string_view bytes);

 private:
  enum class parsed : std::uint8_t { reply, end, incomplete, garbled };
  parsed parse_one();

  std::size_t expected_;
  std::size_t seen_ = 0;
  std::string buffer_;
  std::size_t at_ = 0;  // of the first byte that is not parsed
  reply_function on_reply_;
};

}  // namespace stoker
