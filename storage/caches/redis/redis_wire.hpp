// The wire format of Redis: commands as arrays of bulk strings (RESP2), replies by hiredis' reader.
//
// Threads: one at a time. Errors: a reply that is not of the protocol is told once, and ends the reader.
#pragma once

#include <hiredis/hiredis.h>

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "storage/caches/remote/socket_stream.hpp"

namespace stoker {

void append_command(std::string& out, std::initializer_list<std::string_view> parts);

inline std::string_view text_of(const redisReply& reply) {
  return reply.str == nullptr ? std::string_view{} : std::string_view{reply.str, reply.len};
}

// What went wrong, as an error reply tells it by its first word.
trouble trouble_of(const redisReply& reply);

// Takes bytes, and hands on `expected` replies one by one.
class reply_reader {
 public:
  using reply_function = std::function<void(std::size_t number, const redisReply& reply)>;

  reply_reader(std::size_t expected, reply_function on_reply);
  progress feed(std::string_view bytes);

 private:
  std::unique_ptr<redisReader, decltype(&redisReaderFree)> reader_;
  std::size_t expected_;
  std::size_t seen_ = 0;
  reply_function on_reply_;
};

}  // namespace stoker
