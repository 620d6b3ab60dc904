// A predictor's model as it is kept over restarts: plain vectors, so that history can store it.
//
// Shapes: `keys` by number; facts, and successors list after list in the order of the keys, run in parallel.
// What is cheap to learn again (open questions, contexts, the shadow directory) is left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stoker {

struct predictor_model {
  std::uint32_t clock = 0;
  std::vector<std::string> keys{};
  std::vector<std::uint32_t> last_demands{};
  std::vector<std::uint8_t> demands{};
  std::vector<std::uint8_t> last_gaps{};
  std::vector<std::uint8_t> occurrences{};
  std::vector<std::uint8_t> list_lengths{};
  std::vector<std::uint32_t> successors{};  // numbers of keys
  std::vector<std::uint32_t>
      successor_facts{};  // a byte each, lowest first: count (and rank, 2 bits), history, proposed, used
  std::vector<float> weights{};
  std::vector<std::uint16_t> lessons{};
  std::vector<float> later_shares{};
  std::vector<float> calibration{};
  std::vector<std::uint32_t>
      episodes{};  // would-misses in order: number of the key, gap before it in bits 24 to 31
  std::uint64_t baseline_demands = 0;
  std::uint64_t baseline_misses = 0;
};

// Format, msgpack: an array [version, fields in the order above]; version is 2; vectors of numbers are
// binary, little-endian. A later version may append elements: a reader takes those it knows.
std::string encode_model(const predictor_model& model);

// Empty when the bytes are not a model of a version known here, or contradict themselves.
std::optional<predictor_model> decode_model(std::string_view bytes);

}  // namespace stoker
