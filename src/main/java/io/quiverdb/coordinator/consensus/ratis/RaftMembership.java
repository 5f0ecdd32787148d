// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;

/** Who votes and who follows, as the Raft server of this member has it, and how that is changed. */
interface RaftMembership {
  /** The members that vote in the newest configuration that this node knows. */
  List<RaftPeer> voters();

  /** The ids of the members that vote. */
  default Set<String> votingMembers() {
    return voters().stream()
        .map(peer -> PeerIds.member(peer.getId()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Whether a member votes. */
  default boolean votes(String memberId) {
    return votingMembers().contains(memberId);
  }

  /** Whether the newest configuration is committed and none is on its way. */
  boolean isConfigurationCommitted();

  /** What the leader knows of its followers; empty on any other member. */
  List<MemberProgress> followers();

  /** The highest log index that this node knows to be committed. */
  long commitIndex();

  /** The index of the first entry in the log: what is before it is in a snapshot only. */
  long firstLogIndex();

  /** A peer to be added, by its name in the list of members. */
  RaftPeer named(String peerId);

  /** Changes who votes, if the voters are still {@code current}; for the leader only. */
  CompletableFuture<RaftClientReply> setVoters(List<RaftPeer> current, List<RaftPeer> wanted);

  /**
   * Makes a new connection to a member. After a refused one gRPC waits before it tries again, up to
   * two minutes, and refuses everything meanwhile, although the member may be back. On a thread of
   * its own: to close the old one takes ten seconds where packets are lost.
   *
   * @return done when the old one is closed; the new one is in use long before
   */
  CompletableFuture<Void> reconnect(String memberId);
}
