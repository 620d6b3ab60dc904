#include "apps/configuration/tls_keys.hpp"

namespace stoker::configuration {

namespace {

void check_files(section& from, const tls_settings& tls) {
  try {
    const tls_context context{tls};
  } catch (const error& mistake) {
    from.fail(mistake.what());
  }
}

}  // namespace

std::optional<tls_settings> read_tls(section& from) {
  const bool wanted = from.flag("tls").value_or(false);
  tls_settings tls;
  for (const auto& [key, text] :
       {std::pair{"ca", &tls.ca_file}, std::pair{"certificate", &tls.certificate_file},
        std::pair{"key", &tls.key_file}}) {
    *text = from.text(key).value_or("");
    if (!wanted && !text->empty()) from.fail(key, "goes with tls = true");
  }
  if (!wanted) return std::nullopt;
  check_files(from, tls);
  return tls;
}

std::optional<tls_settings> read_named_tls(section& from) {
  auto tls = read_tls(from);
  const auto name = from.text("server_name");
  if (name && !tls) from.fail("server_name", "goes with tls = true");
  if (tls) tls->server_name = name.value_or("");
  return tls;
}

}  // namespace stoker::configuration
