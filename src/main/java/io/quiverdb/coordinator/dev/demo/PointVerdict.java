// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import io.quiverdb.coordinator.model.RendezvousHash;
import io.quiverdb.coordinator.model.ShardMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Checks where points are at the end against what writers saw. Pure.
 *
 * @param expected what each key may hold
 * @param standing by shard id: the value of each key on it; all keys
 * @param outside keys on shards that are not in the map
 * @param map the map at the end
 * @param failures operations that were not acknowledged
 * @param missed reads and searches that did not find what was there all the time
 */
record PointVerdict(
    Map<String, PossibleValues> expected,
    Map<Long, Map<String, Long>> standing,
    List<String> outside,
    ShardMap map,
    List<String> failures,
    List<String> missed) {

  List<CheckResult> checks() {
    return List.of(
        new CheckResult("no acknowledged write or delete is lost", lost()),
        new CheckResult("every point is on its owner alone", strays()),
        new CheckResult("no write failed", failures),
        new CheckResult("no read or search missed a point that was there throughout", missed),
        new CheckResult("no shard is left joining or leaving", leftOver()));
  }

  private List<String> lost() {
    List<String> lost = new ArrayList<>();
    for (Map.Entry<String, PossibleValues> key : new TreeMap<>(expected).entrySet()) {
      OptionalLong owner = RendezvousHash.owner(map, key.getKey());
      Map<String, Long> there = standing.getOrDefault(owner.orElse(-1), Map.of());
      Optional<Long> found = Optional.ofNullable(there.get(key.getKey()));
      if (!key.getValue().allowed().contains(found)) {
        lost.add(
            key.getKey()
                + " holds "
                + found.map(Object::toString).orElse("nothing")
                + " and not "
                + key.getValue().allowed());
      }
    }
    return lost;
  }

  private List<String> strays() {
    List<String> strays = new ArrayList<>(outside);
    for (Map.Entry<Long, Map<String, Long>> shard : new TreeMap<>(standing).entrySet()) {
      for (String key : new TreeSet<>(shard.getValue().keySet())) {
        OptionalLong owner = RendezvousHash.owner(map, key);
        if (owner.isEmpty() || owner.getAsLong() != shard.getKey()) {
          strays.add(key + " is on shard " + shard.getKey() + ", which does not own it");
        }
      }
    }
    return strays;
  }

  private List<String> leftOver() {
    List<String> left = new ArrayList<>();
    map.joining().forEach(id -> left.add("shard " + id + " is joining"));
    map.leaving().forEach(id -> left.add("shard " + id + " is leaving"));
    return left;
  }
}
