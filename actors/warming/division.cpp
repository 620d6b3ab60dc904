#include "actors/warming/division.hpp"

#include <algorithm>
#include <limits>

#include "actors/warming/plan.hpp"

namespace stoker {

namespace {

struct contender {
  std::size_t claim = 0;
  std::uint64_t bytes = 0;
  int priority_class = 0;
  double merit = 0;  // what it brings for what it takes
  bool taken = false;
};

bool goes_before(const contender& a, const contender& b) {
  if (a.priority_class != b.priority_class) return a.priority_class > b.priority_class;
  return a.merit > b.merit;
}

// What is left of the budget and of the calls, for all caches together or for one part of them.
struct purse {
  std::uint64_t bytes = 0;
  std::map<std::string, std::uint64_t> calls;

  std::uint64_t* calls_of(const std::string& origin) {
    const auto found = calls.find(origin);
    return found == calls.end() ? nullptr : &found->second;
  }
  bool affords(std::uint64_t wanted, const std::string& origin) {
    const auto* left = calls_of(origin);
    return wanted <= bytes && (!left || *left > 0);
  }
  // What costs more than there is empties it.
  void pay(std::uint64_t price, const std::string& origin) {
    bytes -= std::min(price, bytes);
    if (auto* left = calls_of(origin); left && *left > 0) --*left;
  }
};

class divider {
 public:
  divider(const std::vector<warming_claim>& claims, const division_bounds& bounds)
      : claims_(claims), bounds_(bounds), left_{bounds.bytes, bounds.calls} {
    for (const auto& claim : claims) shares_.push_back({claim.cache, 0, 0, 0});
    for (std::size_t i = 0; i < claims.size(); ++i)
      for (const auto& item : claims[i].items) contenders_.push_back(entrant(i, item));
    std::stable_sort(contenders_.begin(), contenders_.end(), goes_before);
  }

  std::vector<cache_share> run() {
    deal_evenly();
    for (auto& each : contenders_) take(each, left_);
    return std::move(shares_);
  }

 private:
  contender entrant(std::size_t claim, const claimed_item& item) const {
    const auto& from = claims_[claim];
    const auto calls = bounds_.calls.find(from.origin);
    const double room = static_cast<double>(item.bytes) / static_cast<double>(std::max(bounds_.bytes, 1UL));
    const double call =
        calls == bounds_.calls.end() ? 0 : 1.0 / static_cast<double>(std::max(calls->second, 1UL));
    const double gain = item.worth * (1 - std::clamp(from.hit_ratio, 0.0, 1.0));
    constexpr double least_price = 1e-12;  // of what takes neither room nor calls
    return {claim, item.bytes, priority_class(item.priority), gain / std::max(room + call, least_price)};
  }

  std::uint64_t caches_of(const std::string& origin) const {
    return static_cast<std::uint64_t>(std::count_if(
        claims_.begin(), claims_.end(), [&](const warming_claim& each) { return each.origin == origin; }));
  }

  static std::uint64_t part_of(std::uint64_t whole, std::uint64_t parts) {
    return static_cast<std::uint64_t>(static_cast<double>(whole) * even_share / static_cast<double>(parts));
  }

  void deal_evenly() {
    std::vector<purse> parts(claims_.size());
    for (std::size_t i = 0; i < claims_.size(); ++i) {
      const auto& origin = claims_[i].origin;
      parts[i].bytes = part_of(bounds_.bytes, claims_.size());
      if (const auto found = bounds_.calls.find(origin); found != bounds_.calls.end())
        parts[i].calls[origin] = part_of(found->second, caches_of(origin));
    }
    for (auto& each : contenders_) {
      auto& part = parts[each.claim];
      const auto& origin = claims_[each.claim].origin;
      const auto is_first = shares_[each.claim].items == 0;
      if ((is_first || part.affords(each.bytes, origin)) && take(each, left_)) part.pay(each.bytes, origin);
    }
  }

  bool take(contender& each, purse& from) {
    const auto& origin = claims_[each.claim].origin;
    if (each.taken || !from.affords(each.bytes, origin)) return false;
    from.pay(each.bytes, origin);
    shares_[each.claim].bytes += each.bytes;
    ++shares_[each.claim].items;
    return each.taken = true;
  }

  const std::vector<warming_claim>& claims_;
  const division_bounds& bounds_;
  purse left_;
  std::vector<cache_share> shares_;
  std::vector<contender> contenders_;
};

// The wave of each claim: one beyond the last of those that it reads.
class wave_finder {
 public:
  explicit wave_finder(const std::vector<warming_claim>& claims)
      : claims_(claims), waves_(claims.size(), unknown) {
    for (std::size_t i = 0; i < claims.size(); ++i) numbers_[claims[i].cache] = i;
  }

  std::size_t wave(std::size_t claim) {
    if (waves_[claim] == being_found) return 0;  // a circle
    if (waves_[claim] != unknown) return waves_[claim];
    waves_[claim] = being_found;
    std::size_t found = 0;
    for (const auto& read : claims_[claim].reads) {
      const auto other = numbers_.find(read);
      if (other == numbers_.end() || waves_[other->second] == being_found) continue;
      found = std::max(found, wave(other->second) + 1);
    }
    return waves_[claim] = found;
  }

 private:
  static constexpr auto unknown = std::numeric_limits<std::size_t>::max();
  static constexpr auto being_found = unknown - 1;

  const std::vector<warming_claim>& claims_;
  std::map<std::string, std::size_t> numbers_;
  std::vector<std::size_t> waves_;
};

}  // namespace

std::vector<cache_share> divide(const std::vector<warming_claim>& claims, const division_bounds& bounds) {
  auto shares = divider{claims, bounds}.run();
  wave_finder waves{claims};
  for (std::size_t i = 0; i < claims.size(); ++i) shares[i].wave = static_cast<std::uint32_t>(waves.wave(i));
  return shares;
}

std::vector<std::vector<std::size_t>> waves_of(const std::vector<warming_claim>& claims) {
  std::map<std::size_t, std::vector<std::size_t>> by_number;  // a cut circle may leave a number out
  wave_finder finder{claims};
  for (std::size_t i = 0; i < claims.size(); ++i) by_number[finder.wave(i)].push_back(i);
  std::vector<std::vector<std::size_t>> waves;
  for (auto& [number, members] : by_number) {
    std::stable_sort(members.begin(), members.end(),
                     [&](std::size_t a, std::size_t b) { return claims[a].hit_ratio < claims[b].hit_ratio; });
    waves.push_back(std::move(members));
  }
  return waves;
}

}  // namespace stoker
