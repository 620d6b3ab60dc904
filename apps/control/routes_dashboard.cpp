// The dashboard: files that are built into the library.
#include "apps/control/dashboard/assets.hpp"
#include "apps/control/service.hpp"

namespace stoker::control {

namespace {

void answer_asset(const dashboard_asset& asset, const incoming& request, httplib::Response& into) {
  into.set_header("ETag", std::string{asset.etag});
  into.set_header("Cache-Control", "no-cache");
  into.set_header("Content-Security-Policy", std::string{dashboard_policy});
  if (request.http.get_header_value("If-None-Match") == asset.etag) {
    into.status = 304;
    return;
  }
  into.status = 200;
  into.set_content(asset.content.data(), asset.content.size(), std::string{asset.content_type});
}

}  // namespace

void add_dashboard_routes(std::vector<route>& into) {
  for (const auto& asset : dashboard_assets())
    into.push_back(
        {"GET", std::string{asset.path}, access_kind::probe,
         [&asset](const incoming& request, httplib::Response& to) { answer_asset(asset, request, to); }});
}

}  // namespace stoker::control
