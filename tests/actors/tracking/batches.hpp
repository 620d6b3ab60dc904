// Builds access batches for tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/access.hpp"
#include "messages/key.hpp"

namespace stoker::test {

inline access_record& append(access_batch& batch, std::string_view key, std::uint64_t stream = 1,
                             access_outcome outcome = access_outcome::hit) {
  access_record& record = batch.records.emplace_back();
  record.stamp = batch.records.size();
  record.hash = hash_key(key);
  record.stream = stream;
  record.key_offset = static_cast<std::uint32_t>(batch.bytes.size());
  record.key_size = static_cast<std::uint32_t>(key.size());
  record.outcome = outcome;
  batch.bytes.append(key);
  return record;
}

inline access_batch make_batch(time_point at, const std::vector<std::string>& keys,
                               const std::string& cache = "pages") {
  access_batch batch;
  batch.cache = cache;
  batch.taken_at = at;
  for (const auto& key : keys) append(batch, key);
  return batch;
}

}  // namespace stoker::test
