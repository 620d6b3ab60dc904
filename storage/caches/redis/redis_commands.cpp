#include "storage/caches/redis/redis_commands.hpp"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <tuple>

namespace stoker {

namespace {

// What is there is told by SHA-1, length and point of expiry, so that a value need not travel to be compared,
// and one that was deleted and filled again with the same bytes counts as another. Servers before 7 don't
// tell the point of expiry.
#define STOKER_READ_VERSION                             \
  "local v = redis.call('GET', KEYS[1]) "               \
  "local expiry = redis.pcall('PEXPIRETIME', KEYS[1]) " \
  "if type(expiry) == 'table' then expiry = '' end "    \
  "local version = v and redis.sha1hex(v) .. ':' .. #v .. ':' .. expiry "
constexpr std::string_view version_script = STOKER_READ_VERSION
    "if not v then return false end "
    "return {version, redis.call('PTTL', KEYS[1])}";
constexpr std::string_view refresh_script = STOKER_READ_VERSION
    "if not v then return -1 end "
    "if version ~= ARGV[1] then return 0 end "
    "if ARGV[3] == '0' then redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL') "
    "else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end "
    "return 1";
#undef STOKER_READ_VERSION
// Used since: by the idle time, whose clock ticks once a second. Under an LFU policy there is none: a new
// entry counts 5 uses there, the first use always counts, and a minute of the clock takes one off (by the
// usual lfu-decay-time); after five minutes nothing can be told, and the entry stays. Changed since: by the
// value. Answers what came of it, and how many lookups that took.
constexpr std::string_view remove_script =
    "local idle = redis.pcall('OBJECT', 'IDLETIME', KEYS[1]) "
    "if not idle then return {-1, 1} end "
    "local age, looks = tonumber(ARGV[1]), 1 "
    "if type(idle) == 'table' then "
    "  local uses = redis.pcall('OBJECT', 'FREQ', KEYS[1]) "
    "  if type(uses) ~= 'number' then return uses end "
    "  local now = tonumber(redis.call('TIME')[1]) "
    "  local minutes = math.floor(now / 60) - math.floor((now - age) / 60) "
    "  looks = 2 "
    "  if minutes > 5 or uses > 5 - minutes then return {0, looks} end "
    "elseif idle + 1 < age then return {0, 1} end "
    "if ARGV[2] ~= '' then "
    "  local v = redis.pcall('GET', KEYS[1]) "
    "  looks = looks + 1 "
    "  if type(v) ~= 'string' or string.sub(redis.sha1hex(v), 1, 16) ~= ARGV[2] then return {0, looks} end "
    "end "
    "return {redis.call('UNLINK', KEYS[1]), looks}";

// Rounded down to the server's step, and never to 0, which would be no expiry.
std::string milliseconds(duration ttl) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(ttl).count();
  return std::to_string(std::max<std::int64_t>(ms, 1));
}

}  // namespace

trouble trouble_unless(int kind, const redisReply& reply) {
  const auto what = trouble_of(reply);
  return what == trouble::none && reply.type != kind ? trouble::garbled : what;
}

remote_look look_of(const redisReply& pttl) {
  remote_look look;
  look.why = trouble_unless(REDIS_REPLY_INTEGER, pttl);
  if (look.why != trouble::none) return look;
  look.state = pttl.integer == -2 ? residency::absent : residency::present;
  // An entry within its last millisecond is told as 0.
  if (pttl.integer >= 0) look.ttl_left = std::chrono::milliseconds{std::max(pttl.integer, 1LL)};
  return look;
}

remote_outcome outcome_of_set(const redisReply& reply) {
  if (reply.type == REDIS_REPLY_NIL) return {fill_result::present};
  const auto what = trouble_unless(REDIS_REPLY_STATUS, reply);
  return {what == trouble::none ? fill_result::stored : fill_result::refused, what};
}

remote_outcome outcome_of_refresh(const redisReply& reply) {
  const auto what = trouble_unless(REDIS_REPLY_INTEGER, reply);
  if (what != trouble::none) return {fill_result::refused, what};
  return {reply.integer == 1 ? fill_result::stored : fill_result::fenced};
}

std::string escaped_pattern(std::string_view prefix) {
  std::string pattern;
  for (const char c : prefix) {
    if (std::string_view{"*?[]\\^-"}.find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

void append_put(std::string& out, std::string_view key, const remote_entry& entry) {
  if (entry.ttl <= duration::zero())
    append_command(out, {"SET", key, entry.bytes});
  else
    append_command(out, {"SET", key, entry.bytes, "PX", milliseconds(entry.ttl)});
}

void append_fill(std::string& out, std::string_view key, const remote_entry& entry) {
  if (entry.ttl <= duration::zero())
    append_command(out, {"SET", key, entry.bytes, "NX"});
  else
    append_command(out, {"SET", key, entry.bytes, "NX", "PX", milliseconds(entry.ttl)});
}

void append_refresh(std::string& out, std::string_view key, const remote_entry& entry) {
  const auto ttl = entry.ttl <= duration::zero() ? std::string{"0"} : milliseconds(entry.ttl);
  append_command(out, {"EVAL", refresh_script, "1", key, entry.token.version, entry.bytes, ttl});
}

std::uint64_t lookups_for(const remote_token& token) {
  return token.version.ends_with(':') ? 1 : 2;
}

void append_begin_refresh(std::string& out, std::string_view key) {
  append_command(out, {"EVAL", version_script, "1", key});
}

std::uint64_t version_of(std::string_view bytes) {
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  std::uint64_t version = 0;
  for (std::size_t i = 0; i < sizeof version; ++i) version = version << 8 | digest[i];
  return version;
}

void append_remove_unused(std::string& out, std::string_view key, const filled_entry& filled) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(filled.age).count();
  const auto version = filled.version == 0 ? std::string{} : fmt::format("{:016x}", filled.version);
  append_command(out, {"EVAL", remove_script, "1", key, std::to_string(seconds), version});
}

std::optional<removal> removal_of(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_ARRAY || reply.elements != 2) return std::nullopt;
  const auto& [what, looks] = std::tie(*reply.element[0], *reply.element[1]);
  if (what.type != REDIS_REPLY_INTEGER || looks.type != REDIS_REPLY_INTEGER) return std::nullopt;
  return removal{what.integer > 0, what.integer < 0, static_cast<std::uint64_t>(looks.integer)};
}

}  // namespace stoker
