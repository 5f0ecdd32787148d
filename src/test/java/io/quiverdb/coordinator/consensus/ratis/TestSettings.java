// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.dev.cluster.FreePorts;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Settings of members that share one process and one busy machine. */
final class TestSettings {
  static final Duration STUCK_AFTER = Duration.ofSeconds(2);

  /** A leader that stands still for the longer time steps down; three share a busy machine here. */
  private static final RatisSettings.Timing ELECTION =
      new RatisSettings.Timing(Duration.ofMillis(300), Duration.ofMillis(600));

  private TestSettings() {}

  static List<Member> members(int size) {
    List<Member> members = new ArrayList<>();
    for (int i = 1; i <= size; i++) {
      members.add(member("c" + i));
    }
    return members;
  }

  private static String host(String id, List<Member> members) {
    return members.stream()
        .filter(member -> member.id().equals(id))
        .map(member -> member.raft().substring(0, member.raft().indexOf(':')))
        .findFirst()
        .orElseThrow();
  }

  static Member member(String id) {
    List<Integer> ports = FreePorts.take(2);
    return new Member(
        id, "127.0.0.1:" + ports.get(0), URI.create("http://127.0.0.1:" + ports.get(1)));
  }

  /** The shipped settings of the first of these members, for tests that start no server. */
  static RatisSettings unstarted(Path dataDir, String... ids) {
    List<Member> members =
        Stream.of(ids)
            .map(id -> new Member(id, id + ":6336", URI.create("http://" + id + ":6335")))
            .toList();
    return RatisSettings.production(
        ids[0],
        "test",
        members,
        dataDir,
        "127.0.0.1",
        1,
        RatisSettings.Timing.LAN,
        Duration.ofMillis(500),
        true);
  }

  /** One that asks others for a place. */
  static RatisSettings joining(Member self, List<Member> seeds, Path dataDir) {
    int port = Integer.parseInt(self.raft().substring(self.raft().indexOf(':') + 1));
    return of(self.id(), List.of(self), dataDir, port)
        .joining(seeds.stream().map(Member::http).toList());
  }

  static RatisSettings of(String id, List<Member> members, Path dataDir, int port) {
    RatisSettings base =
        RatisSettings.production(
            id,
            "test",
            members,
            dataDir,
            host(id, members),
            port,
            ELECTION,
            RatisSettings.DEFAULT_FRESHNESS_INTERVAL,
            true);
    RatisSettings.Tuning t = base.tuning();
    return with(
        base,
        base.timing(),
        new RatisSettings.Tuning(
            t.snapshotThreshold(),
            t.segmentBytes(),
            64 << 10,
            t.keptEntries(),
            t.purgeGap(),
            t.maxInFlight(),
            Duration.ofMillis(200),
            STUCK_AFTER,
            Duration.ofSeconds(10),
            t.closeLimit()));
  }

  /** Snapshots every so many entries, and hardly any log behind them. */
  static RatisSettings snapshotEvery(RatisSettings s, long entries) {
    return with(
        s,
        s.timing(),
        new RatisSettings.Tuning(
            entries,
            64 << 10,
            16 << 10,
            10,
            1,
            4096,
            Duration.ofMillis(200),
            STUCK_AFTER,
            Duration.ofSeconds(10),
            Duration.ofSeconds(5)));
  }

  static RatisSettings with(
      RatisSettings s, RatisSettings.Timing timing, RatisSettings.Tuning tuning) {
    return new RatisSettings(
        s.memberId(),
        s.ensemble(),
        s.members(),
        s.join(),
        s.dataDir(),
        s.listenHost(),
        s.listenPort(),
        timing,
        s.requestTimeout(),
        s.freshnessInterval(),
        s.bootable(),
        tuning,
        s.tls());
  }
}
