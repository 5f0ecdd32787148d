// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;

/** The voting members and the followers in this member's Raft server, and changes of them. */
interface RaftMembership {
  /** The voting members in the newest configuration that this member knows. */
  List<RaftPeer> voters();

  /** The ids of the voting members. */
  default Set<String> votingMembers() {
    return voters().stream()
        .map(peer -> PeerIds.member(peer.getId()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Whether a member votes. */
  default boolean votes(String memberId) {
    return votingMembers().contains(memberId);
  }

  /** Whether the newest configuration is committed and no change of it is in progress. */
  boolean isConfigurationCommitted();

  /** What the leader knows of its followers; empty on any other member. */
  List<MemberProgress> followers();

  /** The highest log index that this member knows to be committed. */
  long commitIndex();

  /** The index of the first entry in the log; earlier entries are in a snapshot only. */
  long firstLogIndex();

  /** A peer whose address is its name in the list of members. */
  RaftPeer named(String peerId);

  /** Changes the voting members, if they are still {@code current}. Only the leader can. */
  CompletableFuture<RaftClientReply> setVoters(List<RaftPeer> current, List<RaftPeer> wanted);

  /**
   * Opens a new connection to a member. After a refused connection gRPC waits for up to two minutes
   * and fails all calls in that time, even if the member is back. Runs on its own thread, because
   * closing the old connection takes ten seconds if packets are lost.
   *
   * @return completes when the old connection is closed; the new one is in use long before
   */
  CompletableFuture<Void> reconnect(String memberId);
}
