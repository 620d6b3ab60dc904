#include "actors/warming/strategies/builtin_strategies.hpp"

#include <iterator>

#include "actors/warming/strategies/by_expiry.hpp"
#include "actors/warming/strategies/by_kind.hpp"
#include "actors/warming/strategies/by_order.hpp"
#include "actors/warming/strategies/by_relation.hpp"
#include "actors/warming/strategies/by_subject.hpp"
#include "actors/warming/strategies/by_usage.hpp"

namespace stoker {

std::vector<strategy> builtin_strategies() {
  std::vector<strategy> all;
  for (auto family : {strategies_by_usage, strategies_by_kind, strategies_by_relation, strategies_by_order,
                      strategies_by_subject, strategies_by_expiry}) {
    auto members = family();
    std::move(members.begin(), members.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace stoker
