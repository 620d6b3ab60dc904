#include "storage/caches/redis/redis_wire.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace stoker {

namespace {

void append_number(std::string& out, char kind, std::size_t number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.push_back(kind);
  out.append(digits, static_cast<std::size_t>(end - digits));
  out.append("\r\n");
}

struct named_error {
  std::string_view word;
  trouble what;
};

constexpr std::array<named_error, 14> named_errors{{
    {"OOM", trouble::no_memory},
    {"NOAUTH", trouble::denied},
    {"WRONGPASS", trouble::denied},
    {"NOPERM", trouble::denied},
    {"LOADING", trouble::unavailable},
    {"BUSY", trouble::unavailable},
    {"READONLY", trouble::unavailable},
    {"MASTERDOWN", trouble::unavailable},
    {"MISCONF", trouble::unavailable},
    {"CLUSTERDOWN", trouble::unavailable},
    {"TRYAGAIN", trouble::unavailable},
    {"MOVED", trouble::unsupported},
    {"ASK", trouble::unsupported},
    {"WRONGTYPE", trouble::unsupported},
}};

}  // namespace

void append_command(std::string& out, std::initializer_list<std::string_view> parts) {
  append_number(out, '*', parts.size());
  for (const auto part : parts) {
    append_number(out, '$', part.size());
    out.append(part);
    out.append("\r\n");
  }
}

trouble trouble_of(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_ERROR) return trouble::none;
  const auto text = text_of(reply);
  const auto word = text.substr(0, text.find(' '));
  for (const auto& known : named_errors)
    if (known.word == word) return known.what;
  // A script's error carries that of the command it called further on.
  for (const auto& known : named_errors)
    if (text.find(std::string{known.word} + " ") != std::string_view::npos) return known.what;
  if (text.find("LFU maxmemory policy") != std::string_view::npos) return trouble::unsupported;
  // Of servers before 6: a wrong password, or none needed.
  return text.find("invalid password") != std::string_view::npos ? trouble::denied : trouble::rejected;
}

reply_reader::reply_reader(std::size_t expected, reply_function on_reply)
    : reader_(redisReaderCreate(), &redisReaderFree), expected_(expected), on_reply_(std::move(on_reply)) {}

progress reply_reader::feed(std::string_view bytes) {
  if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK) return progress::garbled;
  for (;;) {
    void* next = nullptr;
    if (redisReaderGetReply(reader_.get(), &next) != REDIS_OK) return progress::garbled;
    if (next == nullptr) return seen_ == expected_ ? progress::done : progress::more;
    const std::unique_ptr<void, decltype(&freeReplyObject)> owned{next, &freeReplyObject};
    if (seen_ == expected_) return progress::garbled;
    on_reply_(seen_++, *static_cast<const redisReply*>(next));
  }
}

}  // namespace stoker
