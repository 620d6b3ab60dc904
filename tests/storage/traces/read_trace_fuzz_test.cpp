#include <boost/test/unit_test.hpp>

#include <random>
#include <string>
#include <vector>

#include "storage/traces/byte_source.hpp"
#include "storage/traces/read_trace.hpp"
#include "storage/traces/write_trace.hpp"
#include "tests/storage/traces/trace_files.hpp"

BOOST_AUTO_TEST_SUITE(read_trace_fuzz_test)

namespace {

using namespace std::string_view_literals;
using namespace stoker;

constexpr int mutations_per_seed_input = 4000;
constexpr std::size_t plain_inputs = 2;  // the first ones of seed_inputs()

// Gives the bytes a few at a time, so that every line and every compressed block is cut somewhere.
class trickle final : public byte_source {
 public:
  trickle(std::string bytes, std::size_t step) : bytes_(std::move(bytes)), step_(step) {}

  std::size_t read(std::span<char> out) override {
    const auto got = bytes_.copy(out.data(), std::min(out.size(), step_), position_);
    position_ += got;
    return got;
  }

 private:
  std::string bytes_;
  std::size_t step_;
  std::size_t position_ = 0;
};

std::string mutated(std::string bytes, std::mt19937& random) {
  constexpr auto telling = "\",\n\r\0\xff 09.-aifkey\x1f\x8b\x28\xb5\x2f\xfd"sv;
  const auto edits = 1 + random() % 4;
  for (unsigned i = 0; i < edits && !bytes.empty(); ++i) {
    const auto position = random() % bytes.size();
    const char c = telling[random() % telling.size()];
    switch (random() % 6) {
      case 0:
        bytes[position] = c;
        break;
      case 1:
        bytes.insert(position, 1, c);
        break;
      case 2:
        bytes.erase(position, 1 + random() % 8);
        break;
      case 3:
        bytes.resize(position);
        break;
      case 4:
        bytes[position] = static_cast<char>(bytes[position] ^ (1 << random() % 8));
        break;
      default: {
        const auto from = random() % bytes.size();
        bytes.insert(position, bytes.substr(from, random() % 64));
      }
    }
  }
  return bytes;
}

std::vector<std::string> seed_inputs() {
  const std::string text = "a\nb\nkey with spaces\r\na\n";
  const std::string csv = "time,size,key,subject\n1.5,10,\"a,b\",u\n2,20,\"say \"\"x\"\"\n\",v\r\n3e2,7,c,\n";
  std::vector<std::string> inputs{text, csv};
  const test::temporary_folder folder;
  const auto t = read_trace(from_memory(csv), "t.csv");
  for (const auto* name : {"t.csv.gz", "t.csv.zst"}) {
    write_trace(folder.path() / name, t);
    inputs.push_back(test::read_bytes(folder.path() / name));
  }
  return inputs;
}

void check_consistent(const trace& t) {
  for (const auto id : t.accesses) BOOST_REQUIRE_LT(id, t.keys.size());
  for (const auto id : t.subjects) BOOST_REQUIRE_LT(id, t.subject_names.size());
  BOOST_REQUIRE(t.times.empty() || t.times.size() == t.accesses.size());
  BOOST_REQUIRE(t.sizes.empty() || t.sizes.size() == t.accesses.size());
  BOOST_REQUIRE(t.subjects.empty() || t.subjects.size() == t.accesses.size());
}

// What reading comes to, as one string: equal outcomes compare equal.
std::string outcome(std::unique_ptr<byte_source> bytes) {
  try {
    const auto t = read_trace(std::move(bytes), "t.csv", {.record_bytes = 256});
    check_consistent(t);
    std::string keys = "keys:";
    for (const auto id : t.accesses) (keys += '|') += t.keys[id];
    return keys;
  } catch (const trace_error& e) {
    return e.what();
  }
}

}  // namespace

// Anything else than a trace or a trace_error ends the test: another exception, a crash, a sanitizer's
// report.
BOOST_AUTO_TEST_CASE(mutated_files_read_as_a_trace_or_end_in_a_trace_error) {
  std::mt19937 random(20240229);
  int traces = 0, errors = 0;
  for (const auto& input : seed_inputs()) {
    for (int i = 0; i < mutations_per_seed_input; ++i) {
      ++(outcome(from_memory(mutated(input, random))).starts_with("keys:") ? traces : errors);
    }
  }
  BOOST_CHECK_GT(traces, 300);
  BOOST_CHECK_GT(errors, 3000);
}

// How far damaged compressed bytes can be read depends on how they arrive, so errors there may name another
// line.
BOOST_AUTO_TEST_CASE(how_the_bytes_arrive_does_not_matter) {
  std::mt19937 random(7);
  const auto inputs = seed_inputs();
  for (std::size_t n = 0; n < inputs.size(); ++n) {
    for (int i = 0; i < mutations_per_seed_input / 8; ++i) {
      const auto bytes = mutated(inputs[n], random);
      const auto whole = outcome(from_memory(bytes));
      const auto piecewise = outcome(std::make_unique<trickle>(bytes, 1 + random() % 7));
      const bool compressed = n >= plain_inputs;
      if (compressed && !whole.starts_with("keys:")) {
        BOOST_REQUIRE(!piecewise.starts_with("keys:"));
      } else {
        BOOST_REQUIRE_EQUAL(piecewise, whole);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
