// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.quiverdb.coordinator.api.http.Listening;
import io.quiverdb.coordinator.api.request.ApiContext;
import io.quiverdb.coordinator.api.request.Host;
import io.quiverdb.coordinator.api.request.MigrationChecks;
import io.quiverdb.coordinator.api.request.MigrationOptions;
import io.quiverdb.coordinator.api.request.Observation;
import io.quiverdb.coordinator.api.request.Recorder;
import io.quiverdb.coordinator.api.request.Safeguards;
import io.quiverdb.coordinator.auth.Keys;
import io.quiverdb.coordinator.auth.Role;
import io.quiverdb.coordinator.config.MemberConfig;
import io.quiverdb.coordinator.config.MemberReader;
import io.quiverdb.coordinator.consensus.AppliedState;
import io.quiverdb.coordinator.consensus.CommandLog;
import io.quiverdb.coordinator.consensus.EnsembleClock;
import io.quiverdb.coordinator.consensus.Leadership;
import io.quiverdb.coordinator.consensus.Member;
import io.quiverdb.coordinator.consensus.MemberListReport;
import io.quiverdb.coordinator.consensus.MemberReport;
import io.quiverdb.coordinator.consensus.Peers;
import io.quiverdb.coordinator.consensus.Reads;
import io.quiverdb.coordinator.consensus.StubReport;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.http.BoundedHttp;
import io.quiverdb.coordinator.member.Forwarding;
import io.quiverdb.coordinator.member.Introduction;
import io.quiverdb.coordinator.model.ClusterState;
import io.quiverdb.coordinator.model.EnsembleMember;
import io.quiverdb.coordinator.model.GrowthMode;
import io.quiverdb.coordinator.model.Refusal;
import io.quiverdb.coordinator.router.RouterClient;
import io.quiverdb.coordinator.router.RouterWatch;
import io.quiverdb.coordinator.shard.ShardProbe;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;

/** The REST surface of one member over a log in memory. */
final class FakeMember implements AutoCloseable {
  /** The keys of callers; a test may change their secrets. */
  final Keys keys =
      Keys.of(
          List.of(
              new Keys.Configured("ops", "admin", Role.ADMIN),
              new Keys.Configured("data", "write", Role.WRITE),
              new Keys.Configured("eyes", "read", Role.READ)));

  static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
  private final BoundedHttp http = new BoundedHttp("test", Duration.ofSeconds(5), 100);
  private final FakeLog log;
  private final String id;
  private final RouterWatch watch;
  private final ApiServer server;
  final StubMembership membership = new StubMembership();

  /** How the others answer. */
  volatile Peers peers =
      member -> CompletableFuture.failedFuture(new IllegalStateException("not asked"));

  /** Its report about the list of members. */
  volatile MemberListReport list = MemberListReport.NONE;

  /** The clock for the age of other members' reports; each read of it is a second later. */
  final AtomicLong ticks = new AtomicLong();

  /** Stops it. */
  volatile boolean frozen;

  private final List<Refusal> refusals = new CopyOnWriteArrayList<>();

  /**
   * A member.
   *
   * @param members all of them, with their URLs; this one listens on the port of its own
   */
  FakeMember(FakeLog log, String id, List<Member> members, MigrationChecks checks, Path spills) {
    this.log = log;
    this.id = id;
    RouterClient routers = new RouterClient(http, Optional.empty());
    this.watch =
        new RouterWatch(
            routers, () -> ClusterState.INITIAL, Clock.fixed(NOW, ZoneOffset.UTC), scheduler);
    ApiContext node =
        new ApiContext(
            id,
            "0.0.0",
            () -> members,
            FakeMember::described,
            submissions(),
            log.view(),
            new Fresh(),
            new LeaderByLog(id, log),
            membership,
            this::report,
            member -> peers.report(member),
            new Forwarding(http, id, Introduction.NONE),
            new ShardProbe(http, Optional.empty(), Duration.ofMillis(100)),
            routers,
            watch,
            new MigrationOptions(
                checks,
                500,
                Duration.ofMillis(1_500),
                Duration.ofSeconds(60),
                GrowthMode.AUTOMATIC,
                10,
                false,
                spills),
            keys,
            Duration.ofSeconds(2),
            Clock.fixed(NOW, ZoneOffset.UTC),
            new EnsembleClock(id, Clock.fixed(NOW, ZoneOffset.UTC), log::nanos, log.view()),
            new Refusals(),
            Safeguards.NONE,
            Host.UNKNOWN,
            role -> JsonNodeFactory.instance.objectNode().put("for", role.name()));
    int port =
        members.stream().filter(m -> m.id().equals(id)).findFirst().orElseThrow().http().getPort();
    this.server =
        ApiServer.start(
            node,
            new Listening("127.0.0.1", port, Optional.empty()),
            () -> frozen ? ticks.get() : ticks.addAndGet(1_000_000_000));
  }

  static EnsembleMember described(String id, String raft, String http) {
    MemberConfig read = MemberReader.read(id, raft, http);
    return new EnsembleMember(read.id(), read.raft().toString(), read.http().toString());
  }

  private CommandLog submissions() {
    return proposal ->
        CompletableFuture.completedFuture(
            log.leader().equals(id)
                ? log.submit(proposal)
                : new Submission.NotLeader(Optional.of(log.leader())));
  }

  MemberReport report() {
    return report(id, new LeaderByLog(id, log).current().role());
  }

  /** The report of another member in this role. */
  MemberReport report(String who, Leadership.Role role) {
    return StubReport.of(who)
        .role(role)
        .term(log.term())
        .index(0)
        .clock(NOW.toEpochMilli())
        .list(list)
        .build();
  }

  @Override
  public void close() {
    server.close();
    watch.close();
    scheduler.shutdownNow();
    http.close();
  }

  private final class Fresh implements Reads {
    @Override
    public CompletableFuture<AppliedState> linearizable() {
      return CompletableFuture.completedFuture(log.view().current());
    }

    @Override
    public Optional<Duration> staleness() {
      return Optional.of(Duration.ZERO);
    }
  }

  /** The counted refusals, in order. */
  List<Refusal> refusals() {
    return List.copyOf(refusals);
  }

  private final class Refusals implements Recorder {
    @Override
    public void answered(String method, String route, int status) {}

    @Override
    public void mapServed(int status) {}

    @Override
    public void pollHeld() {}

    @Override
    public void committed(long nanos) {}

    @Override
    public void refused(Refusal refusal) {
      refusals.add(refusal);
    }

    @Override
    public void forwarded() {}

    @Override
    public String scrape(Observation seen) {
      return seen.failureTolerance() + "\n";
    }
  }
}
