// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.dev.cluster.FreePorts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What the configuration files of the members of a test say: who the members are, and where. */
final class TestFiles {
  private final List<Member> members;
  private final Map<String, Member> moved = new ConcurrentHashMap<>();
  private final Map<String, Member> joined = new ConcurrentHashMap<>();
  private final Set<String> deaf = ConcurrentHashMap.newKeySet();

  TestFiles(List<Member> members) {
    this.members = List.copyOf(members);
  }

  List<Member> members() {
    return members;
  }

  /** A new member, which asks the others for a place. */
  Member join(String id) {
    return joined.computeIfAbsent(id, TestSettings::member);
  }

  /** Only its own file says where it is from now on. */
  Member move(String id) {
    Member member = TestSettings.member(id);
    moved.put(id, member);
    return member;
  }

  /** It listens where nobody looks for it. */
  void deafen(String id) {
    deaf.add(id);
  }

  RatisSettings of(String id, Path dataDir) {
    Member newcomer = joined.get(id);
    if (newcomer != null) {
      return TestSettings.joining(newcomer, members, dataDir);
    }
    List<Member> configured =
        members.stream()
            .map(each -> each.id().equals(id) ? moved.getOrDefault(id, each) : each)
            .toList();
    Member self = configured.stream().filter(m -> m.id().equals(id)).findFirst().orElseThrow();
    int port =
        deaf.contains(id)
            ? FreePorts.take(1).get(0)
            : Integer.parseInt(self.raft().substring(self.raft().indexOf(':') + 1));
    return TestSettings.of(id, configured, dataDir, port);
  }
}
