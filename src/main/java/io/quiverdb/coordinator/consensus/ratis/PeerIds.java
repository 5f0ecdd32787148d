// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import java.util.List;
import java.util.Map;
import org.apache.ratis.protocol.RaftPeerId;

/**
 * Raft peer ids. The peer id of a founder is its member id. The peer id of a member added later
 * also has its incarnation. Ratis never forgets the progress of a peer, so a member that returns
 * with another disk needs another peer id (RATIS-2523).
 */
final class PeerIds {
  /** Occurs in no member id. */
  private static final char SEPARATOR = '@';

  private static final int INCARNATION_CHARS = 8;

  private PeerIds() {}

  /** The peer id of a member that is added under this incarnation. */
  static String of(String memberId, String incarnation) {
    return memberId
        + SEPARATOR
        + incarnation.substring(0, Math.min(INCARNATION_CHARS, incarnation.length()));
  }

  /** The peer ids that a member may have. */
  static List<String> candidates(String memberId, Map<String, String> incarnations) {
    return candidates(memberId, incarnations.getOrDefault(memberId, ""));
  }

  /**
   * Those that a member may have.
   *
   * @param incarnation empty if none is known
   */
  static List<String> candidates(String memberId, String incarnation) {
    return incarnation.isEmpty() ? List.of(memberId) : List.of(memberId, of(memberId, incarnation));
  }

  /** The member behind a peer id. */
  static String member(RaftPeerId peer) {
    return member(peer.toString());
  }

  static String member(String peer) {
    int end = peer.indexOf(SEPARATOR);
    return end < 0 ? peer : peer.substring(0, end);
  }
}
