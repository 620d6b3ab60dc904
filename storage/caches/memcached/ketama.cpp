#include "storage/caches/memcached/ketama.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace stoker {

namespace {

constexpr std::uint32_t points_per_server = 160;
constexpr std::uint32_t points_per_digest = 4;
constexpr std::uint16_t default_port = 11211;

using digest = std::array<unsigned char, 16>;

digest md5(std::string_view text) {
  digest made{};
  EVP_Digest(text.data(), text.size(), made.data(), nullptr, EVP_md5(), nullptr);
  return made;
}

// One of the four numbers of a digest, the lowest byte first.
std::uint32_t number_of(const digest& from, std::uint32_t which) {
  const auto* bytes = from.data() + std::size_t{which} * 4;
  return std::uint32_t{bytes[3]} << 24 | std::uint32_t{bytes[2]} << 16 | std::uint32_t{bytes[1]} << 8 |
         bytes[0];
}

// In single precision, as libmemcached computes it: the number of points depends on it.
std::uint32_t digests_of(const ketama_server& server, std::uint32_t total_weight, std::size_t servers) {
  const float share = static_cast<float>(server.weight) / static_cast<float>(total_weight);
  return static_cast<std::uint32_t>(std::floor(static_cast<float>(
      share * points_per_server / points_per_digest * static_cast<float>(servers) + 0.0000000001)));
}

}  // namespace

ketama::ketama(const std::vector<ketama_server>& servers) {
  assert(!servers.empty());
  std::uint32_t total = 0;
  for (const auto& each : servers) total += each.weight;
  for (std::uint32_t i = 0; i < servers.size(); ++i) {
    const auto& server = servers[i];
    const auto name =
        server.port == default_port ? server.host : server.host + ":" + std::to_string(server.port);
    for (std::uint32_t n = 0; n < digests_of(server, total, servers.size()); ++n) {
      const auto made = md5(name + "-" + std::to_string(n));
      for (std::uint32_t which = 0; which < points_per_digest; ++which)
        points_.push_back({number_of(made, which), i});
    }
  }
  std::stable_sort(points_.begin(), points_.end(),
                   [](const point& left, const point& right) { return left.value < right.value; });
}

std::size_t ketama::server_of(std::string_view key) const {
  const auto hash = number_of(md5(key), 0);
  const auto found =
      std::lower_bound(points_.begin(), points_.end(), hash,
                       [](const point& at, std::uint32_t wanted) { return at.value < wanted; });
  return (found == points_.end() ? points_.front() : *found).server;
}

}  // namespace stoker
