#include "apps/control/run_board.hpp"

#include "apps/control/json_warming.hpp"

namespace stoker::control {

namespace {

constexpr std::size_t most_remembered = 100;
constexpr auto cancel_again = std::chrono::milliseconds{200};

const char* word_of(run_phase phase) {
  return phase == run_phase::running ? "running" : phase == run_phase::completed ? "completed" : "failed";
}

}  // namespace

json to_json(const run_entry& x) {
  return {{"id", x.id},
          {"kind", x.kind},
          {"cache", x.cache},
          {"state", word_of(x.phase)},
          {"started_at", instant(x.started_at)},
          {"ended_at", instant(x.ended_at)},
          {"progress", x.progress ? to_json(*x.progress) : json{}},
          {"report", x.report},
          {"problem", x.failure ? to_json(*x.failure) : json{}},
          {"location", "/warming/runs/" + std::to_string(x.id)}};
}

run_board::run_board(std::size_t most, clock_function now, std::function<void(const std::string&)> cancel)
    : most_(most), now_(std::move(now)), cancel_(std::move(cancel)) {}

run_board::~run_board() {
  stop();
}

void run_board::join_ended(std::unique_lock<std::mutex>& guard) {
  std::vector<std::thread> over;
  for (auto id : ended_) over.push_back(std::move(threads_.extract(id).mapped()));
  ended_.clear();
  guard.unlock();
  for (auto& thread : over) thread.join();
  guard.lock();
}

void run_board::forget_oldest() {
  for (auto each = entries_.begin(); each != entries_.end() && entries_.size() > most_remembered;)
    each = each->second.phase == run_phase::running ? std::next(each) : entries_.erase(each);
}

std::uint64_t run_board::start(const std::string& kind, const std::string& cache,
                               std::function<json(const report_progress&)> work) {
  std::unique_lock guard{mutex_};
  join_ended(guard);
  if (stopped_) throw refused{{503, "stopped", "The server is being stopped."}};
  if (threads_.size() >= most_)
    throw refused{{503,
                   "unavailable",
                   std::to_string(most_) + " runs go on that requests started, and no more may.",
                   {},
                   {},
                   1}};
  const auto id = ++last_;
  auto& entry = entries_[id];
  entry.id = id;
  entry.kind = kind;
  entry.cache = cache;
  entry.started_at = now_();
  forget_oldest();
  threads_.emplace(id, [this, id, work = std::move(work)] { run(id, work); });
  return id;
}

void run_board::run(std::uint64_t id, const std::function<json(const report_progress&)>& work) {
  try {
    settle(id, work([this, id](const warm_progress& made) {
             std::lock_guard guard{mutex_};
             entries_[id].progress = made;
           }),
           std::nullopt);
  } catch (const refused& failure) {
    settle(id, nullptr, failure.why());
  } catch (const error& failure) {
    settle(id, nullptr, problem_of(failure));
  } catch (const std::exception& failure) {
    settle(id, nullptr, problem{500, "internal", failure.what()});
  }
}

void run_board::settle(std::uint64_t id, json report, std::optional<problem> failure) {
  std::lock_guard guard{mutex_};
  auto& entry = entries_[id];
  entry.phase = failure ? run_phase::failed : run_phase::completed;
  entry.ended_at = now_();
  entry.report = std::move(report);
  entry.failure = std::move(failure);
  ended_.push_back(id);
  changed_.notify_all();
}

std::optional<run_entry> run_board::wait(std::uint64_t id, duration at_most) {
  std::unique_lock guard{mutex_};
  const auto over = [&] {
    const auto found = entries_.find(id);
    return found == entries_.end() || found->second.phase != run_phase::running;
  };
  changed_.wait_for(guard, at_most, over);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return std::nullopt;
  return found->second;
}

std::vector<run_entry> run_board::all() const {
  std::lock_guard guard{mutex_};
  std::vector<run_entry> result;
  for (const auto& [id, entry] : entries_) result.push_back(entry);
  return result;
}

std::size_t run_board::running() const {
  std::lock_guard guard{mutex_};
  return threads_.size() - ended_.size();
}

void run_board::stop() {
  std::vector<std::string> caches;
  {
    std::lock_guard guard{mutex_};
    stopped_ = true;
    for (const auto& [id, entry] : entries_)
      if (entry.phase == run_phase::running) caches.push_back(entry.cache);
  }
  std::unique_lock guard{mutex_};
  // Again and again: a run that has just begun may not be there yet to be cancelled.
  do {
    guard.unlock();
    for (const auto& cache : caches) cancel_(cache);
    guard.lock();
  } while (!changed_.wait_for(guard, cancel_again, [this] { return ended_.size() == threads_.size(); }));
  join_ended(guard);
}

}  // namespace stoker::control
