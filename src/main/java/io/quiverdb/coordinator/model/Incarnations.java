// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/**
 * The incarnation under which each member votes. A member that lost its data gets a new one; the
 * old one never votes again, even if its disk is put back.
 *
 * @param current the voting incarnations, by member id
 * @param retired the replaced incarnations, the newest last
 */
public record Incarnations(TreePMap<String, String> current, List<String> retired) {
  /** How many replaced ones are remembered. */
  public static final int MAX_RETIRED = 256;

  /** No member was admitted yet. */
  public static final Incarnations EMPTY = new Incarnations(TreePMap.empty(), List.of());

  public Incarnations {
    retired = List.copyOf(retired);
  }

  /** The incarnation under which a member votes, if one was ever recorded. */
  public Optional<String> of(String member) {
    return Optional.ofNullable(current.get(member));
  }

  /** With a new incarnation for a member; it replaces the current one. */
  public Incarnations admit(String member, String incarnation) {
    String before = current.get(member);
    if (before == null || before.equals(incarnation)) {
      return new Incarnations(current.plus(member, incarnation), retired);
    }
    return new Incarnations(current.plus(member, incarnation), retire(before));
  }

  /** Without a member; its incarnation never votes again. */
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
