#include "storage/caches/remote/server_link.hpp"

#include <unistd.h>

#include <vector>

#include "messages/error.hpp"
#include "messages/key.hpp"

namespace stoker {

namespace {

constexpr duration greeting_time = std::chrono::seconds{5};
constexpr duration between_questions = std::chrono::milliseconds{100};

}  // namespace

server_link::server_link(endpoint where, greeting hello)
    : where_(std::move(where)),
      hello_(std::move(hello)),
      // Differs between processes, which is all that is asked of it.
      random_(
          static_cast<std::uint_fast32_t>(hash_key(where_.shown()) + static_cast<std::uint64_t>(getpid()))) {
  if (!where_.tls) return;
  if (!where_.socket_path.empty())
    throw error{errc::invalid_argument, where_.shown() + ": TLS is for TCP; a Unix socket has none"};
  tls_context{*where_.tls};  // says at once which file can't be used
}

trouble server_link::note(trouble what, const std::string& text) {
  if (what != trouble::none) error_ = where_.shown() + ": " + text;
  return what;
}

trouble server_link::connect(steady_time deadline) {
  const auto now = std::chrono::steady_clock::now();
  if (!backoff_.may_try(now)) return trouble::unavailable;
  auto result = note(stream_.open(where_, deadline), stream_.error());
  std::string refusal;
  if (result == trouble::none) {
    result = hello_(stream_, deadline, refusal);
    note(result, refusal.empty() ? stream_.error() : refusal);
  }
  if (result == trouble::none) {
    backoff_.worked();
    ++connections_;
  } else {
    stream_.close();
    backoff_.failed(now, std::uniform_real_distribution<double>{0, 1}(random_));
  }
  return result;
}

trouble server_link::converse(const conversation_maker& make, steady_time deadline) {
  turn mine{this, make};
  converse_all({&mine, 1}, deadline);
  return mine.came;
}

void server_link::exchange_all(std::span<turn* const> turns, steady_time deadline) {
  std::vector<socket_stream::talk> talks;
  for (auto* each : turns) {
    auto made = each->make();
    talks.push_back({std::move(made.commands), std::move(made.answers), &each->link->stream_});
  }
  std::vector<socket_stream::talk*> all;
  for (auto& each : talks) all.push_back(&each);
  socket_stream::exchange_all(all, deadline);
  for (std::size_t i = 0; i < talks.size(); ++i)
    turns[i]->came = turns[i]->link->note(talks[i].came, turns[i]->link->stream_.error());
}

void server_link::converse_all(std::span<turn> turns, steady_time deadline) {
  auto now = std::chrono::steady_clock::now();
  std::vector<turn*> open, others;
  for (auto& each : turns) {
    if (now >= deadline)
      each.came = each.link->note(trouble::timed_out, "the deadline had passed before anything was sent");
    else
      (each.link->stream_.is_open() ? open : others).push_back(&each);
  }
  exchange_all(open, deadline);
  for (auto* each : open)
    if (each->came == trouble::unavailable && !each->link->stream_.answered()) others.push_back(each);
  std::vector<turn*> connected;
  for (auto left = others.size(); auto* each : others) {
    now = std::chrono::steady_clock::now();
    each->came = each->link->connect(now + (deadline - now) / static_cast<std::int64_t>(left--));
    if (each->came == trouble::none) connected.push_back(each);
  }
  exchange_all(connected, deadline);
}

trouble server_link::listen(std::string_view command, const answer_sink& answers,
                            const std::function<bool()>& go_on) {
  close();
  const auto now = [] { return std::chrono::steady_clock::now(); };
  auto result = connect(now() + greeting_time);
  if (result != trouble::none) return result;
  auto reached = progress::more;
  result = stream_.exchange(
      [command](std::string& out) {
        out += command;
        return false;
      },
      [&](std::string_view bytes) {
        reached = answers(bytes);
        return reached == progress::more ? progress::done : reached;  // what follows is no answer
      },
      now() + greeting_time);
  while (result == trouble::none && reached == progress::more && go_on())
    result = stream_.receive([&](std::string_view bytes) { return reached = answers(bytes); },
                             now() + between_questions);
  note(result, stream_.error());
  close();
  return result;
}

}  // namespace stoker
