#include "actors/warming/plan.hpp"

#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "messages/key.hpp"

namespace stoker {

namespace {

constexpr char credit_separator = '+';  // no strategy's name has it

absl::string_view view(const std::string& text) {
  return {text.data(), text.size()};
}

double probability_of(const candidate& item) {
  return std::isnan(item.probability) ? 0 : std::clamp(item.probability, 0.0, 1.0);
}

template <class T>
void unite(std::vector<T>& into, const std::vector<T>& from) {
  for (const auto& x : from)
    if (std::find(into.begin(), into.end(), x) == into.end()) into.push_back(x);
}

duration shorter_ttl(duration a, duration b) {
  if (a == duration::zero()) return b;
  return b == duration::zero() ? a : std::min(a, b);
}

// `stays` takes on what the other proposal of the same key knows better.
void merge(candidate& stays, const candidate& other) {
  stays.priority = std::max(stays.priority, other.priority);
  stays.bytes = std::max(stays.bytes, other.bytes);
  stays.cost_us = std::max(stays.cost_us, other.cost_us);
  stays.refresh = stays.refresh || other.refresh;
  stays.ttl = shorter_ttl(stays.ttl, other.ttl);
  unite(stays.tags, other.tags);
  unite(stays.dependencies, other.dependencies);
}

void credit(std::string& strategies, const std::string& other) {
  const auto padded = credit_separator + strategies + credit_separator;
  if (padded.find(credit_separator + other + credit_separator) == std::string::npos)
    strategies += credit_separator + other;
}

// What is decided about one key. Kept small: a million of them are walked in no particular order.
struct node {
  std::uint32_t source = 0;  // index of the candidate
  std::uint32_t level = 0;
  double probability = 0;  // raised to that of what depends on it, like the two below
  double score = 0;
  std::int32_t priority = 0;
  left_out_reason reason = left_out_reason::none;
  std::uint64_t bytes = 0;  // estimate
};

// What nodes are sorted by, side by side in memory.
struct rank {
  int priority_class = 0;
  std::uint32_t level = 0;
  double score = 0;
  std::uint32_t node = 0;
};

// Finds nodes by their keys. It keeps no keys of its own: four bytes a node.
class key_places {
 public:
  key_places(const std::vector<candidate>& candidates, const std::vector<node>& nodes)
      : lookup_{&candidates, &nodes}, nodes_(candidates.size(), lookup_, lookup_) {}

  // False, and the node that has this key already, when there is one.
  std::pair<std::uint32_t, bool> insert(std::uint32_t added) {
    const auto [place, is_new] = nodes_.insert(added);
    return {*place, is_new};
  }
  std::optional<std::uint32_t> find(const std::string& key) const {
    const auto found = nodes_.find(view(key));
    return found == nodes_.end() ? std::nullopt : std::optional{*found};
  }

 private:
  struct lookup {
    using is_transparent = void;
    const std::vector<candidate>* candidates;
    const std::vector<node>* nodes;

    absl::string_view key(std::uint32_t n) const { return view((*candidates)[(*nodes)[n].source].key); }
    static absl::string_view key(absl::string_view text) { return text; }
    template <class T>
    std::size_t operator()(const T& hashed) const {
      const auto text = key(hashed);
      return hash_key({text.data(), text.size()});
    }
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return key(a) == key(b);
    }
  };

  lookup lookup_;
  absl::flat_hash_set<std::uint32_t, lookup, lookup> nodes_;
};

class planner {
 public:
  planner(std::vector<candidate> candidates, const plan_context& context)
      : candidates_(std::move(candidates)), context_(context), places_(candidates_, nodes_) {}

  warm_plan make() {
    plan_.cache = context_.cache;
    plan_.made_at = context_.now;
    plan_.budget_bytes = context_.budget_bytes;
    merge_duplicates();
    find_lowest_class();
    for (auto& n : nodes_) assess(n);
    link();
    order_by_dependency();
    raise_dependencies();
    select();
    build_phases();
    leave_out_the_rest();
    foresee();
    return std::move(plan_);
  }

