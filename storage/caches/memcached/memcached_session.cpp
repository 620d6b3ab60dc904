#include "storage/caches/memcached/memcached_session.hpp"

#include <charconv>
#include <utility>

#include "messages/error.hpp"

namespace stoker {

memcached_session::memcached_session(memcached_config given)
    : server_session(given.where, [this](socket_stream& stream, steady_time deadline,
                                         std::string& error) { return greet(stream, deadline, error); }),
      config(std::move(given)) {
  if (config.where.socket_path.empty() && (config.where.host.empty() || config.where.port == 0))
    throw error{errc::invalid_argument, "memcached: give a socket's path, or host and port"};
  if (config.user.empty() != config.password.empty())
    throw error{errc::invalid_argument, "memcached: give both user and password, or neither"};
}

std::optional<meta_key> memcached_session::encode(std::string_view key) const {
  return encode_meta_key(config.key_prefix + std::string{key});
}

// Authenticates, or says something that only memcached answers.
trouble memcached_session::greet(socket_stream& stream, steady_time deadline, std::string& error) const {
  const auto secret = config.user + " " + config.password;
  const auto out = config.user.empty()
                       ? std::string{"mn\r\n"}
                       : "set auth 0 0 " + std::to_string(secret.size()) + "\r\n" + secret + "\r\n";
  auto refused = trouble::none;
  meta_reader replies{1, [&](std::size_t, const meta_reply& reply) {
                        refused = trouble_of(reply);
                        if (refused == trouble::none && reply.line != "MN" && reply.line != "STORED")
                          refused = trouble::garbled;
                        if (refused != trouble::none) error = reply.line;
                      }};
  const auto talked = greet_with(stream, out, replies, deadline);
  return refused != trouble::none ? refused : talked;
}

std::size_t memcached_session::run(std::size_t items, const append_function& append,
                                   const reply_function& on_reply, steady_time deadline, trouble& failed) {
  if (items == 0) return 0;
  const append_function marked = [&append](std::string& out, std::size_t item) {
    if (item == 0) append_own_mark(out);
    append(out, item);
  };
  const auto replied = talk<meta_reader>(items, items, marked, on_reply, deadline, failed);
  if (failed == trouble::none) ++own.misses;  // by the mark
  return replied;
}

trouble memcached_session::read_statistics(statistics& found, steady_time deadline) {
  auto refused = trouble::none;
  const auto make = [&]() -> server_link::conversation {
    found.clear();
    auto replies =
        std::make_shared<meta_reader>(meta_reader::until_end, [&](std::size_t, const meta_reply& reply) {
          if (const auto what = trouble_of(reply); what != trouble::none) refused = what;
          const auto name = reply.line.find(' ');
          const auto end = name == std::string_view::npos ? name : reply.line.find(' ', name + 1);
          if (reply.code() == "STAT" && end != std::string_view::npos)
            found.emplace(reply.line.substr(name + 1, end - name - 1), reply.line.substr(end + 1));
        });
    return {[](std::string& out) {
              out += "stats\r\n";
              return false;
            },
            [replies, &refused](std::string_view bytes) {
              const auto reached = replies->feed(bytes);
              return refused != trouble::none ? progress::garbled : reached;
            }};
  };
  const auto failed = link.converse(make, deadline);
  return refused != trouble::none ? refused : failed;
}

std::string memcached_session::process_of(const statistics& found) {
  const auto pid = found.find("pid");
  const auto uptime = number_of(found, "uptime");
  const auto name = pid == found.end() ? std::string{} : pid->second;
  // In a container every server is process 1.
  if (processes_ == 0 || name != pid_ || uptime < uptime_) {
    ++processes_;
    own = {};
  }
  pid_ = name;
  uptime_ = uptime;
  return std::to_string(processes_);
}

std::uint64_t number_of(const memcached_session::statistics& found, std::string_view name) {
  std::uint64_t number = 0;
  if (const auto at = found.find(name); at != found.end())
    std::from_chars(at->second.data(), at->second.data() + at->second.size(), number);
  return number;
}

}  // namespace stoker
