// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.util.List;
import java.util.Optional;

/**
 * The ensemble.
 *
 * @param name names the Raft group; equal on all members
 * @param members the first configuration, at least one; later ones live in the log
 * @param timing how soon a silent leader is replaced
 * @param secrets prove that a request or an answer is a member's, where there is no TLS
 */
public record EnsembleConfig(
    String name,
    List<MemberConfig> members,
    ElectionTiming timing,
    Optional<EnsembleSecrets> secrets) {
  public EnsembleConfig {
    members = List.copyOf(members);
  }

  /** The member with this id, which the loader made sure of for {@code node.id}. */
  public MemberConfig member(String id) {
    return members.stream()
        .filter(member -> member.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no member has id " + id));
  }
}
