// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * The ensemble.
 *
 * @param name names the Raft group; equal on all members
 * @param members the members with which the ensemble is founded, at least one; later the list in
 *     the log counts. This member alone if it joins
 * @param join REST URLs of members of an existing ensemble to join
 * @param timing how fast a silent leader is replaced
 * @param secrets authenticate members to each other where there is no TLS
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

  /** The member with this id. The loader guarantees that there is one for {@code node.id}. */
  public MemberConfig member(String id) {
    return members.stream()
        .filter(member -> member.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no member has id " + id));
  }
}
