// Pages change at their origin, and are purged by others and through Stoker, while Stoker fills and refreshes
// an HTTP cache.
//
// No fence can be declared there: what is stored is what the cache's origin answered, whoever asked. So a
// purge may be overtaken, and what may not be is a page that is older than its own lifetime allows.
#include <array>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <mutex>
#include <random>
#include <thread>

#include "storage/http/http_client.hpp"
#include "tests/storage/caches/http_proxies.hpp"
#include "tests/storage/caches/remote_suite.hpp"

namespace stoker::test {

using namespace stoker::remote_suite;

namespace http_race_suite {

using clock_type = std::chrono::steady_clock;

constexpr std::uint64_t least_operations = 100'000;
constexpr std::size_t page_count = 128;
// The lifetime of a second, nginx's steps of a second, and as long again for a busy machine.
constexpr auto oldest = std::chrono::seconds{4};

class changing_page {
 public:
  void change() {
    std::lock_guard guard{mutex_};
    since_.push_back(clock_type::now());
  }
  std::size_t version() const {
    std::lock_guard guard{mutex_};
    return since_.size();
  }
  // For how long that version had been replaced at a moment.
  duration age(std::size_t version, clock_type::time_point at) const {
    std::lock_guard guard{mutex_};
    if (version >= since_.size() || since_[version] >= at) return {};
    return at - since_[version];
  }

 private:
  mutable std::mutex mutex_;
  std::vector<clock_type::time_point> since_;  // when each version was replaced
};

class race {
 public:
  race() : server_(nginx.make(origin_.port())), stoker_(server_->config()) {}

  void run() {
    std::thread first{[this] { be_users(1); }};
    std::thread second{[this] { be_users(2); }};
    warm();
    first.join();
    second.join();
  }

  std::atomic<std::uint64_t> operations{0}, changes{0}, stored{0}, present{0}, failures{0}, too_old{0};

 private:
  static std::string name_of(std::size_t page) { return "race-" + std::to_string(page); }

  said_answer respond(const heard_request& heard) const {
    const auto at = heard.target.find('-');
    if (at == std::string::npos) return answer(404, "");  // is it there yet?
    const auto number = std::stoul(heard.target.substr(at + 1));
    return answer(200, std::to_string(pages_[number].version()), "Cache-Control: max-age=1\r\n");
  }

  void warm() {
    std::minstd_rand random{3};
    for (int round = 0; operations < least_operations; ++round) {
      std::vector<std::string> names(round % 16 == 0 ? 4 : 32);
      for (auto& name : names) name = name_of(random() % page_count);
      std::vector<remote_entry> batch;
      for (const auto& name : names) batch.push_back(entry(name, ""));
      for (const auto& outcome :
           round % 16 == 0 ? stoker_.refresh(batch, soon()) : stoker_.fill(batch, soon())) {
        stored += outcome.result == fill_result::stored;
        present += outcome.result == fill_result::present;
        failures += outcome.why != trouble::none;
      }
      operations += names.size();
    }
  }

  // Others who read, and now and then change.
  void be_users(unsigned seed) {
    std::minstd_rand random{seed};
    http_cache others{server_->config()};
    http_client client{{}};
    for (int i = 0; operations < least_operations; ++i, ++operations) {
      const auto number = random() % page_count;
      read(client, number);
      if (i % 16 != 0) continue;
      pages_[number].change();
      ++changes;
      const auto name = name_of(number);
      const std::string_view key = name;
      auto& by = random() % 2 == 0 ? others : stoker_;
      if (random() % 4 != 0) failures += by.invalidate(std::span{&key, 1}, soon()).why != trouble::none;
    }
  }

  void read(http_client& client, std::size_t number) {
    http_request request;
    request.url = server_->url() + "/" + name_of(number);
    request.headers = {"Accept-Language: de"};
    const auto at = clock_type::now();
    const auto got = client.perform(request, soon());
    if (got.status != 200)
      ++failures;
    else
      too_old += pages_[number].age(std::stoul(got.body), at) > oldest;
  }

  std::array<changing_page, page_count> pages_;
  http_server origin_{[this](const heard_request& heard) { return respond(heard); }};
  std::unique_ptr<proxy> server_;
  http_cache stoker_;
};

}  // namespace http_race_suite

BOOST_AUTO_TEST_SUITE(http_race_suite)

BOOST_AUTO_TEST_CASE(no_page_in_nginx_gets_older_than_its_lifetime_however_fills_and_changes_race) {
  if (!nginx.installed()) return;
  race both;
  both.run();
  BOOST_TEST_MESSAGE(both.operations << " operations; " << both.changes << " changes, stored " << both.stored
                                     << ", present " << both.present);
  BOOST_TEST(both.operations >= least_operations);
  BOOST_TEST(both.changes > 100u);
  BOOST_TEST(both.stored > 100u);
  BOOST_TEST(both.present > 100u);
  BOOST_TEST(both.failures == 0u);
  BOOST_TEST(both.too_old == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace stoker::test
