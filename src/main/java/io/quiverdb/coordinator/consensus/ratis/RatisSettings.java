// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.tls.RenewableTls;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of a member of an ensemble.
 *
 * @param memberId this member; one of {@code members}
 * @param ensemble names the Raft group: members of ensembles with other names do not talk
 * @param members as configured, including this member; ids are unique. The ensemble is founded with
 *     them; later the list in the log counts
 * @param join REST URLs of members of an existing ensemble that this member asks to join; if there
 *     are any, {@code members} is this member alone, and it founds nothing
 * @param dataDir holds all durable data; created if it is missing
 * @param listenHost the address that the Raft server binds
 * @param listenPort the port that it binds
 * @param timing how fast a lost leader is replaced
 * @param requestTimeout the longest that a submitted command may take to be answered
 * @param freshnessInterval how often this member proves the age of its state by a linearizable read
 * @param bootable whether this member has something configured to bootstrap from
 * @param tuning sizes and intervals that only tests change
 * @param tls keys and certificates for connections between members; empty for connections without
 *     TLS
 */
public record RatisSettings(
    String memberId,
    String ensemble,
    List<Member> members,
    List<URI> join,
    Path dataDir,
    String listenHost,
    int listenPort,
    Timing timing,
    Duration requestTimeout,
    Duration freshnessInterval,
    boolean bootable,
    Tuning tuning,
    Optional<RenewableTls> tls) {

  private static final int FRESH_INTERVALS = 4;

  /** Time-outs, equal on every member. */
  public static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(2);

  /** Half a second; the bound on the age of a served map is a multiple of it. */
  public static final Duration DEFAULT_FRESHNESS_INTERVAL = Duration.ofMillis(500);

  /** The range of the random time that a follower waits for its leader before it asks for votes. */
  public record Timing(Duration electionMin, Duration electionMax) {
    /** One data centre: a killed leader is replaced within about half a second. */
    public static final Timing LAN = new Timing(Duration.ofMillis(150), Duration.ofMillis(300));

    /** Refuses an empty range. */
    public Timing {
      if (electionMin.toMillis() < 1 || electionMax.compareTo(electionMin) <= 0) {
        throw new IllegalArgumentException(
            "election time-outs need 1 ms <= min < max, not "
                + electionMin
                + " and "
                + electionMax);
      }
    }
  }

  /**
   * Sizes and intervals.
   *
   * @param snapshotThreshold log entries between two snapshots; a command takes about two
   * @param segmentBytes size of a log file
   * @param preallocatedBytes disk space taken ahead of the log
   * @param keptEntries entries that stay in the log behind a snapshot, for followers that lag
   * @param purgeGap the least number of entries worth a purge
   * @param maxInFlight the most commands under way at once; further ones are refused
   * @param checkInterval how often a member checks the others, its disk and its right to vote
   * @param stuckAfter how long a follower may make no progress before the leadership is transferred
   * @param readdPause the shortest time between two such hand-overs because of one member
   * @param closeLimit how long closing the Raft server may take
   */
  public record Tuning(
      long snapshotThreshold,
      int segmentBytes,
      int preallocatedBytes,
      long keptEntries,
      int purgeGap,
      int maxInFlight,
      Duration checkInterval,
      Duration stuckAfter,
      Duration readdPause,
      Duration closeLimit) {
    /** The values in production. */
    public static final Tuning PRODUCTION =
        new Tuning(
            10_000,
            4 << 20,
            1 << 20,
            5_000,
            1024,
            4096,
            Duration.ofSeconds(1),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5));
  }

  /** Copies the members. */
  public RatisSettings {
    members = List.copyOf(members);
    join = List.copyOf(join);
    Map<String, Member> byId = new LinkedHashMap<>();
    for (Member member : members) {
      if (byId.put(member.id(), member) != null) {
        throw new IllegalArgumentException("two members have the id " + member.id());
      }
    }
    if (!byId.containsKey(memberId)) {
      throw new IllegalArgumentException(memberId + " is not among the members " + byId.keySet());
    }
  }

  /** These settings with TLS. */
  public RatisSettings over(Optional<RenewableTls> material) {
    return with(join, material);
  }

  /** Settings with the tuning for production. */
  public static RatisSettings production(
      String memberId,
      String ensemble,
      List<Member> members,
      Path dataDir,
      String listenHost,
      int listenPort,
      Timing timing,
      Duration freshnessInterval,
      boolean bootable) {
    return new RatisSettings(
        memberId,
        ensemble,
        members,
        List.of(),
        dataDir,
        listenHost,
        listenPort,
        timing,
        DEFAULT_REQUEST_TIMEOUT,
        freshnessInterval,
        bootable,
        Tuning.PRODUCTION,
        Optional.empty());
  }

  /** A state whose proven age is at most this counts as current. */
  Duration freshWithin() {
    return freshnessInterval.multipliedBy(FRESH_INTERVALS);
  }

  /** A member that did not answer over Raft for this time counts as down. */
  Duration patience() {
    return timing.electionMax().multipliedBy(3);
  }

  /** The members and their Raft addresses, in a form that can be compared. */
  public List<String> memberList() {
    return members.stream()
        .map(member -> member.id() + "=" + member.raft().toLowerCase(Locale.ROOT))
        .sorted()
        .toList();
  }

  /** These settings for a member that asks these URLs to join. */
  public RatisSettings joining(List<URI> seeds) {
    return with(seeds, tls);
  }

  private RatisSettings with(List<URI> seeds, Optional<RenewableTls> material) {
    return new RatisSettings(
        memberId,
        ensemble,
        members,
        seeds,
        dataDir,
        listenHost,
        listenPort,
        timing,
        requestTimeout,
        freshnessInterval,
        bootable,
        tuning,
        material);
  }

  /** This member, from the configuration. */
  Member self() {
    return members.stream()
        .filter(member -> member.id().equals(memberId))
        .findFirst()
        .orElseThrow();
  }
}
