// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The plans: the one that goes on, and those that ended. Since format 2.
 *
 * @param nextId id of the next plan, from 1
 * @param all by id, oldest first; at most {@value #KEPT}, fewer if their URLs are long
 */
public record ClusterPlans(long nextId, List<ClusterPlan> all) {
  /** How many stay readable. */
  public static final int KEPT = 20;

  /** The most bytes of URLs in those that ended: as in a whole map. */
  public static final int MAX_BYTES = ShardMap.MAX_BYTES;

  /** The first format in which there are any. */
  public static final int SINCE_FORMAT = 2;

  /** None yet. */
  public static final ClusterPlans EMPTY = new ClusterPlans(1, List.of());

  /** Copies the list. */
  public ClusterPlans {
    all = List.copyOf(all);
  }

  /** The plan with this id. */
  public Optional<ClusterPlan> find(long id) {
    return all.stream().filter(plan -> plan.id() == id).findFirst();
  }

  /** The one that goes on. */
  public Optional<ClusterPlan> active() {
    return all.stream().filter(ClusterPlan::isActive).findFirst();
  }

  /** With a new one; the oldest are forgotten. */
  public ClusterPlans created(ClusterPlan plan) {
    List<ClusterPlan> kept = new ArrayList<>(all);
    while (kept.size() >= KEPT || kept.stream().mapToLong(ClusterPlan::bytes).sum() > MAX_BYTES) {
      kept.remove(0);
    }
    kept.add(plan);
    return new ClusterPlans(plan.id() + 1, kept);
  }

  /** With one of them changed. */
  public ClusterPlans changed(ClusterPlan plan) {
    return new ClusterPlans(
        nextId, all.stream().map(each -> each.id() == plan.id() ? plan : each).toList());
  }

  /** Without one of them. */
  public ClusterPlans without(long id) {
    return new ClusterPlans(nextId, all.stream().filter(plan -> plan.id() != id).toList());
  }
}
