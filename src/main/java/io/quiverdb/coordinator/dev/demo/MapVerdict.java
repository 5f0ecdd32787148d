// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dev.demo;

import io.quiverdb.coordinator.model.ShardMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;

/**
 * Checks what writers of the map saw against the final state. Pure.
 *
 * @param ids every acknowledged id
 * @param versions every acknowledged change of the map
 * @param present URLs whose last acknowledged change added them
 * @param absent URLs whose last acknowledged change removed them
 * @param unknown URLs of which a change went unanswered
 * @param map the URLs of the map at the end, in its order
 * @param finalMap the map at the end
 * @param snapshots each member's snapshot at the end
 * @param routerMaps the map that each router works with at the end
 */
record MapVerdict(
    CounterHistory ids,
    CounterHistory versions,
    Collection<String> present,
    Collection<String> absent,
    Collection<String> unknown,
    List<String> map,
    ShardMap finalMap,
    List<String> snapshots,
    List<ShardMap> routerMaps) {

  List<CheckResult> checks() {
    return List.of(
        new CheckResult("no acknowledged change is lost", lost()),
        new CheckResult("no change is applied twice", twice()),
        new CheckResult("ids are unique and in real-time order", ids.violations()),
        new CheckResult("map versions are unique and in real-time order", versions.violations()),
        new CheckResult("all members' snapshots are equal", unequalSnapshots()),
        new CheckResult("every router works with the final map", routersBehind()));
  }

  private List<String> lost() {
    List<String> lost = new ArrayList<>();
    for (String url : new TreeSet<>(present)) {
      if (!map.contains(url) && !unknown.contains(url)) {
        lost.add(url + " was added, acknowledged, and is gone");
      }
    }
    for (String url : new TreeSet<>(absent)) {
      if (map.contains(url) && !unknown.contains(url)) {
        lost.add(url + " was removed, acknowledged, and is back");
      }
    }
    return lost;
  }

  private List<String> twice() {
    List<String> twice = new ArrayList<>();
    for (String url : new TreeSet<>(map)) {
      if (Collections.frequency(map, url) > 1) {
        twice.add(url + " is in the map " + Collections.frequency(map, url) + " times");
      }
    }
    return twice;
  }

  private List<String> unequalSnapshots() {
    return new TreeSet<>(snapshots).size() == 1
        ? List.of()
        : List.of(new TreeSet<>(snapshots).size() + " different snapshots");
  }

  private List<String> routersBehind() {
    List<String> behind = new ArrayList<>();
    for (int i = 0; i < routerMaps.size(); i++) {
      if (!routerMaps.get(i).equals(finalMap)) {
        behind.add(
            "router "
                + (i + 1)
                + " works with version "
                + Long.toUnsignedString(routerMaps.get(i).version())
                + ", the members with "
                + Long.toUnsignedString(finalMap.version()));
      }
    }
    return behind;
  }
}