 private:
  void merge_duplicates() {
    nodes_.reserve(candidates_.size());
    std::map<std::uint32_t, std::string> credits;  // of nodes with duplicates
    for (std::uint32_t i = 0; i < candidates_.size(); ++i) {
      nodes_.emplace_back().source = i;
      const auto [known, is_new] = places_.insert(static_cast<std::uint32_t>(nodes_.size() - 1));
      if (is_new) continue;
      nodes_.pop_back();
      auto& credited = credits.try_emplace(known, candidates_[nodes_[known].source].strategy).first->second;
      credit(credited, candidates_[i].strategy);
      add_duplicate(nodes_[known], i);
    }
    for (auto& [known, credited] : credits) candidates_[nodes_[known].source].strategy = std::move(credited);
  }

  void add_duplicate(node& known, std::uint32_t index) {
    auto stays = known.source;
    auto goes = index;
    if (probability_of(candidates_[index]) > probability_of(candidates_[stays])) std::swap(stays, goes);
    merge(candidates_[stays], candidates_[goes]);
    known.source = stays;
    duplicates_.push_back(goes);
  }

  void assess(node& n) {
    auto& item = candidates_[n.source];
    if (item.bytes == 0) item.bytes = context_.unknown_bytes;
    n.probability = probability_of(item);
    n.priority = item.priority;
    const auto bytes = estimated_bytes(item, context_);
    n.bytes = item.refresh ? 0 : bytes;  // it takes the room that its entry has already
    const auto cost_us = item.cost_us != 0 ? item.cost_us : context_.unknown_cost_us;
    n.score = n.probability * cost_us / static_cast<double>(bytes);
    n.reason = objection(item);
  }

  void find_lowest_class() {
    if (!context_.top_class_only) return;
    for (const auto& n : nodes_)
      lowest_class_ = std::max(lowest_class_, priority_class(candidates_[n.source].priority));
  }

  left_out_reason objection(const candidate& item) const {
    const auto critical = item.priority >= critical_priority;
    if (item.key.empty() || item.key.size() > max_key_bytes) return left_out_reason::key_rule;
    if (context_.excluded && context_.excluded(item.key)) return left_out_reason::key_rule;
    if (!item.refresh && context_.fresh && context_.fresh(item.key)) return left_out_reason::fresh;
    if (item.priority < context_.least_priority || priority_class(item.priority) < lowest_class_)
      return left_out_reason::low_class;
    const auto found = critical || item.refresh ? left_out_reason::none : measure_of(item);
    const auto exempt = found != left_out_reason::none && context_.exempt && context_.exempt(item);
    return exempt ? left_out_reason::none : found;
  }

  left_out_reason measure_of(const candidate& item) const {
    if (context_.held_out && context_.held_out(item.key)) return left_out_reason::held_out;
    if (context_.throttled && context_.throttled(item)) return left_out_reason::throttled;
    return left_out_reason::none;
  }

  // It is selected, or would be if it were not held out.
  static bool competes(const node& n) {
    return n.reason == left_out_reason::none || n.reason == left_out_reason::held_out;
  }

  void link() {
    linked_ = std::any_of(candidates_.begin(), candidates_.end(),
                          [](const candidate& each) { return !each.dependencies.empty(); });
    if (!linked_) return;
    depends_on_.resize(nodes_.size());
    for (std::uint32_t i = 0; i < nodes_.size(); ++i)
      if (nodes_[i].reason == left_out_reason::none)
        for (const auto& key : candidates_[nodes_[i].source].dependencies) link(i, key);
  }

  void link(std::uint32_t from, const std::string& key) {
    const auto to = places_.find(key);
    if (!to || *to == from || nodes_[*to].reason != left_out_reason::none) return;
    auto& known = depends_on_[from];
    if (std::find(known.begin(), known.end(), *to) == known.end()) known.push_back(*to);
  }

