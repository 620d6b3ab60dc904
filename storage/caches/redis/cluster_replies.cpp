#include "storage/caches/redis/cluster_replies.hpp"

#include <charconv>

namespace stoker {

namespace {

template <class Number>
std::optional<Number> number_in(std::string_view digits) {
  Number number{};
  const auto* end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return number;
}

std::string name_of(std::string_view host, long long port, std::string_view answering_host) {
  if (port < 1 || port > 65'535) return {};
  if (host.empty() || host == "?") host = answering_host;
  return std::string{host} + ":" + std::to_string(port);
}

// [host, port, ...]
std::string node_in(const redisReply& reply, std::string_view answering_host) {
  if (reply.type != REDIS_REPLY_ARRAY || reply.elements < 2) return {};
  const auto& port = *reply.element[1];
  if (port.type != REDIS_REPLY_INTEGER) return {};
  return name_of(text_of(*reply.element[0]), port.integer, answering_host);
}

// [first, last, primary, replica...]
std::optional<slot_range> range_in(const redisReply& reply, std::string_view answering_host) {
  if (reply.type != REDIS_REPLY_ARRAY || reply.elements < 3) return std::nullopt;
  const auto& first = *reply.element[0];
  const auto& last = *reply.element[1];
  if (first.type != REDIS_REPLY_INTEGER || last.type != REDIS_REPLY_INTEGER) return std::nullopt;
  if (first.integer < 0 || last.integer < first.integer || last.integer >= slot_count) return std::nullopt;
  slot_range range{static_cast<std::uint16_t>(first.integer), static_cast<std::uint16_t>(last.integer),
                   node_in(*reply.element[2], answering_host)};
  if (range.primary.empty()) return std::nullopt;
  for (std::size_t i = 3; i < reply.elements; ++i)
    if (auto replica = node_in(*reply.element[i], answering_host); !replica.empty())
      range.replicas.push_back(std::move(replica));
  return range;
}

}  // namespace

std::optional<redirection> redirection_of(const redisReply& reply, std::string_view answering_host) {
  if (reply.type != REDIS_REPLY_ERROR) return std::nullopt;
  auto text = text_of(reply);
  redirection result;
  result.once = text.starts_with("ASK ");
  if (!result.once && !text.starts_with("MOVED ")) return std::nullopt;
  text.remove_prefix(text.find(' ') + 1);
  const auto space = text.find(' ');
  const auto colon = text.rfind(':');
  if (space == std::string_view::npos || colon == std::string_view::npos || colon < space)
    return std::nullopt;
  const auto slot = number_in<std::uint16_t>(text.substr(0, space));
  const auto port = number_in<std::uint16_t>(text.substr(colon + 1));
  if (!slot || *slot >= slot_count || !port) return std::nullopt;
  result.slot = *slot;
  result.to = name_of(text.substr(space + 1, colon - space - 1), *port, answering_host);
  return result.to.empty() ? std::nullopt : std::optional{std::move(result)};
}

std::optional<std::vector<slot_range>> slots_of(const redisReply& reply, std::string_view answering_host) {
  if (reply.type != REDIS_REPLY_ARRAY) return std::nullopt;
  std::vector<slot_range> ranges;
  for (std::size_t i = 0; i < reply.elements; ++i)
    if (auto range = range_in(*reply.element[i], answering_host)) ranges.push_back(*std::move(range));
  return ranges;
}

std::optional<endpoint> endpoint_named(std::string_view name) {
  const auto colon = name.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const auto port = number_in<std::uint16_t>(name.substr(colon + 1));
  if (!port || *port == 0) return std::nullopt;
  auto host = name.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) return std::nullopt;
  endpoint where;
  where.host = host;
  where.port = *port;
  return where;
}

}  // namespace stoker
