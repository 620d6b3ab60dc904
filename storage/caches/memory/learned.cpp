#include "storage/caches/memory/learned.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

#include "messages/bring.hpp"

namespace stoker {

namespace {

constexpr std::uint64_t seed = 0x243f6a8885a308d3;

constexpr std::uint32_t first_lessons = 256;  // open questions of a small cache
// Of all shards together, 4,096 at least: 2,048 cost 0.03 points, 8,192 gain nothing; of a shard, 1,024.
constexpr std::size_t lessons_of_cache = 4096;
constexpr std::size_t lessons_of_shard = 1024;
constexpr std::uint32_t accesses_per_lesson = 4;
constexpr std::uint32_t evictions_per_lesson = 3;
constexpr std::size_t likely_samples = 6;  // of the fresh ones; the rest are drawn evenly
// Residents from which on an eviction takes what the one before chose: a smaller cache is near the core
// anyway, and each eviction changes it more.
constexpr std::uint32_t ahead_from = 1024;
constexpr std::size_t ghosts_of_two_residents = 9;
// A small cache forgets soon, so it remembers more for each resident, up to so many in all: 0.06 points, and
// 0.15 where prefetches come too late to help.
constexpr std::size_t ghosts_of_a_resident_of_few = 32;
constexpr std::size_t ghosts_of_few = 8192;
constexpr std::uint32_t shortest_measurement = 16;  // evictions
// Accesses; a quarter of what the clock can tell apart.
constexpr std::uint64_t longest_residence = 1U << 30;
constexpr std::uint32_t horizon_residences = 2;  // how long a question stays open

// Where an entry's counters stop.
constexpr std::uint8_t most_counted = 63;

// Mixed anew: within a shard some bits of the hash are the same for all keys.
std::uint32_t fingerprint(std::uint64_t key_hash) {
  return static_cast<std::uint32_t>((key_hash * 0x9e3779b97f4a7c15U) >> 32);
}

std::size_t ghosts_wanted(std::size_t residents) {
  return std::max(ghosts_of_two_residents * residents / 2,
                  std::min(ghosts_of_a_resident_of_few * residents, ghosts_of_few));
}

std::uint8_t promise_of(float probability) {
  return static_cast<std::uint8_t>(
      std::clamp(static_cast<int>(probability * reuse_features::promises), 0, reuse_features::promises - 1));
}

// xorshift64 (Marsaglia, 2003): a sample needs speed, not quality.
std::uint64_t next_random(std::uint64_t& state) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

// 1 for a demand at once, 1/2 at an eighth of the horizon, 1/9 at its end: hits per time of room taken, so
// that what comes late still beats what never comes. A label that ends at one residence time lost loops twice
// the cache's size; one that stays flat lost 0.3 points elsewhere.
float label_of(std::uint32_t waited, std::uint32_t horizon) {
  constexpr float steepness = 8;
  return 1 / (1 + steepness * static_cast<float>(waited) / static_cast<float>(horizon));
}

}  // namespace

learned::learned(std::shared_ptr<reuse_model> model, std::size_t sharers)
    : lessons_(first_lessons),
      random_state_(seed),
      model_(std::move(model)),
      sharers_(sharers),
      most_lessons_(static_cast<std::uint32_t>(std::max(lessons_of_shard, lessons_of_cache / sharers))) {}

void learned::expect_missing(std::uint64_t key_hash) const noexcept {
  ghosts_.prefetch(fingerprint(key_hash));
}

void learned::inserted(slot s, std::uint64_t key_hash, bool prefetched, float probability) {
  if (s >= entries_.size()) {
    entries_.resize(s + 1);
    resident_.resize(s / 64 + 1);
  }
  assert(!is_resident(s));
  entry e;
  e.key = fingerprint(key_hash);
  e.last = clock_;
  e.asked = e.key != last_missed_;  // what was missed has its answers
  recall(e, prefetched);
  if (prefetched) {
    e.unused = 1;
    e.hits = promise_of(probability);
    e.prefetched_at = clock_;
  } else {
    if (e.frequency < most_counted) ++e.frequency;
  }
  entries_[s] = e;
  resident_[s / 64] |= std::uint64_t{1} << (s % 64);
  ++residents_;
}

// A demand that brings a key back ends a gap; a prefetch only brings back what was known.
void learned::recall(entry& e, bool prefetched) {
  const auto g = ghosts_.take(e.key);
  if (g.frequency == 0) return;
  e.frequency = std::min(g.frequency, most_counted) & most_counted;
  e.last_gap = prefetched ? g.last_gap : log2_eighths(clock_ - g.last);
  e.previous_gap = prefetched ? g.previous_gap : g.last_gap;
  if (!prefetched) return;
  e.last = g.last;
  e.foreseen = g.foreseen;
}

void learned::demanded(slot s, bool) {
  auto& e = entries_[s];
  ++clock_;
  if (e.asked) {
    e.asked = 0;
    learn_from(e.key);
  }
  go_on_asking();
  if (e.frequency > 0) {
    e.previous_gap = e.last_gap;
    e.last_gap = log2_eighths(clock_ - e.last);
  }
  e.last = clock_;
  e.foreseen = e.unused;
  if (e.unused) e.unused = e.hits = 0;
  if (e.frequency < most_counted) ++e.frequency;
  if (e.hits < most_counted) ++e.hits;
}

void learned::missed(std::uint64_t key_hash) {
  last_missed_ = fingerprint(key_hash);
  ghosts_.prefetch(last_missed_);
  ++clock_;
  learn_from(last_missed_);
  go_on_asking();
}

void learned::erased(slot s) {
  assert(is_resident(s));
  resident_[s / 64] &= ~(std::uint64_t{1} << (s % 64));
  --residents_;
  remember(entries_[s]);
}

void learned::remember(const entry& e) {
  if (e.frequency == 0) return;                            // never demanded: its last use is unknown
  ghosts_.reserve(ghosts_wanted(residents_ + 1), clock_);  // the one that leaves counts, too
  ghosts_.put({e.key, e.last, e.last_gap, e.previous_gap, e.frequency, e.foreseen != 0}, clock_);
}

eviction_policy::slot learned::victim() {
  assert(residents_ > 0);
  measure_residence();
  const bool ahead = residents_ >= ahead_from;
  if (!ahead) judge_drawn(no_slot);
  const slot chosen = take_worst();
  if (ahead) judge_drawn(chosen);
  draw();
  if (kept_count_ > 0) ghosts_.prefetch(entries_[kept_[0].at].key);
  if (++since_asked_victim_ >= interval(evictions_per_lesson, horizon_residences * residents_)) {
    since_asked_victim_ = 0;
    ask_about(chosen);
  }
  return chosen;
}

eviction_policy::slot learned::likely_victim() const {
  return kept_count_ > 0 && is_resident(kept_[0].at) ? kept_[0].at : no_slot;
}

// The worst is judged again when its turn comes: it may have been demanded meanwhile, or be another entry by
// now. Of the others, what was judged an eviction or two ago is good enough.
learned::slot learned::take_worst() {
  for (;;) {
    while (kept_count_ == 0) {
      draw();
      judge_drawn(no_slot);
    }
    const slot worst = pop_kept();
    if (!is_resident(worst)) continue;
    if (kept_count_ == 0 || judge(worst) <= kept_[0].score) return worst;
    keep(worst);
  }
}

learned::slot learned::pop_kept() {
  const slot first = kept_[0].at;
  std::copy(kept_.begin() + 1, kept_.begin() + kept_count_, kept_.begin());
  --kept_count_;
  return first;
}

void learned::judge_drawn(slot taken) {
  for (std::size_t i = 0; i < drawn_count_; ++i) {
    const slot s = likelier(drawn_[i]);
    if (s != taken && is_resident(s)) keep(s);
  }
  drawn_count_ = 0;
}

// An entry with hits gets a second draw against it: a look is cheap, a judgement is not.
learned::slot learned::likelier(const drawn_pair& drawn) const {
  return entries_[drawn.second].hits < entries_[drawn.first].hits ? drawn.second : drawn.first;
}

// Puts `s` among the kept by its score, unless they are full of worse ones.
void learned::keep(slot s) {
  const float score = judge(s);
  auto place = kept_count_;
  if (place == kept_candidates && kept_[--place].score <= score) return;
  for (std::size_t i = 0; i < kept_count_; ++i)
    if (kept_[i].at == s) return;
  for (; place > 0 && kept_[place - 1].score > score; --place) kept_[place] = kept_[place - 1];
  kept_[place] = {s, score};
  kept_count_ = std::min(kept_count_ + 1, kept_candidates);
}

// Draws the next eviction's candidates and starts to bring them here.
void learned::draw() {
  for (std::size_t i = 0; i < fresh_samples; ++i) {
    const std::uint64_t random = next_random(random_state_);
    auto& d = drawn_[i];
    d.first = d.second = resident_at(static_cast<std::uint32_t>(random >> 32));
    bring(&entries_[d.first]);
    if (i >= likely_samples) continue;
    d.second = resident_at(static_cast<std::uint32_t>(random));
    bring(&entries_[d.second]);
  }
  drawn_count_ = fresh_samples;
}

float learned::judge(slot s) const {
  return model_->score(facts_of(entries_[s]), scale_);
}

inline reuse_facts learned::facts_of(const entry& e) const {
  reuse_facts facts;
  facts.age = log2_eighths(clock_ - e.last);
  facts.last_gap = e.last_gap;
  facts.previous_gap = e.previous_gap;
  if (e.unused) {
    facts.since_prefetch = log2_eighths(clock_ - e.prefetched_at);
    facts.promise = e.hits;
  } else {
    facts.hits = e.hits;
  }
  facts.frequency = e.frequency;
  facts.unused = e.unused;
  facts.foreseen = e.foreseen;
  return facts;
}

void learned::go_on_asking() {
  if (residence_ == 0) return;
  if (lessons_.oldest_is_over(clock_, horizon_residences * residence_)) end_lessons();
  if (++since_asked_ < accesses_per_question_ || residents_ == 0) return;
  since_asked_ = 0;
  ask_about(resident_at(static_cast<std::uint32_t>(next_random(random_state_) >> 32)));
}

void learned::learn_from(std::uint32_t key) {
  const std::uint32_t horizon = horizon_residences * residence_;
  lessons_.demanded(key, clock_, [this, horizon](const auto& cells, std::uint32_t waited) {
    model_->learn(cells, label_of(waited, horizon));
  });
}

void learned::end_lessons() {
  lessons_.expire(clock_, horizon_residences * residence_,
                  [this](const auto& cells) { model_->learn(cells, 0); });
}

// Questions are spread over `span`, the time that one stays open, so that the ring does not fill in a burst.
std::uint32_t learned::interval(std::uint32_t shortest, std::uint32_t span) const {
  return std::max(shortest, span / (most_lessons_ / 4 * 3));
}

void learned::ask_about(slot s) {
  if (lessons_.full() && lessons_.capacity() < std::min<std::size_t>(most_lessons_, 2 * residents_))
    lessons_.grow();
  entries_[s].asked = 1;
  lessons_.ask(entries_[s].key, clock_, reuse_features::quantise(facts_of(entries_[s]), scale_));
}

// Residents / evictions per access, smoothed over measurements of a quarter of the residents each.
void learned::measure_residence() {
  if (residence_ == 0) {
    set_residence(clock_);
    return;
  }
  if (++measured_evictions_ < std::max(shortest_measurement, residents_ / 4)) return;
  const auto accesses = static_cast<std::uint64_t>(clock_ - measured_from_);
  set_residence((residence_ + accesses * residents_ / measured_evictions_) / 2);
}

void learned::set_residence(std::uint64_t accesses) {
  residence_ = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(accesses, 1, longest_residence));
  const auto log = log2_eighths(residence_);
  if (log != residence_log_) scale_ = residence_scale(residence_log_ = log);
  accesses_per_question_ = interval(accesses_per_lesson, horizon_residences * residence_);
  measured_from_ = clock_;
  measured_evictions_ = 0;
}

bool learned::is_resident(slot s) const {
  return (resident_[s / 64] >> (s % 64) & 1) != 0;
}

// The slot that a random number points to, or the next resident one after it.
eviction_policy::slot learned::resident_at(std::uint32_t random) const {
  const auto s = static_cast<slot>(random * std::uint64_t{entries_.size()} >> 32);
  return is_resident(s) ? s : next_resident(s);
}

// REQUIRES: there is one.
eviction_policy::slot learned::next_resident(slot s) const {
  auto word = s / 64;
  auto bits = resident_[word] & (~std::uint64_t{0} << (s % 64));
  while (bits == 0) {
    word = word + 1 == resident_.size() ? 0 : word + 1;
    bits = resident_[word];
  }
  return static_cast<slot>(word * 64) + static_cast<slot>(std::countr_zero(bits));
}

std::size_t learned::metadata_bytes() const {
  const std::size_t share_of_model = sizeof(reuse_model) / sharers_;
  return sizeof(*this) + share_of_model + entries_.capacity() * sizeof(entry) +
         resident_.capacity() * sizeof(std::uint64_t) + ghosts_.memory_bytes() + lessons_.memory_bytes();
}

}  // namespace stoker
