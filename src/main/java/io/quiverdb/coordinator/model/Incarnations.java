// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/**
 * Under which incarnation each member votes. A member has another one after it lost its data; the
 * one before never votes again, also if its disk is put back.
 *
 * @param current by member id
 * @param retired those that were replaced, the newest last
 */
public record Incarnations(TreePMap<String, String> current, List<String> retired) {
  /** How many replaced ones are remembered. */
  public static final int MAX_RETIRED = 256;

  /** No member was admitted yet. */
  public static final Incarnations EMPTY = new Incarnations(TreePMap.empty(), List.of());

  public Incarnations {
    retired = List.copyOf(retired);
  }

  /** The one under which a member votes, if it was ever recorded. */
  public Optional<String> of(String member) {
    return Optional.ofNullable(current.get(member));
  }

  /** With a member under an incarnation that replaces its present one. */
  public Incarnations admit(String member, String incarnation) {
    String before = current.get(member);
    if (before == null || before.equals(incarnation)) {
      return new Incarnations(current.plus(member, incarnation), retired);
    }
    return new Incarnations(current.plus(member, incarnation), retire(before));
  }

  /** Without a member, whose incarnation never votes again. */
  public Incarnations without(String member) {
    String before = current.get(member);
    return before == null ? this : new Incarnations(current.minus(member), retire(before));
  }

  private List<String> retire(String incarnation) {
    List<String> longer = new ArrayList<>(retired);
    longer.add(incarnation);
    int excess = Math.max(0, longer.size() - MAX_RETIRED);
    return longer.subList(excess, longer.size());
  }
}
