// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.server.DivisionInfo;

/**
 * How far a follower has come, as its leader sees it.
 *
 * @param id its member id
 * @param matchIndex the last log index that it is known to hold; -1 if none
 * @param nextIndex the log index that is sent to it next
 * @param silence how long ago it last answered
 */
public record MemberProgress(String id, long matchIndex, long nextIndex, Duration silence) {
  /** Of all followers; empty unless this member leads. */
  static List<MemberProgress> of(DivisionInfo info) {
    long[] matches = info.getFollowerMatchIndices();
    long[] nexts = info.getFollowerNextIndices();
    RoleInfoProto role = info.getRoleInfoProto();
    if (matches == null || nexts == null || !role.hasLeaderInfo()) {
      return List.of();
    }
    List<ServerRpcProto> followers = role.getLeaderInfo().getFollowerInfoList();
    if (followers.size() != matches.length || matches.length != nexts.length) {
      return List.of(); // the configuration changed between the three calls
    }
    List<MemberProgress> progress = new ArrayList<>();
    Iterator<ServerRpcProto> each = followers.iterator();
    for (int i = 0; i < matches.length; i++) {
      ServerRpcProto follower = each.next();
      progress.add(
          new MemberProgress(
              PeerIds.member(follower.getId().getId().toStringUtf8()),
              matches[i],
              nexts[i],
              Duration.ofMillis(follower.getLastRpcElapsedTimeMs())));
    }
    return progress;
  }
}
