#include "messages/type_ids.hpp"

#include <caf/atom.hpp>
#include <caf/exit_reason.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>
#include <caf/system_messages.hpp>

namespace stoker {

namespace {

constexpr auto category = caf::atom("stoker");

std::string render(std::uint8_t code, caf::atom_value, const caf::message& context) {
  if (context.match_elements<std::string>()) return context.get_as<std::string>(0);
  return to_string(static_cast<errc>(code));
}

}  // namespace

void register_types(caf::actor_system_config& config) {
  config.add_message_types<caf::id_block::stoker>();
  config.add_error_category(category, render);
}

caf::error make_error(errc code, const std::string& text) {
  return caf::error{static_cast<std::uint8_t>(code), category, caf::make_message(text)};
}

errc code_of(const caf::error& failure) {
  if (failure.category() == category) return static_cast<errc>(failure.code());
  if (failure == caf::sec::request_timeout) return errc::timed_out;
  return errc::unavailable;
}

std::string describe(const caf::error& failure) {
  if (failure.category() == category) return render(failure.code(), category, failure.context());
  if (failure.category() == caf::atom("system"))
    return std::string{caf::to_string(static_cast<caf::sec>(failure.code()))};
  if (failure.category() == caf::atom("exit"))
    return caf::to_string(static_cast<caf::exit_reason>(failure.code()));
  return caf::to_string(failure.category()) + " error " + std::to_string(failure.code());
}

}  // namespace stoker
