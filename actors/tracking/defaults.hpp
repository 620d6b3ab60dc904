// All defaults of tracking in one place, each with its unit and its reason.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "messages/time.hpp"

namespace stoker::tracking_defaults {

// Recorder.
inline constexpr std::size_t ring_bytes =
    512 * 1024;  // about 8,000 accesses of a 32-byte key: 20 ms at 0.4 M/s a thread
inline constexpr std::size_t max_rings =
    256;  // threads that record into one cache at a time: 128 MiB at most

// Collector.
inline constexpr duration busy_interval =
    std::chrono::milliseconds{1};  // how late a hit reaches the predictor
inline constexpr duration idle_interval =
    std::chrono::milliseconds{20};                      // a ring takes a burst for that long
inline constexpr std::uint32_t batch_records = 4096;    // about 256 KiB: fits the second-level cache
inline constexpr std::uint32_t batches_in_flight = 16;  // to one peer: 4 MiB of a stalled peer's mailbox
inline constexpr duration peer_timeout = std::chrono::seconds{5};  // after which a peer counts as stalled

// Tracker.
inline constexpr std::uint64_t max_keys = 10'000'000;   // over all shards: at most 1.6 GB, their bytes apart
inline constexpr std::uint64_t hot_keys = 100'000;      // over all shards
inline constexpr std::uint64_t max_subjects = 100'000;  // over all shards
inline constexpr std::uint32_t keys_per_subject = 64;   // most recent first
inline constexpr duration rate_half_life =
    std::chrono::hours{6};  // a popular key stays one over a night's quiet hours
inline constexpr duration write_interval = std::chrono::milliseconds{500};  // half of the loss window of 1 s
inline constexpr std::uint32_t write_keys = 2000;  // in one history_write: some 500 KB
inline constexpr std::uint32_t page_keys = 2000;   // asked for at a time while restoring
inline constexpr duration historian_timeout = std::chrono::seconds{5};
inline constexpr duration first_retry = std::chrono::milliseconds{100};  // doubles up to last_retry
inline constexpr duration last_retry = std::chrono::seconds{5};
inline constexpr duration flush_deadline =
    std::chrono::seconds{10};                                       // then a flush is answered with an error
inline constexpr duration question_wait = std::chrono::seconds{4};  // for history to be read: askers wait 5 s

}  // namespace stoker::tracking_defaults
