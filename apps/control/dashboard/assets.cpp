#include "apps/control/dashboard/assets.hpp"

#include <algorithm>

namespace stoker::control {

const dashboard_asset* find_dashboard_asset(std::string_view path) noexcept {
  auto assets = dashboard_assets();
  auto found =
      std::find_if(assets.begin(), assets.end(), [&](const auto& asset) { return asset.path == path; });
  return found == assets.end() ? nullptr : &*found;
}

}  // namespace stoker::control
