// Every type of the type-id block is filled with values that are not its defaults, sent through CAF's binary
// format as a message, and must come back as the same type with the same content. CAF would not notice a
// forgotten type.
#include <array>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <set>
#include <type_traits>
#include <utility>

#include "tests/fixtures/actor_fixture.hpp"

BOOST_AUTO_TEST_SUITE(message_types)

namespace {

using namespace stoker;

// An inspector that writes a different value into each field it is shown, however deep.
class filler {
 public:
  using result_type = void;

  template <class... Ts>
  void operator()(Ts&... fields) {
    (fill(fields), ...);
  }

  std::size_t fields() const noexcept { return next_; }

 private:
  void fill(std::string& x) { x = "text " + std::to_string(++next_) + std::string(1, '\0') + "\xff"; }
  void fill(bool& x) {
    ++next_;
    x = !x;
  }
  void fill(duration& x) { x = duration{static_cast<std::int64_t>(++next_)}; }
  void fill(time_point& x) { x = time_point{duration{static_cast<std::int64_t>(++next_)}}; }

  template <class A, class B>
  void fill(std::pair<A, B>& x) {
    fill(x.first);
    fill(x.second);
  }

  template <class T, std::size_t N>
  void fill(std::array<T, N>& xs) {
    for (auto& x : xs) fill(x);
  }

  template <class T>
  void fill(std::vector<T>& xs) {
    xs.resize(2);
    for (auto& x : xs) fill(x);
  }

  template <class T>
  void fill(T& x) {
    if constexpr (std::is_enum_v<T>) {
      ++next_;
      x = static_cast<T>(1);
    } else if constexpr (std::is_arithmetic_v<T>) {
      x = static_cast<T>(++next_);
    } else {
      inspect(*this, x);
    }
  }

  std::size_t next_ = 0;
};

class round_trip : public test::actor_fixture {
 public:
  std::vector<char> bytes_of(caf::message message) {
    std::vector<char> buffer;
    caf::binary_serializer sink{sys, buffer};
    if (auto failure = sink(message)) BOOST_FAIL("not serialised: " + caf::to_string(failure));
    return buffer;
  }

  template <class T>
  void check() {
    T sent{};
    filler fill;
    inspect(fill, sent);
    const auto there = bytes_of(caf::make_message(sent));
    caf::message received;
    caf::binary_deserializer source{sys, there};
    if (auto failure = source(received)) BOOST_FAIL("not deserialised: " + caf::to_string(failure));
    const std::string name = caf::type_name<T>::value;
    BOOST_REQUIRE_MESSAGE(received.match_elements<T>(), name + " came back as another type");
    BOOST_CHECK_MESSAGE(bytes_of(received) == there, name + " came back with other content");
    T untouched{};
    if (fill.fields() > 0)
      BOOST_CHECK_MESSAGE(bytes_of(caf::make_message(untouched)) != there,
                          name + " lost its content on the way");
    names.insert(name);
  }

  template <std::size_t... Is>
  void check_all(std::index_sequence<Is...>) {
    (check<typename caf::type_by_id<caf::id_block::stoker::begin + Is>::type>(), ...);
  }

  std::set<std::string> names;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(every_type_comes_back_as_it_was_sent, round_trip) {
  constexpr auto count = static_cast<std::size_t>(caf::id_block::stoker::end - caf::id_block::stoker::begin);
  static_assert(count > 40);
  check_all(std::make_index_sequence<count>{});
  BOOST_TEST(names.size() == count);  // no two types share a name
}

BOOST_FIXTURE_TEST_CASE(a_batch_keeps_its_records_in_order, round_trip) {
  access_batch batch;
  batch.cache = "pages";
  batch.bytes = "ab";
  batch.records.push_back({.stamp = 1, .key_offset = 0, .key_size = 1});
  batch.records.push_back({.stamp = 2, .key_offset = 1, .key_size = 1});
  const auto buffer = bytes_of(caf::make_message(batch));
  caf::message received;
  caf::binary_deserializer source{sys, buffer};
  BOOST_REQUIRE(!source(received));
  const auto& back = received.get_as<access_batch>(0);
  BOOST_TEST(back.key(back.records[0]) == "a");
  BOOST_TEST(back.key(back.records[1]) == "b");
}

BOOST_AUTO_TEST_CASE(an_error_keeps_its_text) {
  const auto failure = make_error(errc::no_such_cache, "no cache \"x\"; known are: pages");
  BOOST_TEST(describe(failure) == "no cache \"x\"; known are: pages");
  BOOST_TEST(describe(caf::make_error(caf::sec::request_timeout)).find("timeout") != std::string::npos);
  BOOST_TEST(std::string{to_string(errc::busy)} == "busy");
}

BOOST_AUTO_TEST_CASE(every_error_code_has_a_name_of_its_own) {
  std::set<std::string> names;
  for (auto code = errc::none; code <= errc::stopped; code = static_cast<errc>(static_cast<int>(code) + 1))
    names.insert(to_string(code));
  BOOST_TEST(names.size() == static_cast<std::size_t>(errc::stopped) + 1);
  BOOST_TEST(!names.contains("unknown"));
}

BOOST_AUTO_TEST_SUITE_END()
