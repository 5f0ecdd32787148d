// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * The ensemble.
 *
 * @param name names the Raft group; equal on all members
 * @param members whom the ensemble is founded with, at least one; later the log says who they are.
 *     This member alone if it joins
 * @param join REST URLs of members to ask for a place in an ensemble that is there already
 * @param timing how soon a silent leader is replaced
 * @param secrets prove that a request or an answer is a member's, where there is no TLS
 */
public record EnsembleConfig(
    String name,
    List<MemberConfig> members,
    List<URI> join,
    ElectionTiming timing,
    Optional<EnsembleSecrets> secrets) {
  public EnsembleConfig {
    members = List.copyOf(members);
    join = List.copyOf(join);
  }

  /** The member with this id, which the loader made sure of for {@code node.id}. */
  public MemberConfig member(String id) {
    return members.stream()
        .filter(member -> member.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no member has id " + id));
  }
}