  // Kahn's algorithm: `order_` gets every node after what it depends on. When only cycles are left, the first
  // node of them goes next, without what it still waits for.
  void order_by_dependency() {
    if (!linked_) return;
    std::vector<std::vector<std::uint32_t>> dependants(nodes_.size());
    std::vector<std::size_t> open(nodes_.size());
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
      open[i] = depends_on_[i].size();
      for (const auto d : depends_on_[i]) dependants[d].push_back(i);
    }
    std::vector<bool> placed(nodes_.size(), false);
    const auto place = [&](std::uint32_t i) {
      placed[i] = true;
      order_.push_back(i);
    };
    for (std::uint32_t i = 0; i < nodes_.size(); ++i)
      if (open[i] == 0) place(i);
    std::size_t next = 0;
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
      for (; next < order_.size(); ++next)
        for (const auto d : dependants[order_[next]])
          if (--open[d] == 0 && !placed[d]) place(d);
      if (placed[i]) continue;
      std::erase_if(depends_on_[i], [&](std::uint32_t d) { return !placed[d]; });
      place(i);
    }
    // What was placed last has not been followed yet, but everything is placed: nothing is left to find.
    for (const auto i : order_)
      for (const auto d : depends_on_[i]) nodes_[i].level = std::max(nodes_[i].level, nodes_[d].level + 1);
  }

  // What depends on others comes first here, so that what is raised raises in turn.
  void raise_dependencies() {
    if (!linked_) {
      for (auto& n : nodes_) check_floor(n);
      return;
    }
    for (auto i = order_.rbegin(); i != order_.rend(); ++i) {
      auto& n = nodes_[*i];
      check_floor(n);
      if (n.reason != left_out_reason::none) continue;
      for (const auto d : depends_on_[*i]) raise(nodes_[d], n);
    }
  }

  void check_floor(node& n) const {
    if (competes(n) && n.probability < context_.floor && n.priority < critical_priority)
      n.reason = left_out_reason::below_floor;
  }

  static void raise(node& raised, const node& by) {
    raised.probability = std::max(raised.probability, by.probability);
    raised.score = std::max(raised.score, by.score);
    raised.priority = std::max(raised.priority, by.priority);
  }

  rank rank_of(std::uint32_t n) const {
    return {priority_class(nodes_[n].priority), nodes_[n].level, nodes_[n].score, n};
  }

  bool goes_before(const rank& a, const rank& b) const {
    if (a.priority_class != b.priority_class) return a.priority_class > b.priority_class;
    if (a.score != b.score) return a.score > b.score;
    if (a.level != b.level) return a.level < b.level;
    return candidates_[nodes_[a.node].source].key < candidates_[nodes_[b.node].source].key;
  }

  void select() {
    selected_.reserve(nodes_.size());
    for (std::uint32_t i = 0; i < nodes_.size(); ++i)
      if (competes(nodes_[i])) selected_.push_back(rank_of(i));
    std::sort(selected_.begin(), selected_.end(),
              [this](const rank& a, const rank& b) { return goes_before(a, b); });
    std::erase_if(selected_, [this](const rank& each) { return !admit(each.node); });
  }

  // What a node depends on has been decided before it, for it goes before it.
  bool admit(std::uint32_t index) {
    auto& n = nodes_[index];
    const auto lack = lack_of_room(index);
    if (lack != left_out_reason::none) n.reason = lack;
    if (n.reason != left_out_reason::none) return false;
    plan_.planned_bytes += n.bytes;
    ++plan_.selected;
    return true;
  }

  left_out_reason lack_of_room(std::uint32_t index) const {
    if (linked_)
      for (const auto d : depends_on_[index])
        if (nodes_[d].reason != left_out_reason::none) return nodes_[d].reason;
    if (nodes_[index].level > context_.most_levels) return left_out_reason::too_deep;
    if (context_.limit != 0 && plan_.selected >= context_.limit) return left_out_reason::over_limit;
    if (nodes_[index].bytes > context_.budget_bytes - plan_.planned_bytes)
      return left_out_reason::over_budget;
    return left_out_reason::none;
  }

  static bool same_phase(const rank& a, const rank& b) {
    return a.priority_class == b.priority_class && a.level == b.level;
  }

  void build_phases() {
    if (linked_)
      std::stable_sort(selected_.begin(), selected_.end(), [](const rank& a, const rank& b) {
        return std::pair{-a.priority_class, a.level} < std::pair{-b.priority_class, b.level};
      });
    for (auto begin = selected_.begin(); begin != selected_.end();) {
      const auto end =
          std::find_if(begin, selected_.end(), [&](const rank& each) { return !same_phase(each, *begin); });
      add_phase(begin, end);
      begin = end;
    }
  }

  void add_phase(std::vector<rank>::const_iterator begin, std::vector<rank>::const_iterator end) {
    auto& phase = plan_.phases.emplace_back();
    phase.priority = nodes_[begin->node].priority;
    phase.level = begin->level;
    phase.items.reserve(static_cast<std::size_t>(end - begin));
    for (; begin != end; ++begin) {
      const auto& n = nodes_[begin->node];
      phase.items.push_back(std::move(candidates_[n.source]));
      phase.items.back().priority = n.priority;
      phase.priority = std::max(phase.priority, n.priority);
    }
  }

  // Phases run one after the other; within one, the workers share the loads.
  void foresee() {
    plan_.origin_calls = plan_.selected;
    for (const auto& phase : plan_.phases) {
      std::uint64_t cost_us = 0;
      for (const auto& item : phase.items)
        cost_us += item.cost_us != 0 ? item.cost_us : context_.unknown_cost_us;
      plan_.expected_time += std::chrono::microseconds{cost_us / std::max(1u, context_.workers)};
    }
    if (plan_.phases.size() > 1)
      plan_.expected_time += context_.phase_delay * static_cast<duration::rep>(plan_.phases.size() - 1);
  }

  void leave_out_the_rest() {
    plan_.left_out.reserve(candidates_.size() - plan_.selected);
    for (const auto& n : nodes_)
      if (n.reason != left_out_reason::none) leave_out(n.source, n.reason);
    for (const auto i : duplicates_) leave_out(i, left_out_reason::duplicate);
  }

  void leave_out(std::uint32_t index, left_out_reason reason) {
    plan_.left_out.push_back({std::move(candidates_[index]), reason});
  }

  std::vector<candidate> candidates_;
  const plan_context& context_;
  warm_plan plan_;
  std::vector<node> nodes_;  // one a key
  key_places places_;
  std::vector<std::uint32_t> duplicates_;  // candidates
  int lowest_class_ = 0;                   // that is warmed
  bool linked_ = false;                    // some candidate depends on another; the next two are empty unless
  std::vector<std::vector<std::uint32_t>> depends_on_;  // of each node, nodes
  std::vector<std::uint32_t> order_;                    // nodes, each after what it depends on
  std::vector<rank> selected_;
};

}  // namespace

int priority_class(std::int32_t priority) noexcept {
  if (priority >= critical_priority) return 3;
  if (priority >= important_priority) return 2;
  return priority >= nice_to_have_priority ? 1 : 0;
}

std::uint64_t estimated_bytes(const candidate& item, const plan_context& context) {
  const std::uint64_t value_bytes = item.bytes != 0 ? item.bytes : context.unknown_bytes;
  return std::max<std::uint64_t>(1, value_bytes + item.key.size() + context.overhead_bytes);
}

std::vector<std::string> credited_strategies(const candidate& item) {
  std::vector<std::string> names;
  std::size_t begin = 0;
  while (begin <= item.strategy.size()) {
    const auto end = std::min(item.strategy.find(credit_separator, begin), item.strategy.size());
    names.push_back(item.strategy.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

warm_plan make_plan(std::vector<candidate> candidates, const plan_context& context) {
  return planner{std::move(candidates), context}.make();
}

}  // namespace stoker
